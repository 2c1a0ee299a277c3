//! Lines, addresses, and what databases answer.

use proptest::prelude::*;

use super::line::Lines;
use super::*;
use crate::export::delivery::Loss;
use crate::export::push::tests::receiver::{Receiver as Server, answers, says};
use crate::export::push::tests::*;

fn encoder() -> Lines {
    Lines::new(Rules {
        added: vec![("instance".to_owned(), "pod-7".to_owned())],
        reserved: "time",
    })
}

#[test]
fn each_series_is_a_line() {
    let batch = encode(&mut encoder(), &sample(), 1_700_000_000_999);
    assert_eq!(
        lines(&batch).concat(),
        "\
build_info,instance=pod-7,service=shop,version=1.4 gauge=1 1700000000999
call_seconds,instance=pod-7,operation=pay,service=shop 0.5=1i,1.0=2i,+Inf=4i,sum=9.25,count=4i 1700000000999
depth,instance=pod-7,service=shop gauge=-2.5 1700000000999
orders_total,instance=pod-7,service=shop counter=7i 1700000000999
size,instance=pod-7,service=shop 0.5=2.5,sum=7.5,count=3i 1700000000999
"
    );
}

#[test]
fn numbers_that_cannot_be_written_are_left_out() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(encode(&mut encoder(), &gauge(&[], number), 1).is_empty());
    }
    let labels = [("time", "noon"), ("end", "a\\\\"), ("only", "\\")];
    let batch = encode(&mut encoder(), &gauge(&labels, 1e300), 1);
    assert_eq!(
        lines(&batch),
        ["depth,end=a,exported_time=noon,instance=pod-7 gauge=1e+300 1\n"]
    );
}

/// The tags of a line, read as the specification describes them.
fn tags(line: &str) -> Vec<(String, String)> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek().is_some_and(|c| ", =".contains(*c)) => {
                part.extend(characters.next());
            }
            ',' | '=' | ' ' => {
                parts.push(std::mem::take(&mut part));
                if character == ' ' {
                    break;
                }
            }
            _ => part.push(character),
        }
    }
    let pairs = parts[1..].chunks(2);
    pairs
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .collect()
}

proptest! {
    #[test]
    fn tags_are_read_as_they_were(value in any_text()) {
        let batch = encode(&mut encoder(), &gauge(&[("tag", &value)], 0.1), 1);
        let line = lines(&batch).remove(0);
        prop_assert!(line.ends_with(" gauge=0.1 1\n") && line.matches('\n').count() == 1);
        let found = tags(&line).into_iter().find(|(name, _)| name == "tag");
        let found = found.map_or(String::new(), |(_, value)| value);
        let expected = value.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
        // A line break at the end leaves its letter behind the backslash.
        let expected = expected.trim_end_matches('\\');
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn the_path_says_which_version_it_is() {
    let address = |url: &str| {
        let version = Version::of(url)?;
        Some(version.address(&url.parse().unwrap())?.to_string())
    };
    for (url, expected) in [
        (
            "http://i:8086/write?db=m",
            Some("http://i:8086/write?db=m&precision=ms"),
        ),
        (
            "http://i:8086/base/write?rp=x&db=m&precision=s",
            Some("http://i:8086/base/write?rp=x&db=m&precision=ms"),
        ),
        (
            "https://i/api/v2/write?org=o&bucket=b",
            Some("https://i/api/v2/write?org=o&bucket=b&precision=ms"),
        ),
        (
            "http://i/api/v3/write_lp?db=m",
            Some("http://i/api/v3/write_lp?db=m&precision=millisecond"),
        ),
        ("http://i/write", None),
        ("http://i/api/v2/write?db=m", None),
        ("http://i/?db=m", None),
    ] {
        assert_eq!(address(url).as_deref(), expected, "{url}");
    }
}

#[test]
fn a_token_is_shown_as_the_version_wants_it() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "abc").unwrap();
    for (path, expected) in [
        ("/write?db=m", "Token abc"),
        ("/api/v2/write?bucket=m", "Token abc"),
        ("/api/v3/write_lp?db=m", "Bearer abc"),
    ] {
        let server = Server::start([says(204)]);
        let url = server.url(path);
        let token = ("OBS_INFLUX_TOKEN_FILE", file.path().to_str().unwrap());
        let exporter = Exporter::start(&[("OBS_INFLUX_URL", &url), token], sample());
        assert_eq!(exporter.push().delivered, 5);
        assert_eq!(server.requests()[0].header("authorization"), Some(expected));
    }
}

#[test]
fn lines_that_were_refused_are_counted_if_the_database_says_how_many() {
    for (said, expected) in [
        (
            r#"{"error":"partial write: field type conflict: input field \"gauge\" dropped=2"}"#,
            2,
        ),
        (
            r#"{"error":"partial write: unable to parse 'x': missing fields\nunable to parse 'y': bad number dropped=1"}"#,
            3,
        ),
        (
            r#"{"error":"partial write of line protocol occurred","data":[{"original_line":"x","line_number":1,"error_message":"e"},{"line_number":4}]}"#,
            2,
        ),
        (r#"{"code":"invalid","message":"unable to parse 'x'"}"#, 5),
    ] {
        let server = Server::start([answers(400, "", said)]);
        let url = server.url("/write?db=m");
        let books = Exporter::start(&[("OBS_INFLUX_URL", &url)], sample()).push();
        assert_eq!(books.lost(Loss::Rejected), expected, "{said}");
        assert_eq!(
            (books.delivered, books.requests),
            (5 - expected, 1),
            "{said}"
        );
    }
}
