//! A price without that of the tokens out.

use obs_runtime::service;

#[service(monitoring(analytics(prices("small" = "0.15/0.6", "large" = "2.5"))))]
struct Shop;

fn main() {}
