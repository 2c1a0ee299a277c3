use obs_runtime::service;

use obs_runtime::config::monitoring::{Monitoring, Tracing};

const MONITORING: Monitoring = Monitoring {
    tracing: Tracing {
        enabled: false,
        rate_limit: Some(10),
        ..Tracing::DEFAULT
    },
    ..Monitoring::DEFAULT
};

#[service(monitoring = MONITORING)]
struct Shop;

fn main() {
    let _ = Shop;
}
