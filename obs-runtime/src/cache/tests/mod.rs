//! What users rely on of caches.

mod pattern;
mod registering;
