//! Receivers that are away, busy or wrong: nothing is missing in the books, and what can be delivered later is.

use std::net::TcpListener;
use std::time::Instant;

use super::receiver::{Manner, Receiver, Request, answers, says};
use super::*;

/// The exporters over HTTP: the variable, the path, and what a reading is to them.
const OVER_HTTP: [(&str, &str, u64); 3] = [
    ("OBS_PUSHGATEWAY_URL", "", 1),
    ("OBS_REMOTE_WRITE_URL", "/api/v1/write", 12),
    ("OBS_INFLUX_URL", "/api/v2/write?bucket=metrics", 5),
];

fn start((variable, path, _): (&str, &str, u64), receiver: &Receiver) -> Exporter {
    Exporter::start(&[(variable, &receiver.url(path))], sample())
}

#[test]
fn busy_receivers_are_asked_again_when_they_say() {
    for exporter in OVER_HTTP {
        let busy = answers(429, "retry-after: 1\r\n", "too many");
        let receiver = Receiver::start([busy, says(204)]);
        let books = start(exporter, &receiver).push();
        assert_eq!(
            (books.delivered, books.retries),
            (exporter.2, 1),
            "{exporter:?}"
        );
        let requests = receiver.requests();
        assert!(requests[1].at - requests[0].at >= Duration::from_secs(1));
        assert_eq!(requests[0].body, requests[1].body);
    }
}

#[test]
fn errors_of_the_receiver_and_broken_connections_are_worth_another_attempt() {
    for exporter in OVER_HTTP {
        for manner in [says(500), says(503), Manner::BreaksOff, Manner::Resets] {
            let receiver = Receiver::start([manner, says(204)]);
            let books = start(exporter, &receiver).push();
            assert_eq!(books.delivered, exporter.2, "{exporter:?}");
            assert!(books.retries >= 1, "{exporter:?} {books:?}");
        }
    }
}

#[test]
fn what_is_refused_is_not_sent_again() {
    for exporter in OVER_HTTP {
        for status in [301, 400, 401, 404, 422] {
            let receiver = Receiver::start([says(status)]);
            let books = start(exporter, &receiver).push();
            assert_eq!(
                books.lost(Loss::Rejected),
                exporter.2,
                "{exporter:?} {status}"
            );
            assert_eq!(books.requests, 1, "{exporter:?} {status}");
        }
    }
}

#[test]
fn a_receiver_that_fails_for_ever_holds_nobody_up() {
    for exporter in OVER_HTTP {
        let receiver = Receiver::start([says(500)]);
        let pushed = start(exporter, &receiver);
        pushed.read();
        let started = Instant::now();
        let books = pushed.finish(Duration::from_millis(500));
        assert!(started.elapsed() < Duration::from_secs(5));
        assert_eq!((books.delivered, books.queued), (0, 0), "{exporter:?}");
        assert!(
            books.lost(Loss::Shutdown) >= exporter.2,
            "{exporter:?} {books:?}"
        );
    }
}

#[test]
fn a_receiver_that_comes_back_gets_what_waited() {
    for (variable, path, items) in OVER_HTTP {
        let place = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = place.local_addr().unwrap();
        drop(place);
        let url = format!("http://{address}{path}");
        let exporter = Exporter::start(&[(variable, &url)], sample());
        exporter.read();
        exporter.read();
        assert!(!exporter.dispatch.flush(Duration::from_millis(200)));
        let books = exporter.books();
        assert_eq!((books.delivered, books.produced), (0, 2 * items));
        let receiver = Receiver::on(TcpListener::bind(address).unwrap(), [says(204)]);
        assert!(exporter.dispatch.flush(SOON));
        let books = exporter.books();
        // To a Pushgateway the later reading is all there is to say.
        let expected = if items == 1 { 1 } else { 2 * items };
        assert_eq!(books.delivered, expected, "{variable}");
        assert_eq!(
            books.lost(Loss::Replaced),
            2 * items - expected,
            "{variable}"
        );
        assert!(!receiver.requests().is_empty());
    }
}

#[test]
fn who_is_not_there_gets_nothing_and_everything_is_counted() {
    for (variable, address, items) in [
        ("OBS_PUSHGATEWAY_URL", "http://127.0.0.1:1", 1),
        ("OBS_REMOTE_WRITE_URL", "http://receiver.invalid/write", 24),
        ("OBS_GRAPHITE_ADDR", "127.0.0.1:1", 11),
        ("OBS_INFLUX_URL", "https://127.0.0.1:1/write?db=m", 5),
    ] {
        let exporter = Exporter::start(&[(variable, address)], sample());
        let started = Instant::now();
        let books = exporter.finish(Duration::from_millis(300));
        assert!(started.elapsed() < Duration::from_secs(5));
        assert_eq!(books.lost(Loss::Shutdown), items, "{variable}");
        assert_eq!(books.queued, 0);
    }
}

#[test]
fn what_is_too_large_is_sent_in_parts() {
    let receiver = Receiver::start([says(413), says(204)]);
    let books = start(OVER_HTTP[2], &receiver).push();
    assert_eq!((books.delivered, books.requests), (5, 3));
    let texts: Vec<_> = receiver.requests().iter().map(Request::text).collect();
    assert_eq!(texts[0], format!("{}{}", texts[1], texts[2]));
}
