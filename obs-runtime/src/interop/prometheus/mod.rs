//! Both ways between this registry and those of the crate `prometheus`.
//!
//! A program that already has a `prometheus::Registry` keeps one exposition, whichever it likes:
//! it shows our families there with a [`PrometheusBridge`], or its own here with [`import`].
//!
//! ```
//! use obs_runtime::interop::prometheus::{PrometheusBridge, import};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let theirs = prometheus::Registry::new();
//! let hits = prometheus::IntCounter::new("cache_hits_total", "Hits.")?;
//! theirs.register(Box::new(hits.clone()))?;
//! hits.inc();
//!
//! // Their metrics in our exposition.
//! import(theirs.clone());
//! let snapshot = obs_runtime::metric::Registry::global().snapshot();
//! assert!(snapshot.family("cache_hits_total").is_some());
//!
//! // Ours in theirs. What was imported is not handed back.
//! theirs.register(Box::new(PrometheusBridge::new()))?;
//! assert!(theirs.gather().iter().any(|family| family.name() == "obs_series"));
//! # Ok(())
//! # }
//! ```

mod export;
mod import;
mod isolated;
#[cfg(test)]
mod tests;

pub use export::PrometheusBridge;
pub use import::{import, import_collector};
pub use isolated::Isolated;

use std::cell::Cell;

thread_local! {
    /// Whether this thread reads another library's registry for ours.
    static IMPORTING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `read` while our bridge, if it is registered there as well, has nothing to say.
fn importing<R>(read: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            let _ = IMPORTING.try_with(|importing| importing.set(self.0));
        }
    }
    let before = IMPORTING.try_with(|importing| importing.replace(true));
    let _restore = Restore(before.unwrap_or(false));
    read()
}

fn is_importing() -> bool {
    IMPORTING.try_with(Cell::get).unwrap_or(false)
}
