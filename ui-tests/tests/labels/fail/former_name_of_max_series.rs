//! What other libraries call the cap.

use obs_runtime::Labels;

#[derive(Labels)]
struct Request {
    #[label(limit = 100)]
    host: String,
}

fn main() {}
