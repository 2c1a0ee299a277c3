//! A scraper that does not read what it asked for: what it costs, and whom it holds up.
#![cfg(feature = "http")]
#![allow(unsafe_code, reason = "counting what is allocated takes an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use obs_runtime::__private::SeriesKey;
use obs_runtime::Starter;
use obs_runtime::config::Layers;
use obs_runtime::metric::definition::{LabelDef, MetricDef, MetricKind, Values};
use obs_runtime::metric::{Instrument, Registry};
use obs_runtime::{Counter, Family, Labels};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller keeps the rules of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the pointer comes from `alloc`, which is that of `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// So many that the text does not fit into the buffers of the sockets.
const SERIES: usize = 100_000;

struct Path<'a>(&'a str);

impl Labels for Path<'_> {
    const LABELS: &'static [LabelDef] = &[LabelDef {
        name: "path",
        values: Values::Capped {
            max_series: SERIES as u32,
        },
    }];

    fn with_key<R>(&self, use_key: impl FnOnce(SeriesKey<'_>) -> R) -> R {
        use_key(SeriesKey::Values(&[self.0]))
    }
}

static HITS: MetricDef = MetricDef {
    labels: Path::LABELS,
    ..MetricDef::new("hits_total", "Hits.", MetricKind::Counter)
};

/// Bytes that are held all the time: the least of two seconds. The thread of the windows takes a snapshot
/// now and then.
fn held() -> usize {
    let look = |_| {
        std::thread::sleep(Duration::from_millis(10));
        LIVE.load(Relaxed)
    };
    (0..200).map(look).min().unwrap_or(0)
}

fn ask(address: std::net::SocketAddr) -> TcpStream {
    let mut client = TcpStream::connect(address).unwrap();
    client
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    client
        .write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    client
}

#[test]
fn a_scraper_that_stalls_costs_a_few_pieces_and_holds_up_nobody() {
    let hits = Family::<Counter, Path<'static>>::register(&HITS);
    for n in 0..SERIES {
        hits.with(&Path(&format!("{n:0200}"))).inc();
    }
    let settings = [("OBS_LISTEN", "127.0.0.1:0"), ("OBS_LOG", "off")];
    let running = Starter::new(Layers::default().variables(settings))
        .start()
        .unwrap();
    let address = running.address().unwrap();
    // The first one makes the memory that is used again.
    let mut whole = Vec::new();
    ask(address).read_to_end(&mut whole).unwrap();
    let text = String::from_utf8_lossy(&whole);
    assert!(
        text.contains("transfer-encoding: chunked"),
        "{}",
        &text[..300]
    );
    assert!(text.ends_with("\r\n0\r\n\r\n"), "it is complete");
    let length = whole.len();
    assert!(length > 20_000_000, "{length}");
    drop(whole);

    let before = held();
    let mut stalled = ask(address);
    let mut first = [0; 1000];
    stalled.read_exact(&mut first).unwrap();
    let held = held().saturating_sub(before);

    let begun = Instant::now();
    let found = hits.with(&Path(&format!("{:0200}", 17)));
    (0..1000).for_each(|_| found.inc());
    hits.with(&Path("beyond")).inc();
    assert_eq!(found.get(), 1001);
    assert!(
        begun.elapsed() < Duration::from_millis(100),
        "{:?}",
        begun.elapsed()
    );
    assert!(held < 400 * 1024, "{held} bytes");

    // When it goes on it gets the rest.
    let mut rest = Vec::new();
    stalled.read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(b"\r\n0\r\n\r\n"));
    assert!(rest.len() + first.len() >= length - 100_000);
    assert!(Registry::global().snapshot().family("hits_total").is_some());
    running.shutdown().wait();
}
