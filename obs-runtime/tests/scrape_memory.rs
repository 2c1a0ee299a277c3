//! What a scrape takes: no memory after the first one, and one piece of the text at a time.
#![allow(unsafe_code, reason = "counting allocations takes an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use obs_runtime::metric::definition::{LabelDef, MetricDef, MetricKind, Values};
use obs_runtime::metric::encode::Format;
use obs_runtime::metric::snapshot::Value;
use obs_runtime::metric::{Instrument, Registry};
use obs_runtime::{Counter, Family, Gauge, Histogram, Info, LabelText, Labels, Summary};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the rules of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer comes from `alloc`, which is that of `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of this thread during `work`.
fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

struct Tenant<'a>(&'a str);

impl Labels for Tenant<'_> {
    const LABELS: &'static [LabelDef] = &[
        LabelDef {
            name: "region",
            values: Values::Finite(&["eu", "us"]),
        },
        LabelDef {
            name: "tenant",
            values: Values::Capped { max_series: 5000 },
        },
    ];

    fn with_key<R>(&self, use_key: impl FnOnce(obs_runtime::__private::SeriesKey<'_>) -> R) -> R {
        use_key(obs_runtime::__private::SeriesKey::Values(&[
            "eu",
            &self.0.label_text(),
        ]))
    }
}

const fn define(name: &'static str, kind: MetricKind) -> MetricDef {
    MetricDef::new(name, "A metric of the test.", kind)
}

static HITS: MetricDef = MetricDef {
    labels: Tenant::LABELS,
    ..define("hits_total", MetricKind::Counter)
};
static PAID: MetricDef = define("paid_total", MetricKind::FloatCounter);
static WAIT: MetricDef = MetricDef {
    labels: Tenant::LABELS,
    buckets: &[0.1, 1.0],
    ..define("wait_seconds", MetricKind::Histogram)
};
static DEPTH: MetricDef = define("depth", MetricKind::Gauge);
static SIZE: MetricDef = MetricDef {
    objectives: &[(0.5, 0.01)],
    max_age_secs: 60.0,
    ..define("size_bytes", MetricKind::Summary)
};
static NODE: MetricDef = define("node_info", MetricKind::Info);

/// A writer that looks at every piece and keeps none.
#[derive(Default)]
struct Pieces {
    bytes: usize,
    largest: usize,
}

impl Write for Pieces {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.bytes += piece.len();
        self.largest = self.largest.max(piece.len());
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_scrape_allocates_nothing_and_hands_on_pieces() {
    static REGISTRY: Registry = Registry::new();
    REGISTRY.set_prefix("shop_");
    REGISTRY.set_common_labels([("service", "shop")]);
    let hits = Family::<Counter, Tenant<'static>>::register_in(&REGISTRY, &HITS);
    let wait = Family::<Histogram, Tenant<'static>>::register_in(&REGISTRY, &WAIT);
    for n in 0..3000 {
        let name = format!("tenant-{n}");
        hits.with(&Tenant(&name)).add(n);
        wait.with(&Tenant(&name)).observe(n as f64 / 1000.0);
    }
    Counter::<f64>::register_in(&REGISTRY, &PAID).add(0.5);
    Gauge::register_in(&REGISTRY, &DEPTH).set(f64::NAN);
    Summary::register_in(&REGISTRY, &SIZE).observe(3.0);
    Info::register_in(&REGISTRY, &NODE).set(&[("zone", "a\"b")]);
    for format in [Format::TEXT, Format::OPENMETRICS] {
        let mut pieces = Pieces::default();
        REGISTRY.scrape_to(format, &mut pieces).unwrap();
        REGISTRY.scrape_to(format, &mut pieces).unwrap();
        let twice = pieces.bytes;
        let allocated = allocations(|| REGISTRY.scrape_to(format, &mut pieces).unwrap());
        assert_eq!(allocated, 0, "{format:?}");
        assert_eq!(pieces.bytes, twice / 2 * 3);
        assert!(pieces.bytes > 1_000_000, "{}", pieces.bytes);
        assert!(pieces.largest <= 64 * 1024, "{}", pieces.largest);
    }
    let found = || _ = hits.with(&Tenant("tenant-17"));
    assert_eq!(allocations(found), 0, "a lookup");
    let beyond = (0..12_000).map(|n| format!("tenant-{n}"));
    let all: Vec<String> = beyond.collect();
    all.iter().for_each(|name| hits.with(&Tenant(name)).inc());
    let too_many = || _ = hits.with(&Tenant("one more"));
    assert_eq!(allocations(too_many), 0, "a lookup beyond the cap");
}

#[test]
fn a_writer_that_fails_ends_the_scrape() {
    struct Broken(u32);
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            self.0 += 1;
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    static REGISTRY: Registry = Registry::new();
    let hits = Family::<Counter, Tenant<'static>>::register_in(&REGISTRY, &HITS);
    (0..5000).for_each(|n| hits.with(&Tenant(&format!("tenant-{n}"))).inc());
    let mut broken = Broken(0);
    let error = REGISTRY.scrape_to(Format::TEXT, &mut broken).unwrap_err();
    assert_eq!((error.kind(), broken.0), (io::ErrorKind::BrokenPipe, 1));
    assert!(!REGISTRY.scrape(Format::TEXT).is_empty());
}

#[test]
fn totals_are_exact_while_threads_count_and_create_series() {
    static REGISTRY: Registry = Registry::new();
    let hits = Family::<Counter, Tenant<'static>>::register_in(&REGISTRY, &HITS);
    let wait = Family::<Histogram, Tenant<'static>>::register_in(&REGISTRY, &WAIT);
    let count = || {
        for n in 0..20_000 {
            let name = format!("tenant-{}", n % 1000);
            hits.with(&Tenant(&name)).inc();
            wait.with(&Tenant(&name)).observe(f64::from(n % 3));
        }
    };
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
        scope.spawn(|| {
            while !done.load(Relaxed) {
                check(&String::from_utf8(REGISTRY.scrape(Format::TEXT)).unwrap());
            }
        });
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        done.store(true, Relaxed);
    });
    let snapshot = REGISTRY.snapshot();
    let counts = |name: &str| -> Vec<u64> {
        let series = snapshot.family(name).unwrap().series.iter();
        let count = series.map(|series| match &series.value {
            Value::Counter(count) => *count,
            Value::Histogram(histogram) => histogram.count(),
            other => panic!("{other:?}"),
        });
        count.collect()
    };
    assert_eq!(counts("hits_total"), [80; 1000]);
    assert_eq!(counts("wait_seconds"), [80; 1000]);
}

/// The buckets of a histogram grow, and the last is its count.
fn check(text: &str) {
    let value = |line: &str| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap();
    let mut last = 0.0;
    for line in text
        .lines()
        .filter(|line| line.starts_with("wait_seconds_"))
    {
        if line.starts_with("wait_seconds_bucket") {
            let first = line.contains("le=\"0.1\"");
            assert!(first || value(line) >= last, "{line}");
            last = value(line);
        } else if line.starts_with("wait_seconds_count") {
            assert_eq!(value(line), last, "{line}");
        }
    }
}
