//! Lines, and the ways they go.

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use proptest::prelude::*;

use super::line::Lines;
use super::*;
use crate::export::delivery::Loss;
use crate::export::push::tests::*;
use crate::metric::snapshot::Snapshot;

fn encoder() -> Lines {
    Lines::new(Rules {
        added: vec![("instance".to_owned(), "pod-7".to_owned())],
        reserved: "name",
    })
}

#[test]
fn each_sample_is_a_line() {
    let batch = encode(&mut encoder(), &sample(), 1_700_000_000_999);
    assert_eq!(
        lines(&batch).concat(),
        "\
build_info;instance=pod-7;service=shop;version=1.4 1 1700000000
call_seconds_bucket;instance=pod-7;operation=pay;service=shop;le=0.5 1 1700000000
call_seconds_bucket;instance=pod-7;operation=pay;service=shop;le=1.0 2 1700000000
call_seconds_bucket;instance=pod-7;operation=pay;service=shop;le=+Inf 4 1700000000
call_seconds_sum;instance=pod-7;operation=pay;service=shop 9.25 1700000000
call_seconds_count;instance=pod-7;operation=pay;service=shop 4 1700000000
depth;instance=pod-7;service=shop -2.5 1700000000
orders_total;instance=pod-7;service=shop 7 1700000000
size;instance=pod-7;service=shop;quantile=0.5 2.5 1700000000
size_sum;instance=pod-7;service=shop 7.5 1700000000
size_count;instance=pod-7;service=shop 3 1700000000
"
    );
}

#[test]
fn what_carbon_could_not_read_is_encoded() {
    let labels = [
        ("name", "breaker"),
        ("route", "/a b;c~"),
        ("x", "~\u{2028}"),
    ];
    let batch = encode(&mut encoder(), &gauge(&labels, 1e300), 1000);
    assert_eq!(
        lines(&batch),
        [
            "depth;exported_name=breaker;instance=pod-7;route=%2Fa%20b%3Bc~;x=%7E%E2%80%A8 1e+300 1\n"
        ]
    );
    let none = encode(&mut encoder(), &gauge(&[], f64::INFINITY), 1000);
    assert!(none.is_empty());
}

proptest! {
    #[test]
    fn tags_are_read_as_carbon_reads_them(value in any_text()) {
        let batch = encode(&mut encoder(), &gauge(&[("tag", &value)], 0.1), 1000);
        let line = lines(&batch).remove(0);
        prop_assert!(line.ends_with('\n') && line.matches('\n').count() == 1);
        let words: Vec<_> = line.split_whitespace().collect();
        prop_assert_eq!(words.len(), 3);
        prop_assert_eq!(words[1], "0.1");
        let mut tags = words[0].split(';').skip(1).map(|tag| tag.split_once('=').unwrap());
        let found = tags.find(|(name, _)| *name == "tag").map_or("", |(_, value)| value);
        prop_assert!(!found.starts_with('~'));
        prop_assert_eq!(percent_decode_str(found).decode_utf8().unwrap(), value);
    }
}

#[test]
fn addresses_have_a_host_and_a_port() {
    let tcp = |place: &str| Some((Way::Tcp, place.to_owned()));
    assert_eq!(address("carbon:2003"), tcp("carbon:2003"));
    assert_eq!(address("tcp://[::1]:2003"), tcp("[::1]:2003"));
    assert_eq!(
        address("udp://10.0.0.1:1"),
        Some((Way::Udp, "10.0.0.1:1".to_owned()))
    );
    for wrong in [
        "carbon",
        ":2003",
        "carbon:0",
        "carbon:70000",
        "http://carbon:2003",
        "::1:2003",
        "me@carbon:1",
    ] {
        assert_eq!(address(wrong), None, "{wrong}");
    }
}

const SOON: Duration = Duration::from_secs(20);

/// An exporter of [`sample`], which has 11 lines.
fn start(address: &str) -> Exporter {
    Exporter::start(&[("OBS_GRAPHITE_ADDR", address)], sample())
}

#[test]
fn lines_go_over_one_connection_until_that_is_closed() {
    let carbon = TcpListener::bind("127.0.0.1:0").unwrap();
    let exporter = start(&carbon.local_addr().unwrap().to_string());
    exporter.push();
    assert_eq!(exporter.push().delivered, 22);
    let (first, _) = carbon.accept().unwrap();
    let mut lines = BufReader::new(first).lines();
    assert!(
        (&mut lines)
            .take(22)
            .all(|line| line.unwrap().contains("instance=pod-7"))
    );
    drop(lines);
    assert_eq!(exporter.push().delivered, 33);
    let (mut second, _) = carbon.accept().unwrap();
    let books = exporter.finish(SOON);
    assert_eq!((books.delivered, books.queued), (44, 0));
    let mut text = String::new();
    drop(exporter);
    second.read_to_string(&mut text).unwrap();
    assert_eq!(text.lines().count(), 22);
}

#[test]
fn a_carbon_that_comes_back_gets_what_waited() {
    let place = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = place.local_addr().unwrap();
    drop(place);
    let exporter = start(&address.to_string());
    exporter.read();
    exporter.read();
    assert!(!exporter.dispatch.flush(Duration::from_millis(200)));
    assert_eq!(exporter.books().queued, 22);
    let carbon = TcpListener::bind(address).unwrap();
    assert!(exporter.dispatch.flush(SOON));
    assert_eq!(exporter.books().delivered, 22);
    let (connection, _) = carbon.accept().unwrap();
    assert_eq!(BufReader::new(connection).lines().take(22).count(), 22);
}

#[test]
fn a_carbon_that_reads_nothing_holds_nobody_up() {
    let carbon = TcpListener::bind("127.0.0.1:0").unwrap();
    let families = (0..200_000).map(|i| gauge(&[], 1.0).families.remove(0).renamed(i));
    let snapshot = Snapshot {
        families: families.collect(),
        ..Snapshot::default()
    };
    let address = carbon.local_addr().unwrap().to_string();
    let exporter = Exporter::start(&[("OBS_GRAPHITE_ADDR", &address)], snapshot);
    exporter.read();
    let books = exporter.finish(Duration::from_millis(500));
    assert!(books.lost(Loss::Shutdown) > 0);
    assert_eq!((books.produced, books.queued), (400_000, 0));
}

#[test]
fn datagrams_have_whole_lines() {
    let carbon = UdpSocket::bind("127.0.0.1:0").unwrap();
    carbon.set_read_timeout(Some(SOON)).unwrap();
    let mut snapshot = sample();
    let long = gauge(&[("text", &"x".repeat(2000))], 1.0);
    snapshot.families.extend(long.families);
    for i in 0..50 {
        let family = gauge(&[("text", "some text")], 1.0).families.remove(0);
        snapshot.families.push(family.renamed(i));
    }
    let address = format!("udp://{}", carbon.local_addr().unwrap());
    let exporter = Exporter::start(&[("OBS_GRAPHITE_ADDR", &address)], snapshot);
    let books = exporter.push();
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (61, 1));
    let mut lines = 0;
    let mut buffer = [0; 65536];
    while lines < 61 {
        let length = carbon.recv(&mut buffer).unwrap();
        assert!(length <= 1432);
        let text = std::str::from_utf8(&buffer[..length]).unwrap();
        assert!(text.ends_with('\n'));
        lines += text.lines().count();
    }
    assert_eq!(lines, 61);
}
