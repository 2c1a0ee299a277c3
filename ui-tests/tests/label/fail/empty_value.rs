//! An empty value, which Prometheus takes for no label.

use obs_runtime::Label;

#[derive(Label)]
enum Payment {
    #[label(rename = "")]
    None,
    Card,
}

fn main() {}
