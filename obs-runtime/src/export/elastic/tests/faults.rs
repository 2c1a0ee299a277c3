//! Receivers that are busy, refuse records or lie.

use std::net::{SocketAddr, TcpListener};
use std::time::Instant;

use super::*;
use crate::export::receiver::{Manner, answers, black_hole, says};

/// An answer with these statuses, and the name of an error with those that are one.
pub(super) fn bulk(statuses: &[u16]) -> Manner {
    let items = statuses.iter().map(|status| match status {
        200..=299 => format!(r#"{{"create":{{"status":{status}}}}}"#),
        _ => format!(
            r#"{{"create":{{"status":{status},"error":{{"type":"error_{status}","reason":"s3cret"}}}}}}"#
        ),
    });
    let items = items.collect::<Vec<_>>().join(",");
    let errors = statuses.iter().any(|status| *status >= 300);
    answers(
        200,
        "",
        &format!(r#"{{"took":3,"errors":{errors},"items":[{items}]}}"#),
    )
}

/// The messages of each request.
fn sent(receiver: &Receiver) -> Vec<Vec<String>> {
    receiver.requests().iter().map(messages).collect()
}

#[test]
fn records_arrive_once() {
    let receiver = Receiver::start([bulk(&[201, 201, 201])]);
    let books = Exporter::to(&receiver, &[]).send(&["a", "b", "c"]);
    assert_eq!((books.delivered, books.requests), (3, 1));
    assert_eq!(sent(&receiver), [["a", "b", "c"]]);
}

#[test]
fn each_record_has_a_fate_of_its_own() {
    let receiver = Receiver::start([
        bulk(&[201, 429, 400, 409, 503]),
        bulk(&[201, 429]),
        bulk(&[201]),
    ]);
    let books = Exporter::to(&receiver, &[]).send(&["a", "b", "c", "d", "e"]);
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (4, 1));
    assert_eq!((books.produced, books.requests, books.retries), (5, 3, 2));
    assert_eq!(
        sent(&receiver),
        [vec!["a", "b", "c", "d", "e"], vec!["b", "e"], vec!["e"]]
    );
}

#[test]
fn all_of_them_may_have_to_wait() {
    let receiver = Receiver::start([bulk(&[429, 429]), bulk(&[500, 201]), bulk(&[201])]);
    let books = Exporter::to(&receiver, &[]).send(&["a", "b"]);
    assert_eq!((books.delivered, books.retries), (2, 2));
    assert_eq!(sent(&receiver), [vec!["a", "b"], vec!["a", "b"], vec!["a"]]);
}

#[test]
fn the_whole_request_may_have_to_wait() {
    for status in [429, 502, 503, 504] {
        let busy = answers(status, "retry-after: 0\r\n", "");
        let receiver = Receiver::start([busy, bulk(&[201])]);
        let books = Exporter::to(&receiver, &[]).send(&["a"]);
        assert_eq!((books.delivered, books.retries), (1, 1), "{status}");
    }
}

#[test]
fn what_is_too_large_is_halved() {
    let receiver = Receiver::start([
        says(413),
        bulk(&[201, 201]),
        says(413),
        bulk(&[201]),
        bulk(&[400]),
    ]);
    let books = Exporter::to(&receiver, &[]).send(&["a", "b", "c", "d"]);
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (3, 1));
    let expected = [
        vec!["a", "b", "c", "d"],
        vec!["a", "b"],
        vec!["c", "d"],
        vec!["c"],
        vec!["d"],
    ];
    assert_eq!(sent(&receiver), expected);
}

#[test]
fn what_is_refused_whole_is_not_sent_again() {
    for status in [400, 401, 403, 404, 500] {
        let body = r#"{"error":{"type":"security_exception"},"status":403}"#;
        let receiver = Receiver::start([answers(status, "", body)]);
        let books = Exporter::to(&receiver, &[]).send(&["a", "b"]);
        assert_eq!(
            (books.lost(Loss::Rejected), books.requests),
            (2, 1),
            "{status}"
        );
    }
}

#[test]
fn an_answer_that_leaves_records_out_is_not_believed_for_those() {
    let receiver = Receiver::start([bulk(&[201, 400]), bulk(&[201, 201])]);
    let books = Exporter::to(&receiver, &[]).send(&["a", "b", "c", "d"]);
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (3, 1));
    assert_eq!(sent(&receiver), [vec!["a", "b", "c", "d"], vec!["c", "d"]]);
}

#[test]
fn a_success_with_failures_in_it_is_none() {
    let liar = r#"{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":400}}]}"#;
    let receiver = Receiver::start([answers(200, "", liar)]);
    let books = Exporter::to(&receiver, &[]).send(&["a", "b"]);
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (1, 1));
}

#[test]
fn more_outcomes_than_records_are_no_matter() {
    let receiver = Receiver::start([bulk(&[201, 400, 400, 429])]);
    let books = Exporter::to(&receiver, &[]).send(&["a"]);
    assert_eq!((books.delivered, books.requests), (1, 1));
}

#[test]
fn a_success_of_someone_else_is_none() {
    for body in [
        "",
        "{}",
        "<html>",
        r#"{"errors":"no"}"#,
        r#"{"errors":true}"#,
    ] {
        let receiver = Receiver::start([answers(200, "", body), bulk(&[201])]);
        let books = Exporter::to(&receiver, &[]).send(&["a"]);
        assert_eq!((books.delivered, books.retries), (1, 1), "{body}");
    }
}

#[test]
fn the_answer_to_a_full_batch_that_nobody_filtered_is_read() {
    let text = "x".repeat(1000);
    let item = format!(
        r#"{{"create":{{"_index":".ds-logs-shop-default-2026.08.06-000001","status":400,"error":{{"type":"document_parsing_exception","reason":"{text}"}}}}}}"#
    );
    let items = vec![item; super::super::BATCH].join(",");
    let body = format!(r#"{{"errors":true,"items":[{items}]}}"#);
    let receiver = Receiver::start([answers(200, "", &body)]);
    let exporter = Exporter::to(&receiver, &[]);
    let books = exporter.send(&vec!["a"; super::super::BATCH]);
    assert_eq!(books.lost(Loss::Rejected), super::super::BATCH as u64);
    assert_eq!(books.requests, 1);
}

#[test]
fn broken_connections_are_no_end() {
    let receiver = Receiver::start([Manner::Resets, Manner::BreaksOff, bulk(&[201])]);
    let books = Exporter::to(&receiver, &[]).send(&["a"]);
    assert_eq!((books.delivered, books.retries), (1, 2));
}

#[test]
fn what_is_not_delivered_at_the_end_is_counted() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    end_without(address);
}

#[test]
fn a_cluster_that_swallows_everything_holds_nobody_up() {
    let (place, _waiting) = black_hole();
    end_without(place.local_addr().unwrap());
}

/// Ends while nobody answers at this address.
fn end_without(address: SocketAddr) {
    let url = format!("http://{address}");
    let exporter = Exporter::on(Dispatch::start().unwrap(), &[("OBS_ELASTIC_URL", &url)]);
    exporter.log(&["a", "b"]);
    let started = Instant::now();
    exporter.dispatch.finish(Duration::from_millis(200));
    assert!(started.elapsed() < Duration::from_secs(3));
    exporter.log(&["late"]);
    let books = exporter.books();
    assert_eq!((books.queued, books.lost(Loss::Shutdown)), (0, 3));
}
