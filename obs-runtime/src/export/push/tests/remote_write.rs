//! Remote write, read by messages that prost makes of the declarations in the specifications.

mod schema;

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;

use super::super::labels::Rules;
use super::super::remote_write::encode::Samples;
use super::super::remote_write::{v1, v2};
use super::receiver::{Receiver, Request, answers, says};
use super::*;
use schema::{first, second};

type Pairs = Vec<(String, String)>;

/// A sample as both versions have it.
#[derive(Debug, Clone, PartialEq)]
struct Sent {
    labels: Pairs,
    bits: u64,
    unix_ms: i64,
    /// Its labels, its value and its time.
    exemplar: Option<(Pairs, f64, i64)>,
}

impl Sent {
    /// The name with the labels but those of the target, as people write them.
    fn series(&self) -> String {
        let labels = self
            .labels
            .iter()
            .filter(|(name, _)| !matches!(&**name, "__name__" | "job" | "instance" | "service"));
        let labels: Vec<_> = labels
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let name = &self
            .labels
            .iter()
            .find(|(name, _)| name == "__name__")
            .unwrap()
            .1;
        format!("{name}{{{}}}", labels.join(","))
    }
}

fn read_first(bytes: &[u8]) -> Vec<Sent> {
    let pairs = |labels: Vec<first::Label>| labels.into_iter().map(|l| (l.name, l.value)).collect();
    let request = first::WriteRequest::decode(bytes).unwrap();
    let all = request.timeseries.into_iter();
    all.map(|mut series| {
        assert_eq!(series.samples.len(), 1);
        let exemplar = series.exemplars.pop();
        Sent {
            labels: pairs(series.labels),
            bits: series.samples[0].value.to_bits(),
            unix_ms: series.samples[0].timestamp,
            exemplar: exemplar.map(|e| (pairs(e.labels), e.value, e.timestamp)),
        }
    })
    .collect()
}

/// With what the metadata say: kind, help and unit.
fn read_second(bytes: &[u8]) -> Vec<(Sent, (i32, String, String))> {
    let request = second::Request::decode(bytes).unwrap();
    assert_eq!(request.symbols[0], "");
    let distinct: BTreeSet<_> = request.symbols.iter().collect();
    assert_eq!(distinct.len(), request.symbols.len());
    let text = |number: &u32| request.symbols[*number as usize].clone();
    let pairs = |refs: &[u32]| {
        let pairs = refs.chunks_exact(2);
        assert!(pairs.remainder().is_empty());
        pairs.map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
    };
    let all = request.timeseries.iter();
    all.map(|series| {
        assert_eq!(series.samples.len(), 1);
        assert_eq!(series.samples[0].start_timestamp, 0);
        let exemplar = series.exemplars.first();
        let metadata = series.metadata.as_ref().unwrap();
        let sent = Sent {
            labels: pairs(&series.labels_refs),
            bits: series.samples[0].value.to_bits(),
            unix_ms: series.samples[0].timestamp,
            exemplar: exemplar.map(|e| (pairs(&e.labels_refs), e.value, e.timestamp)),
        };
        (
            sent,
            (
                metadata.kind,
                text(&metadata.help_ref),
                text(&metadata.unit_ref),
            ),
        )
    })
    .collect()
}

fn encoder() -> Samples {
    let added = [("instance", "pod-7"), ("job", "shop")];
    Samples::new(Rules {
        added: added.map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
        reserved: "",
    })
}

/// Samples by their series, as both versions say them.
fn sent(batch: &Batch) -> Vec<Sent> {
    let by_first = read_first(&v1::request(batch));
    let by_second: Vec<_> = read_second(&v2::request(batch))
        .into_iter()
        .map(|(sent, _)| sent)
        .collect();
    assert_eq!(by_first, by_second);
    by_first
}

const STALE: u64 = 0x7ff0_0000_0000_0002;

#[test]
fn both_versions_say_what_the_metrics_say() {
    let batch = encode(&mut encoder(), &sample(), 1_700_000_000_500);
    let all = sent(&batch);
    assert!(all.iter().all(|sent| sent.unix_ms == 1_700_000_000_500));
    let values: Vec<_> = all
        .iter()
        .map(|sent| format!("{} {}", sent.series(), f64::from_bits(sent.bits)))
        .collect();
    assert_eq!(
        values,
        [
            "build_info{version=1.4} 1",
            "call_seconds_bucket{le=0.5,operation=pay} 1",
            "call_seconds_bucket{le=1.0,operation=pay} 2",
            "call_seconds_bucket{le=+Inf,operation=pay} 4",
            "call_seconds_sum{operation=pay} 9.25",
            "call_seconds_count{operation=pay} 4",
            "depth{} -2.5",
            "orders_total{} 7",
            "size{quantile=0.5} 2.5",
            "size{quantile=0.99} NaN",
            "size_sum{} 7.5",
            "size_count{} 3",
        ]
    );
    let names: Vec<_> = all[1].labels.iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        names,
        ["__name__", "instance", "job", "le", "operation", "service"]
    );
    let trace = vec![("trace_id".to_owned(), format!("{:032x}", 0xabc))];
    assert_eq!(all[2].exemplar, Some((trace, 0.75, 1_700_000_000_123)));
    assert_eq!(all.iter().filter(|sent| sent.exemplar.is_some()).count(), 1);

    let by_second = read_second(&v2::request(&batch));
    let metadata: BTreeMap<_, _> = by_second
        .into_iter()
        .map(|(sent, metadata)| (sent.series(), metadata))
        .collect();
    let of = |kind, unit: &str| (kind, "What it is.".to_owned(), unit.to_owned());
    assert_eq!(metadata["orders_total{}"], of(1, ""));
    assert_eq!(metadata["depth{}"], of(2, ""));
    assert_eq!(
        metadata["call_seconds_sum{operation=pay}"],
        of(3, "seconds")
    );
    assert_eq!(metadata["size_count{}"], of(5, ""));
    assert_eq!(metadata["build_info{version=1.4}"], of(6, ""));
}

#[test]
fn a_series_that_vanished_is_ended_once() {
    let mut encoder = encoder();
    let (a, b) = (gauge(&[("q", "a")], 1.0), gauge(&[("q", "b")], 2.0));
    sent(&encode(&mut encoder, &a, 1000));
    let second = sent(&encode(&mut encoder, &b, 2000));
    assert_eq!(second[0].series(), "depth{q=b}");
    assert_eq!(
        (second[1].series(), second[1].bits),
        ("depth{q=a}".to_owned(), STALE)
    );
    assert_eq!(second[1].unix_ms, 2000);
    assert_eq!(sent(&encode(&mut encoder, &b, 3000)).len(), 1);
}

#[test]
fn the_end_of_a_program_ends_all_series_after_their_last_sample() {
    let mut encoder = encoder();
    let batch = encode_as(&mut encoder, &gauge(&[], 1.0), 1000, true);
    let all = sent(&batch);
    assert_eq!((f64::from_bits(all[0].bits), all[0].unix_ms), (1.0, 1000));
    assert_eq!((all[1].bits, all[1].unix_ms), (STALE, 1001));
    assert_eq!(all[0].labels, all[1].labels);
}

#[test]
fn a_number_that_is_none_is_not_taken_for_an_end() {
    let all = sent(&encode(
        &mut encoder(),
        &gauge(&[], f64::from_bits(STALE)),
        1000,
    ));
    assert!(f64::from_bits(all[0].bits).is_nan());
    assert_ne!(all[0].bits, STALE);
}

#[test]
fn no_two_samples_of_a_series_have_one_time() {
    let mut encoder = encoder();
    let mut time = |now| sent(&encode(&mut encoder, &gauge(&[], 1.0), now))[0].unix_ms;
    assert_eq!(
        [time(5000), time(5000), time(5001), time(9000)],
        [5000, 5001, 5002, 9000]
    );
    // The clock was set back: there is no other time now.
    assert_eq!(time(1000), 1000);
}

proptest! {
    #[test]
    fn labels_arrive_as_they_are(values in proptest::collection::vec(any_text(), 3), number: f64) {
        let names = ["Zone", "exported_instance", "instance"];
        let labels: Vec<_> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
        let all = sent(&encode(&mut encoder(), &gauge(&labels, number), 1));
        let mut expected: Vec<_> = [
            ("Zone", &*values[0]),
            ("__name__", "depth"),
            ("exported_instance", &*values[1]),
            ("exported_exported_instance", &*values[2]),
            ("instance", "pod-7"),
            ("job", "shop"),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        expected.sort();
        prop_assert_eq!(&all[0].labels, &expected);
        prop_assert!(number.is_nan() || all[0].bits == number.to_bits());
    }
}

fn start(receiver: &Receiver, more: &[(&str, &str)]) -> Exporter {
    let url = receiver.url("/api/v1/write");
    let mut variables = vec![("OBS_REMOTE_WRITE_URL", &*url)];
    variables.extend(more);
    Exporter::start(&variables, sample())
}

/// The samples of [`sample`].
const ALL: u64 = 12;

fn wrote(status: u16, samples: u64) -> super::receiver::Manner {
    let header = format!("x-prometheus-remote-write-samples-written: {samples}\r\n");
    answers(status, &header, "out of order")
}

fn unpack(request: &Request) -> Vec<u8> {
    assert_eq!(request.header("content-encoding"), Some("snappy"));
    snap::raw::Decoder::new()
        .decompress_vec(&request.body)
        .unwrap()
}

fn versions(receiver: &Receiver) -> Vec<(String, String)> {
    let requests = receiver.requests();
    let header = |request: &Request, name| request.header(name).unwrap().to_owned();
    requests
        .iter()
        .map(|request| {
            assert_eq!(request.line(), "POST /api/v1/write");
            (
                header(request, "x-prometheus-remote-write-version"),
                header(request, "content-type"),
            )
        })
        .collect()
}

fn version_1() -> (String, String) {
    ("0.1.0".to_owned(), "application/x-protobuf".to_owned())
}

fn version_2() -> (String, String) {
    let kind = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
    ("2.0.0".to_owned(), kind.to_owned())
}

#[test]
fn a_receiver_that_knows_version_2_gets_it() {
    let receiver = Receiver::start([wrote(204, ALL)]);
    let books = start(&receiver, &[]).push();
    assert_eq!((books.delivered, books.requests), (ALL, 1));
    assert_eq!(versions(&receiver), [version_2()]);
    let request = &receiver.requests()[0];
    assert_eq!(read_second(&unpack(request)).len(), ALL as usize);
    assert!(request.header("user-agent").unwrap().starts_with("obs/"));
}

#[test]
fn a_receiver_that_does_not_know_version_2_gets_version_1_from_then_on() {
    // One says so, the other takes a request that is empty to it.
    for answer in [says(415), says(204)] {
        let receiver = Receiver::start([answer, says(204)]);
        let exporter = start(&receiver, &[]);
        exporter.push();
        let books = exporter.push();
        assert_eq!(books.delivered, 2 * ALL);
        assert_eq!(versions(&receiver), [version_2(), version_1(), version_1()]);
        assert_eq!(
            read_first(&unpack(&receiver.requests()[1])).len(),
            ALL as usize
        );
    }
}

#[test]
fn version_1_can_be_asked_for() {
    let receiver = Receiver::start([says(200)]);
    start(&receiver, &[("OBS_REMOTE_WRITE_VERSION", "1.0")]).push();
    assert_eq!(versions(&receiver), [version_1()]);
}

#[test]
fn what_was_not_written_is_counted() {
    for status in [200, 400] {
        let receiver = Receiver::start([wrote(status, ALL - 5)]);
        let books = start(&receiver, &[]).push();
        assert_eq!((books.delivered, books.lost(Loss::Rejected)), (ALL - 5, 5));
        assert_eq!(books.requests, 1);
    }
}
