//! Scrapes that are checked against themselves and against the ones before.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};

use obs_runtime::metric::Registry;
use obs_runtime::metric::encode::Format;

const CALLS: &str = "operation_calls_total{";
const IN_FLIGHT: &str = "operation_in_flight{";

/// What a scrape says of the operations whose names begin alike: the number in each line, by the text before it.
#[derive(Debug, Default)]
pub(crate) struct Scrape {
    values: BTreeMap<String, f64>,
    /// The lines of buckets in their order: a series from its lowest bucket to the highest, and then the next.
    buckets: Vec<(String, f64)>,
}

impl Scrape {
    pub(crate) fn now(operations: &str) -> Self {
        let text = String::from_utf8(Registry::global().scrape(Format::TEXT)).unwrap();
        let about = format!("operation=\"{operations}");
        let mut scrape = Self::default();
        for line in text.lines().filter(|line| line.contains(&about)) {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap();
            // Without the labels that all series have: they change when monitoring starts.
            let own = labels.find("operation=").unwrap();
            let series = format!("{name}{{{}", &labels[own..]);
            let value = value.parse().unwrap();
            if series.starts_with("operation_duration_seconds_bucket") {
                scrape.buckets.push((series.clone(), value));
            }
            scrape.values.insert(series, value);
        }
        scrape
    }

    /// The number of a series, given as it stands in the text.
    pub(crate) fn value(&self, series: &str) -> f64 {
        let found = self.values.get(series);
        *found.unwrap_or_else(|| panic!("no `{series}`"))
    }

    /// The counter, the count and the last bucket of the histogram are one number, and no bucket has less than the
    /// one below it.
    pub(crate) fn check(&self) {
        let calls = self.values.iter();
        let calls = calls.filter_map(|(series, calls)| Some((series.strip_prefix(CALLS)?, *calls)));
        for (labels, calls) in calls {
            let count = self.value(&format!("operation_duration_seconds_count{{{labels}"));
            assert_eq!(count, calls, "{labels}");
            let open = labels.trim_end_matches('}');
            let last = format!("operation_duration_seconds_bucket{{{open},le=\"+Inf\"}}");
            assert_eq!(self.value(&last), calls, "{labels}");
        }
        for pair in self.buckets.windows(2) {
            let [(below, fewer), (above, more)] = pair else {
                continue;
            };
            assert!(
                below.ends_with("le=\"+Inf\"}") || fewer <= more,
                "{below} {fewer}, {above} {more}"
            );
        }
    }

    /// Nothing that was there before is gone or has become less, but for the calls under way.
    fn check_after(&self, before: &Self) {
        for (series, &was) in &before.values {
            let is = self.value(series);
            assert!(
                is >= was || series.starts_with(IN_FLIGHT),
                "{series}: {is} after {was}"
            );
        }
    }
}

/// A thread that scrapes all the time. It ends with the value, so that a test that fails does not wait for it.
pub(crate) struct Scraper {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<usize>>,
}

impl Scraper {
    pub(crate) fn start(operations: &'static str) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let scrape = {
            let done = Arc::clone(&done);
            move || {
                let mut scrapes = 0;
                let mut before = Scrape::default();
                while !done.load(Relaxed) {
                    let now = Scrape::now(operations);
                    now.check();
                    now.check_after(&before);
                    before = now;
                    scrapes += 1;
                }
                scrapes
            }
        };
        Self {
            done,
            thread: Some(thread::spawn(scrape)),
        }
    }

    /// Says how many scrapes there were; none contradicted itself or the one before.
    pub(crate) fn stop(mut self) -> usize {
        self.done.store(true, Relaxed);
        let thread = self.thread.take().unwrap();
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    }
}

impl Drop for Scraper {
    fn drop(&mut self) {
        self.done.store(true, Relaxed);
    }
}
