//! The rules of the specification as tables.

mod model;
mod properties;

use super::*;
use crate::trace::{SpanId, TraceFlags, TraceState};

const TRACE: &str = "12345678901234567890123456789012";
const PARENT: &str = "00-12345678901234567890123456789012-1234567890123456-01";

fn parent_of(traceparent: &str) -> Option<SpanContext> {
    extract([traceparent.as_bytes()], [])
}

fn state_of(tracestate: &[&str]) -> String {
    let context = extract(
        [PARENT.as_bytes()],
        tracestate.iter().map(|value| value.as_bytes()),
    )
    .expect("a broken tracestate leaves the parent alone");
    context.state.as_str().to_owned()
}

#[test]
fn a_valid_parent_is_read_field_by_field() {
    let context = parent_of(PARENT).unwrap();
    assert_eq!(context.trace_id.to_string(), TRACE);
    assert_eq!(context.span_id.to_string(), "1234567890123456");
    assert_eq!(context.flags, TraceFlags::SAMPLED);
    assert!(context.remote);
    assert!(context.state.is_empty());
}

#[test]
fn a_parent_that_the_specification_forbids_is_no_parent() {
    for (what, value) in [
        ("empty", ""),
        (
            "version ff",
            "ff-12345678901234567890123456789012-1234567890123456-01",
        ),
        (
            "version with a dot",
            ".0-12345678901234567890123456789012-1234567890123456-01",
        ),
        (
            "version with a sign",
            "+0-12345678901234567890123456789012-1234567890123456-01",
        ),
        (
            "version in upper case",
            "CC-12345678901234567890123456789012-1234567890123456-01",
        ),
        (
            "version of 3 digits",
            "000-12345678901234567890123456789012-1234567890123456-01",
        ),
        (
            "version of 1 digit",
            "0-12345678901234567890123456789012-1234567890123456-01",
        ),
        (
            "trace id of zeros",
            "00-00000000000000000000000000000000-1234567890123456-01",
        ),
        (
            "trace id with a dot",
            "00-.2345678901234567890123456789012-1234567890123456-01",
        ),
        (
            "trace id in upper case",
            "00-ABCDEF78901234567890123456789012-1234567890123456-01",
        ),
        (
            "trace id of 33 digits",
            "00-123456789012345678901234567890123-1234567890123456-01",
        ),
        (
            "trace id of 31 digits",
            "00-1234567890123456789012345678901-1234567890123456-01",
        ),
        (
            "parent id of zeros",
            "00-12345678901234567890123456789012-0000000000000000-01",
        ),
        (
            "parent id with a dot",
            "00-12345678901234567890123456789012-123456789012345.-01",
        ),
        (
            "parent id in upper case",
            "00-12345678901234567890123456789012-ABCDEF0123456789-01",
        ),
        (
            "parent id of 17 digits",
            "00-12345678901234567890123456789012-12345678901234567-01",
        ),
        (
            "parent id of 15 digits",
            "00-12345678901234567890123456789012-123456789012345-01",
        ),
        (
            "flags with a dot",
            "00-12345678901234567890123456789012-1234567890123456-0.",
        ),
        (
            "flags in upper case",
            "00-12345678901234567890123456789012-1234567890123456-0A",
        ),
        (
            "flags of 3 digits",
            "00-12345678901234567890123456789012-1234567890123456-001",
        ),
        (
            "flags of 1 digit",
            "00-12345678901234567890123456789012-1234567890123456-1",
        ),
        (
            "no flags",
            "00-12345678901234567890123456789012-1234567890123456-",
        ),
        (
            "a dash at the end",
            "00-12345678901234567890123456789012-1234567890123456-01-",
        ),
        (
            "a field more",
            "00-12345678901234567890123456789012-1234567890123456-01-what",
        ),
        (
            "text at the end",
            "00-12345678901234567890123456789012-1234567890123456-01.",
        ),
        ("two in one", &format!("{PARENT},{PARENT}")),
        (
            "underscores",
            "00_12345678901234567890123456789012_1234567890123456_01",
        ),
        (
            "a line break inside",
            "00-12345678901234567890123456789012-1234567890123456\n-01",
        ),
        (
            "a later version, text at the end",
            "cc-12345678901234567890123456789012-1234567890123456-01.",
        ),
        (
            "a later version, too short",
            "cc-12345678901234567890123456789012-1234567890123456-0",
        ),
    ] {
        assert_eq!(parent_of(value), None, "{what}");
    }
}

#[test]
fn a_later_version_is_read_as_far_as_it_is_known_and_answered_with_version_00() {
    for value in [
        "cc-12345678901234567890123456789012-1234567890123456-01",
        "cc-12345678901234567890123456789012-1234567890123456-01-",
        "fe-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
    ] {
        let context = parent_of(value).expect(value);
        assert_eq!(inject(&context).traceparent.as_str(), PARENT, "{value}");
    }
}

#[test]
fn two_parents_are_no_parent_even_when_they_agree() {
    assert_eq!(extract([PARENT.as_bytes(), PARENT.as_bytes()], []), None);
    assert_eq!(extract([PARENT.as_bytes(), b""], []), None);
}

#[test]
fn state_without_a_parent_is_dropped() {
    assert_eq!(extract([], [b"foo=1".as_slice()]), None);
}

#[test]
fn spaces_and_tabs_around_a_parent_are_ignored() {
    for value in [
        format!(" {PARENT}"),
        format!("\t{PARENT}"),
        format!("\t {PARENT} \t"),
    ] {
        assert!(parent_of(&value).is_some(), "{value:?}");
    }
    for value in [
        format!("\u{b}{PARENT}"),
        format!("{PARENT}\n"),
        format!("{PARENT}\u{a0}"),
    ] {
        assert_eq!(parent_of(&value), None, "{value:?}");
    }
}

#[test]
fn the_known_flags_are_passed_on_and_the_others_cleared() {
    for (received, sent) in [
        ("00", "00"),
        ("01", "01"),
        ("02", "02"),
        ("03", "03"),
        ("fc", "00"),
        ("ff", "03"),
    ] {
        let context = parent_of(&format!("00-{TRACE}-1234567890123456-{received}")).unwrap();
        assert!(inject(&context).traceparent.ends_with(sent), "{received}");
    }
}

#[test]
fn a_child_keeps_the_trace_and_its_state() {
    let parent = extract([PARENT.as_bytes()], [b"foo=1".as_slice()]).unwrap();
    let child = parent.child(SpanId::new(7).unwrap());
    let headers = inject(&child);
    assert_eq!(
        headers.traceparent.as_str(),
        format!("00-{TRACE}-0000000000000007-01")
    );
    assert_eq!(headers.tracestate, Some("foo=1"));
    assert!(!child.remote);
}

#[test]
fn an_empty_state_is_not_sent() {
    let context = extract([PARENT.as_bytes()], [b"".as_slice(), b" , \t"]).unwrap();
    assert_eq!(inject(&context).tracestate, None);
}

#[test]
fn a_valid_state_is_passed_on_in_order() {
    for (headers, sent) in [
        (&["foo=1,bar=2"][..], "foo=1,bar=2"),
        (
            &["foo=1,bar=2", "rojo=1,congo=2", "baz=3"],
            "foo=1,bar=2,rojo=1,congo=2,baz=3",
        ),
        (&["", "foo=1"], "foo=1"),
        (&["foo=1", ""], "foo=1"),
        (&["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"),
        (&["\t foo=1 \t"], "foo=1"),
        (&[",,foo=1,,"], "foo=1"),
        (&["foo=  1 2 "], "foo=  1 2"),
        (&["foo=1,foo=2"], "foo=1,foo=2"),
        (&["foo@=1,bar=2"], "foo@=1,bar=2"),
        (&["foo@@bar=1"], "foo@@bar=1"),
        (&["foo@bar@baz=1"], "foo@bar@baz=1"),
        (&["0=1,a_-*/@9=x"], "0=1,a_-*/@9=x"),
    ] {
        assert_eq!(state_of(headers), sent, "{headers:?}");
    }
}

#[test]
fn every_character_that_is_allowed_is_kept() {
    let key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/@a-z0-9_-*/";
    let value: String = (' '..='~').filter(|c| !matches!(c, ',' | '=')).collect();
    let member = format!("{key}={value}");
    assert_eq!(state_of(&[&member]), member);
}

#[test]
fn one_invalid_entry_drops_the_whole_state() {
    for member in [
        "foo =1",
        "FOO=1",
        "foo.bar=1",
        "@foo=1",
        "_foo=1",
        "-=1",
        "=1",
        "foo",
        "foo=",
        "foo= ",
        "foo=bar=baz",
        "foo=\t1",
        "foo=a\tb",
        "foo=\u{1}",
        "foo=\u{7f}",
        "foo=é",
        "é=1",
        "foo==1",
        "foo\u{a0}=1",
    ] {
        assert_eq!(
            state_of(&[&format!("bar=2,{member}")]),
            "",
            "{member:?} behind a valid entry"
        );
        assert_eq!(
            state_of(&[member, "bar=2"]),
            "",
            "{member:?} in a header of its own"
        );
    }
    let broken = extract([PARENT.as_bytes()], [b"foo=\xff".as_slice()]).unwrap();
    assert!(broken.state.is_empty());
}

#[test]
fn a_state_has_up_to_32_entries() {
    let members = |count: usize| (0..count).map(|n| format!("k{n}={n}")).collect::<Vec<_>>();
    let all = members(32);
    assert_eq!(state_of(&[&all.join(",")]), all.join(","));
    assert_eq!(
        state_of(&[&all[..20].join(","), &all[20..].join(",")]),
        all.join(",")
    );
    assert_eq!(state_of(&[&members(33).join(",")]), "");
    assert_eq!(
        members(33)
            .join(",")
            .parse::<TraceState>()
            .unwrap_err()
            .to_string(),
        "expected at most 32 entries"
    );
}

#[test]
fn keys_and_values_have_up_to_256_characters() {
    let t = |count| "t".repeat(count);
    for key in [
        t(256),
        format!("{}@{}", t(241), "v".repeat(14)),
        format!("{}@v", t(242)),
        format!("t@{}", t(15)),
    ] {
        let member = format!("{key}=1");
        assert_eq!(state_of(&["foo=1", &member]), format!("foo=1,{member}"));
    }
    assert_eq!(state_of(&["foo=1", &format!("{}=1", t(257))]), "");
    assert_eq!(
        state_of(&[&format!("foo={}", t(256))]),
        format!("foo={}", t(256))
    );
    assert_eq!(state_of(&["bar=1", &format!("foo={}", t(257))]), "");
}

#[test]
fn entries_are_found_by_key() {
    let state: TraceState = "foo=1,bar=2,foo=3".parse().unwrap();
    assert_eq!(state.get("foo"), Some("1"));
    assert_eq!(state.get("bar"), Some("2"));
    assert_eq!(state.get("ba"), None);
    assert_eq!(
        state.iter().collect::<Vec<_>>(),
        [("foo", "1"), ("bar", "2"), ("foo", "3")]
    );
}
