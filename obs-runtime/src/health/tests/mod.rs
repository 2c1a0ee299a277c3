//! What users rely on.

mod model;
mod running;
mod signals;
mod traffic;
mod values;

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use obs_schema::monitoring;

use super::registry::Registry;
use super::report::{Report, all};
use super::scheduler::Monitor;

/// Longer than any check here takes, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// Checks of one test, which run.
struct Service {
    registry: &'static Registry,
    _monitor: Monitor,
}

impl Service {
    fn start() -> Self {
        let registry: &'static Registry = Box::leak(Box::new(Registry::new()));
        registry.begin_without_functions(&monitoring::Health::DEFAULT);
        let monitor = Monitor::tend(registry).unwrap();
        Self {
            registry,
            _monitor: monitor,
        }
    }

    fn report(&self, name: &str) -> Report {
        let found = all(self.registry)
            .into_iter()
            .find(|report| report.name == name);
        found.unwrap_or_else(|| panic!("there is no check `{name}`"))
    }

    /// Waits until a report is as it should be.
    fn wait(&self, name: &str, until: impl Fn(&Report) -> bool) -> Report {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let report = self.report(name);
            if until(&report) {
                return report;
            }
            assert!(Instant::now() < deadline, "{report:?}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Holds checks up until it is opened.
#[derive(Debug, Default)]
struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
    /// How many came.
    came: AtomicU32,
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::default()
    }

    fn pass(&self) {
        self.came.fetch_add(1, SeqCst);
        let open = self.is_open.lock().unwrap();
        drop(self.opened.wait_while(open, |open| !*open).unwrap());
    }

    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    fn came(&self) -> u32 {
        self.came.load(SeqCst)
    }
}
