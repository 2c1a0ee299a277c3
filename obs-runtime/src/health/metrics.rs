//! `health_check_status`.

use super::registry::Registry;
use super::status::Status;
use crate::collect::{Collect, Sink};

/// The status of every check that has one.
#[derive(Debug)]
pub(super) struct HealthMetrics(pub(super) &'static Registry);

impl Collect for HealthMetrics {
    fn name(&self) -> &str {
        "health"
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        for slot in self.0.slots() {
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
