//! `health_check_status`.

use super::registry::Registry;
use super::status::Status;
use crate::collect::{Collect, Sink};

/// The status of every check that has one.
#[derive(Debug)]
pub(crate) struct HealthMetrics;

impl Collect for HealthMetrics {
    fn name(&self) -> &str {
        "health"
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        for slot in Registry::global().slots() {
            let labels = [
                ("check", slot.name.as_str()),
                ("kind", slot.settings.kind.as_str()),
            ];
            sink.gauge(
                "health_check_status",
                "What the check found: 1 healthy, 0.5 degraded, 0 unhealthy.",
                "",
                &labels,
                slot.status().map(Status::value),
            );
        }
    }
}
