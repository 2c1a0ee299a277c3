use proptest::prelude::*;

use super::super::{Escaping, Format, Syntax};

const UTF8: Format = Format {
    syntax: Syntax::OpenMetrics,
    escaping: Some(Escaping::AllowUtf8),
};

const TEXT_1: Format = Format {
    syntax: Syntax::Text100,
    escaping: Some(Escaping::Underscores),
};

#[track_caller]
fn check(accept: &str, expected: Format) {
    assert_eq!(Format::negotiate(accept), expected, "{accept}");
}

#[test]
fn real_scrapers() {
    // Prometheus 2.42 and 3, curl, a browser.
    check(
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        Format::OPENMETRICS,
    );
    check(
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        UTF8,
    );
    check("*/*", Format::TEXT);
    check(
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        Format::TEXT,
    );
    check("", Format::TEXT);
}

#[test]
fn quality_decides() {
    check(
        "application/openmetrics-text;q=0.2,text/plain;q=0.7",
        Format::TEXT,
    );
    check(
        "application/openmetrics-text;q=0.71,text/plain;q=0.7",
        Format::OPENMETRICS,
    );
    check(
        "application/openmetrics-text;version=1.0.0;q=0.1,*/*;q=0.9",
        Format::TEXT,
    );
    check(
        "text/plain;q=0,application/openmetrics-text;q=0.001",
        Format::OPENMETRICS,
    );
    check("application/openmetrics-text;q=0,*/*", Format::TEXT);
    check(
        "text/plain;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.3",
        TEXT_1,
    );
    check("*/*;q=0.5,application/*;q=0.6", Format::OPENMETRICS);
    check("text/*", Format::TEXT);
}

#[test]
fn among_equals_the_first_and_the_more_precise_wins() {
    check(
        "application/openmetrics-text,text/plain",
        Format::OPENMETRICS,
    );
    check("text/plain,application/openmetrics-text", Format::TEXT);
    check("*/*,application/openmetrics-text", Format::OPENMETRICS);
    check(
        "text/plain,application/openmetrics-text;version=1.0.0",
        Format::OPENMETRICS,
    );
}

#[test]
fn versions_that_are_not_served_fall_back() {
    check("application/openmetrics-text;version=2.0.0", Format::TEXT);
    check("application/openmetrics-text;version=0.0.1", Format::TEXT);
    check(
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
        Format::TEXT,
    );
    check("application/json", Format::TEXT);
}

#[test]
fn what_does_not_parse_is_left_out() {
    check(
        "application/openmetrics-text;q=2,text/plain;q=0.1",
        Format::TEXT,
    );
    check("application/openmetrics-text;q=0.1234", Format::TEXT);
    check("application/openmetrics-text;q=", Format::TEXT);
    check(";;,,=,q=1,/,openmetrics", Format::TEXT);
    check(
        " Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=1.000 ",
        Format::OPENMETRICS,
    );
    check(
        "application/openmetrics-text;x=\"a,b;q=0\"",
        Format::OPENMETRICS,
    );
}

#[test]
fn the_answer_says_how_names_are_escaped() {
    let of = |scheme: &str| {
        Format::negotiate(&format!(
            "application/openmetrics-text;version=1.0.0;escaping={scheme}"
        ))
        .content_type()
    };
    assert_eq!(
        of("allow-utf-8"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
    );
    assert_eq!(
        of("values"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=values"
    );
    for unknown in ["dots", "nonsense", ""] {
        assert_eq!(
            of(unknown),
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
        );
    }
    assert_eq!(
        Format::OPENMETRICS.content_type(),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert_eq!(
        Format::TEXT.content_type(),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert_eq!(
        TEXT_1.content_type(),
        "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"
    );
}

proptest! {
    #[test]
    fn anything_can_be_asked(accept in "[ -~]{0,80}", more in "(([a-z*]{1,3}/[a-z*]{1,3})(;q=[0-9.]{0,5}|;version=[0-9.\"]{0,6})?[,;]){0,6}") {
        let _ = Format::negotiate(&accept);
        let _ = Format::negotiate(&more);
    }
}
