//! A metric has a name.

use obs_runtime::{Counter, Metrics};

#[derive(Metrics)]
struct Shop(Counter);

fn use_it() -> &'static Shop {
    Shop::get()
}

fn main() {}
