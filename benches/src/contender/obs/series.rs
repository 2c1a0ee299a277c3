//! Scrapes of many series.

use std::sync::LazyLock;

use obs_runtime::metric::definition::{MetricDef, MetricKind};
use obs_runtime::metric::encode::Format;
use obs_runtime::metric::{Instrument, Registry};
use obs_runtime::{Counter, Family, Histogram, Label, Labels};

use super::metrics::measured;
use super::service::{Metrics, Service};
use crate::body::FAILING;
use crate::case::Case;
use crate::contender::Entry;
use crate::interference;
use crate::scrape::{self, How};

const SCRAPE: &str = "Registry::scrape in the text format";
const STREAMED: &str = "Registry::scrape_to a writer that takes every piece at once";

pub(super) const COUNTERS: Entry = Entry {
    contender: "obs",
    scenario: "scrape-counters",
    how: SCRAPE,
    set_up: || {
        counters();
        scrape::counters(scrape)
    },
};

pub(super) const STREAMED_COUNTERS: Entry = Entry {
    contender: "obs-streamed",
    scenario: "scrape-counters",
    how: STREAMED,
    set_up: || {
        counters();
        scrape::counters(streamed())
    },
};

pub(super) const HISTOGRAMS: Entry = Entry {
    contender: "obs",
    scenario: "scrape-histograms",
    how: SCRAPE,
    set_up: || {
        histograms();
        scrape::histograms(scrape)
    },
};

pub(super) const STREAMED_HISTOGRAMS: Entry = Entry {
    contender: "obs-streamed",
    scenario: "scrape-histograms",
    how: STREAMED,
    set_up: || {
        histograms();
        scrape::histograms(streamed())
    },
};

pub(super) const INTERFERENCE: Entry = Entry {
    contender: "obs",
    scenario: "scrape-interference",
    how: "calls as in red, scrapes of 100,000 counters",
    set_up: interference,
};

pub(super) const MEMORY: Entry = Entry {
    contender: "obs",
    scenario: "memory-series",
    how: "Family<Counter, _> with an enum and two capped labels",
    set_up: || scrape::memory(counters, |()| scrape()),
};

#[derive(Debug, Clone, Copy, Label)]
enum Method {
    Get,
    Put,
    Post,
    Delete,
}

impl Method {
    /// In the order of [`scrape::METHODS`].
    const ALL: [Self; 4] = [Self::Get, Self::Put, Self::Post, Self::Delete];
}

#[derive(Debug, Labels)]
struct Request<'a> {
    method: Method,
    #[label(max_series = 25)]
    region: &'a str,
    #[label(max_series = 1000)]
    tenant: &'a str,
}

static REQUESTS: MetricDef = MetricDef {
    labels: Request::LABELS,
    ..MetricDef::new("requests_total", "Requests.", MetricKind::Counter)
};

static LATENCY: MetricDef = MetricDef {
    labels: Request::LABELS,
    buckets: &scrape::BOUNDS,
    unit: "seconds",
    ..MetricDef::new("latency_seconds", "Latency.", MetricKind::Histogram)
};

/// Holds what is scraped and nothing else.
static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);

fn request(labels: &scrape::Labels) -> Request<'_> {
    Request {
        method: Method::ALL[labels.method],
        region: &labels.region,
        tenant: &labels.tenant,
    }
}

fn counters() {
    let family = Family::<Counter, Request<'static>>::register_in(&REGISTRY, &REQUESTS);
    for labels in scrape::label_sets(scrape::COUNTERS) {
        family
            .with(&request(&labels))
            .add(scrape::counted(labels.number));
    }
}

fn histograms() {
    let family = Family::<Histogram, Request<'static>>::register_in(&REGISTRY, &LATENCY);
    for labels in scrape::label_sets(scrape::HISTOGRAMS) {
        let histogram = family.with(&request(&labels));
        histogram.observe(scrape::observed(labels.number));
        histogram.observe(scrape::observed(labels.number));
    }
}

fn scrape() -> Vec<u8> {
    REGISTRY.scrape(Format::TEXT)
}

fn streamed() -> How {
    How::Streamed(Box::new(|to| {
        REGISTRY
            .scrape_to(Format::TEXT, to)
            .expect("the writer does not fail");
    }))
}

fn interference() -> Box<dyn Case> {
    let service = Service::start(1.0);
    counters();
    assert!(measured(FAILING).is_err());
    let scrapes = || {
        drop(REGISTRY.scrape(Format::TEXT));
        // With the operations, as a scraper of the program gets them.
        drop(Registry::global().scrape(Format::TEXT));
    };
    interference::case(measured, scrapes, move |calls| {
        drop(service);
        Metrics::now().expect_calls("measured", calls, 1)
    })
}
