//! Scrapes of many series, what they cost, and what the series take.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::alloc;
use crate::body::Body;
use crate::case::{Allocations, Case, Finish, Sample, equal};
use crate::exposition;

/// How many counters there are.
pub const COUNTERS: usize = 100_000;
/// How many histograms.
pub const HISTOGRAMS: usize = 7_000;
/// The bounds of each: with `+Inf`, `_sum` and `_count` it has 14 lines.
pub const BOUNDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Lines of a histogram.
const LINES: usize = BOUNDS.len() + 3;

/// The values of the first label.
pub const METHODS: [&str; 4] = ["get", "put", "post", "delete"];
/// How many values the second label has.
pub const REGIONS: usize = 25;
/// How many values the third label has.
pub const TENANTS: usize = COUNTERS / METHODS.len() / REGIONS;

/// The labels of one series.
#[derive(Debug, Clone)]
pub struct Labels {
    /// Its position.
    pub number: usize,
    /// The position of the first label in [`METHODS`].
    pub method: usize,
    /// The second label.
    pub region: String,
    /// The third label.
    pub tenant: String,
}

/// The label sets of so many series, all different.
pub fn label_sets(count: usize) -> impl Iterator<Item = Labels> {
    (0..count).map(|number| Labels {
        number,
        method: number % METHODS.len(),
        region: region(number / METHODS.len() % REGIONS),
        tenant: tenant(number / METHODS.len() / REGIONS),
    })
}

/// A value of the second label.
#[must_use]
pub fn region(number: usize) -> String {
    format!("region-{number}")
}

/// A value of the third label.
#[must_use]
pub fn tenant(number: usize) -> String {
    format!("tenant-{number}")
}

/// What is counted into a counter.
#[must_use]
pub const fn counted(number: usize) -> u64 {
    1 + number as u64
}

/// What is observed in a histogram, twice.
#[must_use]
pub fn observed(number: usize) -> f64 {
    (number % 1000) as f64 / 100.0
}

/// A scrape that is written piece by piece.
type Stream = dyn FnMut(&mut dyn Write);

/// How a scrape is made.
pub enum How {
    /// As one text.
    Whole(Box<dyn FnMut() -> Vec<u8>>),
    /// Piece by piece, for a writer.
    Streamed(Box<Stream>),
}

impl<F: FnMut() -> Vec<u8> + 'static> From<F> for How {
    fn from(scrape: F) -> Self {
        Self::Whole(Box::new(scrape))
    }
}

impl How {
    /// A scrape, and how long it took.
    fn time(&mut self) -> Duration {
        let start = Instant::now();
        match self {
            Self::Whole(scrape) => {
                let text = black_box(scrape());
                let time = start.elapsed();
                // Giving the text back to the system is the reader's.
                drop(text);
                time
            }
            Self::Streamed(scrape) => {
                scrape(&mut Nowhere);
                start.elapsed()
            }
        }
    }

    fn text(&mut self) -> Vec<u8> {
        match self {
            Self::Whole(scrape) => scrape(),
            Self::Streamed(scrape) => {
                let mut text = Vec::new();
                scrape(&mut text);
                text
            }
        }
    }
}

/// A writer that takes every piece at once.
struct Nowhere;

impl Write for Nowhere {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        Ok(black_box(piece).len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Scrapes of [`COUNTERS`] counters called `requests_total`.
pub fn counters(scrape: impl Into<How>) -> Box<dyn Case> {
    let total = (0..COUNTERS).map(counted).sum();
    Box::new(Scrape::new(scrape, move |text| {
        let sum = exposition::sum(text, "requests_total", &[]) as u64;
        let lines = exposition::lines(text, "requests_total");
        Ok(equal("lines", COUNTERS as u64, lines as u64)?.and(equal("sum", total, sum)?))
    }))
}

/// Scrapes of [`HISTOGRAMS`] histograms called `latency_seconds`.
pub fn histograms(scrape: impl Into<How>) -> Box<dyn Case> {
    Box::new(Scrape::new(scrape, |text| {
        let lines = exposition::lines(text, "latency_seconds");
        let count = exposition::sum(text, "latency_seconds_count", &[]) as u64;
        Ok(
            equal("lines", (HISTOGRAMS * LINES) as u64, lines as u64)?.and(equal(
                "count",
                2 * HISTOGRAMS as u64,
                count,
            )?),
        )
    }))
}

type Check = Box<dyn FnOnce(&str) -> Result<Finish, String>>;

struct Scrape {
    scrape: How,
    check: Check,
    slice: Duration,
}

impl Scrape {
    fn new(
        scrape: impl Into<How>,
        check: impl FnOnce(&str) -> Result<Finish, String> + 'static,
    ) -> Self {
        Self {
            scrape: scrape.into(),
            check: Box::new(check),
            slice: Duration::ZERO,
        }
    }
}

impl Case for Scrape {
    fn warm_up(&mut self, _: Body, slice: Duration) {
        self.slice = slice;
        for _ in 0..2 {
            self.scrape.time();
        }
    }

    fn round(&mut self, _: Body) -> Sample {
        let mut scrapes = 0;
        let mut time = Duration::ZERO;
        while time < self.slice {
            time += self.scrape.time();
            scrapes += 1;
        }
        Sample {
            base: 0.0,
            with: time.as_secs_f64() * 1e3 / f64::from(scrapes),
        }
    }

    fn allocations(&mut self) -> Allocations {
        let allocated = alloc::during(|| {
            self.scrape.time();
        });
        Allocations {
            calls: allocated.calls as f64,
            bytes: allocated.bytes as f64,
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Finish, String> {
        (self.check)(&String::from_utf8_lossy(&self.scrape.text()))
    }
}

/// The memory of a counter series: `create` makes [`COUNTERS`] of them and counts into each, `scrape` says
/// in the end what they are.
pub fn memory<R: 'static>(
    create: impl FnOnce() -> R,
    scrape: impl FnOnce(R) -> Vec<u8> + 'static,
) -> Box<dyn Case> {
    let (series, bytes) = alloc::live_bytes(create);
    Box::new(Fixed {
        value: bytes as f64 / COUNTERS as f64,
        check: Box::new(move || {
            let sum = exposition::sum(
                &String::from_utf8_lossy(&scrape(series)),
                "requests_total",
                &[],
            ) as u64;
            equal("sum", (0..COUNTERS).map(counted).sum(), sum)
        }),
    })
}

/// Something that can be measured only once.
pub struct Fixed {
    /// The figure.
    pub value: f64,
    /// The check in the end.
    pub check: Box<dyn FnOnce() -> Result<Finish, String>>,
}

impl Case for Fixed {
    fn warm_up(&mut self, _: Body, _: Duration) {}

    fn round(&mut self, _: Body) -> Sample {
        Sample {
            base: 0.0,
            with: self.value,
        }
    }

    fn allocations(&mut self) -> Allocations {
        Allocations::default()
    }

    fn finish(self: Box<Self>) -> Result<Finish, String> {
        (self.check)()
    }
}

impl std::fmt::Debug for How {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Whole(_) => "Whole",
            Self::Streamed(_) => "Streamed",
        })
    }
}

impl std::fmt::Debug for Fixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fixed")
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
