//! A path that means something else in another module.

use obs_runtime::Label;

#[derive(Label)]
#[label(crate = telemetry::obs)]
enum Payment {
    Card,
}

fn main() {}
