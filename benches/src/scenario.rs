//! What is measured, and what obs promises of it.

use crate::body::Body;

/// A scenario.
#[derive(Debug)]
pub struct Scenario {
    /// Its name on the command line.
    pub name: &'static str,
    /// What is measured, as a heading.
    pub title: &'static str,
    /// How the figure is formed and read.
    pub figure: Figure,
    /// What the calls compute; a round is made of each.
    pub bodies: &'static [Body],
    /// What obs promises, on the first of the bodies.
    pub gate: Option<Gate>,
    /// What a reader has to know.
    pub note: &'static str,
}

/// How a figure is formed of the two sides of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Nanoseconds more than the base, shown as multiples of T too.
    Cost,
    /// Nanoseconds as they are.
    Nanos,
    /// Milliseconds as they are.
    Millis,
    /// Bytes as they are.
    Bytes,
    /// How many times the base.
    Ratio,
}

/// A limit for a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gate {
    /// At most so many clock reads and so many nanoseconds more.
    Clocks(f64, f64),
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
}

impl Figure {
    /// The figure of a round.
    #[must_use]
    pub fn of(self, base: f64, with: f64) -> f64 {
        match self {
            Self::Cost => with - base,
            Self::Ratio => with / base,
            Self::Nanos | Self::Millis | Self::Bytes => with,
        }
    }

    /// The unit after the number.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Cost | Self::Nanos => "ns",
            Self::Millis => "ms",
            Self::Bytes => "B",
            Self::Ratio => "x",
        }
    }

    /// Whether the figure can be told in clock reads.
    #[must_use]
    pub const fn is_time_of_a_call(self) -> bool {
        matches!(self, Self::Cost | Self::Nanos)
    }
}

impl Gate {
    /// The limit on a machine whose clock read takes `tick` nanoseconds.
    #[must_use]
    pub fn limit(self, tick: f64) -> f64 {
        match self {
            Self::Clocks(reads, plus) => reads * tick + plus,
            Self::AtMost(limit) | Self::AtLeast(limit) => limit,
        }
    }

    /// Whether a figure is within.
    #[must_use]
    pub fn is_met(self, figure: f64, tick: f64) -> bool {
        match self {
            Self::Clocks(..) | Self::AtMost(_) => figure <= self.limit(tick),
            Self::AtLeast(limit) => figure >= limit,
        }
    }

    /// The limit as it was promised.
    #[must_use]
    pub fn text(self, figure: Figure) -> String {
        let unit = figure.unit();
        match self {
            Self::Clocks(reads, plus) => format!("≤ {reads}T + {plus} {unit}"),
            Self::AtMost(limit) => format!("≤ {limit} {unit}"),
            Self::AtLeast(limit) => format!("≥ {limit} {unit}"),
        }
    }
}

const CALLS: &[Body] = &[Body::Empty, Body::Long];
const EMPTY: &[Body] = &[Body::Empty];

/// All scenarios in the order of the report.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "off",
        title: "instrumented and switched off",
        figure: Figure::Cost,
        bodies: CALLS,
        gate: Some(Gate::AtMost(1.0)),
        note: "",
    },
    Scenario {
        name: "debug",
        title: "what would log a call while somebody wants to know, and nobody does",
        figure: Figure::Cost,
        bodies: EMPTY,
        gate: None,
        note: "",
    },
    Scenario {
        name: "counter",
        title: "a counter alone",
        figure: Figure::Cost,
        bodies: CALLS,
        gate: Some(Gate::AtMost(2.5)),
        note: "",
    },
    Scenario {
        name: "red",
        title: "calls by outcome, duration histogram, calls in flight",
        figure: Figure::Cost,
        bodies: CALLS,
        gate: Some(Gate::Clocks(2.0, 3.0)),
        note: "",
    },
    Scenario {
        name: "span",
        title: "the same and a span in an open trace",
        figure: Figure::Cost,
        bodies: CALLS,
        gate: Some(Gate::Clocks(2.0, 4.0)),
        note: "the slope between traces of 10 and of 110 children, so without the root; of the peers only \
               those with a + measure calls and durations too",
    },
    Scenario {
        name: "labelled",
        title: "the same with one enum label and one integer attribute",
        figure: Figure::Cost,
        bodies: CALLS,
        gate: Some(Gate::Clocks(2.0, 8.0)),
        note: "as above",
    },
    Scenario {
        name: "straddle",
        title: "the same while durations straddle the bounds of buckets at random",
        figure: Figure::Cost,
        bodies: &[Body::Random],
        gate: Some(Gate::Clocks(2.0, 20.0)),
        note: "bodies of 10 to 250 ns at random, bounds every 25 ns",
    },
    Scenario {
        name: "trace-kept",
        title: "a root span with 4 children, kept",
        figure: Figure::Cost,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(300.0)),
        note: "per trace; queues are emptied between batches, so that everybody delivers",
    },
    Scenario {
        name: "trace-dropped",
        title: "a root span with 4 children, dropped in the end (obs) or never sampled (the others)",
        figure: Figure::Cost,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(150.0)),
        note: "per trace",
    },
    Scenario {
        name: "poll",
        title: "one more poll of an annotated asynchronous operation",
        figure: Figure::Cost,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(2.5)),
        note: "futures that are pending 33 times against futures that are pending once",
    },
    Scenario {
        name: "breaker",
        title: "a circuit breaker that is closed, while all is well",
        figure: Figure::Cost,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(2.0)),
        note: "of the first row over a call that is measured already, of the others over the bare one; windows as \
               each has them",
    },
    Scenario {
        name: "breaker-failing",
        title: "the same while one call of a hundred fails",
        figure: Figure::Cost,
        bodies: EMPTY,
        gate: None,
        note: "as above",
    },
    Scenario {
        name: "breaker-open",
        title: "a call that an open circuit breaker rejects",
        figure: Figure::Cost,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(8.0)),
        note: "as above; without an operation around it, it looks at the clock for itself, as the peers do",
    },
    Scenario {
        name: "policy",
        title: "retry, circuit breaker, rate limit and bulkhead on one function, while all is well",
        figure: Figure::Cost,
        bodies: EMPTY,
        gate: None,
        note: "of the first row over a call that is measured already, of the other over the bare one",
    },
    Scenario {
        name: "threads",
        title: "two threads on the same function, calls against one",
        figure: Figure::Ratio,
        bodies: EMPTY,
        gate: Some(Gate::AtLeast(1.9)),
        note: "2 is best; needs two idle cores",
    },
    Scenario {
        name: "log",
        title: "a JSON log line with 3 fields inside a span, on the caller's side",
        figure: Figure::Cost,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(400.0)),
        note: "written to nowhere; queues are emptied between batches",
    },
    Scenario {
        name: "redact",
        title: "the redaction of a log record without secrets",
        figure: Figure::Cost,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(300.0)),
        note: "part of `log` as well",
    },
    Scenario {
        name: "scrape-counters",
        title: "a scrape of 100,000 counters with 3 labels",
        figure: Figure::Millis,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(4.0)),
        note: "",
    },
    Scenario {
        name: "scrape-histograms",
        title: "a scrape of 7,000 histograms of 14 lines",
        figure: Figure::Millis,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(4.0)),
        note: "",
    },
    Scenario {
        name: "scrape-interference",
        title: "the 99th percentile of an annotated call during scrapes, against idle",
        figure: Figure::Ratio,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(2.0)),
        note: "",
    },
    Scenario {
        name: "memory-series",
        title: "memory of a counter series with 3 labels",
        figure: Figure::Bytes,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(200.0)),
        note: "allocated bytes after 100,000 series were counted into by one thread",
    },
    Scenario {
        name: "memory-task",
        title: "memory of a task inside an annotated asynchronous function",
        figure: Figure::Bytes,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(1024.0)),
        note: "over the same tasks unannotated; each is a trace of its own",
    },
    Scenario {
        name: "background-kept",
        title: "processor time of the other threads per kept span",
        figure: Figure::Nanos,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(300.0)),
        note: "",
    },
    Scenario {
        name: "background-dropped",
        title: "processor time of the other threads per dropped span",
        figure: Figure::Nanos,
        bodies: EMPTY,
        gate: Some(Gate::AtMost(1.0)),
        note: "the gate is 0; the threads wake up now and then for other things",
    },
];

/// The scenario of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}
