//! Tracing and its sampler.

use super::*;

#[test]
#[should_panic(expected = "`tracing.exporter` is `otlp` but `tracing.enabled` is off")]
fn a_constant_that_contradicts_itself_does_not_compile() {
    CONTRADICTION.assert_valid();
}

#[test]
fn tracing_that_is_off_has_no_settings() {
    let off = Tracing {
        enabled: false,
        ..Tracing::DEFAULT
    };
    one(
        CONTRADICTION,
        "tracing.exporter",
        "`tracing.exporter` is `otlp` but `tracing.enabled` is off; write `exporter = \"none\"` or turn tracing on",
    );
    one(
        Monitoring {
            tracing: Tracing {
                sampler: Sampler::ratio(0.1),
                ..off
            },
            ..D
        },
        "tracing.sampler",
        "`tracing.sampler` is set but `tracing.enabled` is off; leave it out or turn tracing on",
    );
    one(
        Monitoring {
            tracing: Tracing {
                rate_limit: Some(5),
                ..off
            },
            ..D
        },
        "tracing.rate_limit",
        "`tracing.rate_limit` is set but `tracing.enabled` is off; leave it out or turn tracing on",
    );
    one(
        Monitoring {
            tracing: Tracing {
                operations: &[("health", 0.0)],
                ..off
            },
            ..D
        },
        "tracing.operations",
        "`tracing.operations` is set but `tracing.enabled` is off; leave it out or turn tracing on",
    );
    one(
        Monitoring {
            logging: Logging {
                correlation: Some(true),
                ..Logging::DEFAULT
            },
            tracing: off,
            ..D
        },
        "logging.correlation",
        "`logging.correlation` is on but `tracing.enabled` is off, so there is no id to log; turn tracing on or leave `correlation` out",
    );
}

#[test]
fn tracing_within_its_ranges() {
    let tracing = |tracing| Monitoring { tracing, ..D };
    one(
        tracing(Tracing {
            sampler: Sampler::ratio(1.5),
            ..Tracing::DEFAULT
        }),
        "tracing.sampler",
        "`tracing.sampler`: a ratio must be between 0 and 1, got 1.5; write `0.015` for 1.5 percent",
    );
    one(
        tracing(Tracing {
            rate_limit: Some(0),
            ..Tracing::DEFAULT
        }),
        "tracing.rate_limit",
        "`tracing.rate_limit` is 0, so the sampler keeps nothing; write `sampler = 0.0` to keep only errors and slow traces",
    );
    one(
        tracing(Tracing {
            operations: &[("health", 2.0)],
            ..Tracing::DEFAULT
        }),
        "tracing.operations",
        "`tracing.operations`: a ratio must be between 0 and 1, got 2; write `0.02` for 2 percent",
    );
    one(
        tracing(Tracing {
            operations: &[("health", 0.0), ("health", 1.0)],
            ..Tracing::DEFAULT
        }),
        "tracing.operations",
        "`tracing.operations` has `health` twice; remove one",
    );
    one(
        tracing(Tracing {
            operations: &[(" health", 0.0)],
            ..Tracing::DEFAULT
        }),
        "tracing.operations",
        "` health` has white space at an end or a control character at position 1; write `health`",
    );
    one(
        tracing(Tracing {
            store: 100,
            ..Tracing::DEFAULT
        }),
        "tracing.store",
        "`tracing.store` must be at least `64KiB`; write `store = \"32MiB\"`",
    );
    one(
        tracing(Tracing {
            max_spans: 0,
            ..Tracing::DEFAULT
        }),
        "tracing.max_spans",
        "`tracing.max_spans` must be at least 1; turn tracing off with `enabled = false`",
    );
}

#[test]
fn what_is_forwarded_has_headers_of_its_own() {
    let with = |forward| Monitoring {
        tracing: Tracing {
            forward,
            ..Tracing::DEFAULT
        },
        ..D
    };
    for (forward, message) in [
        (
            &[("tenant", "X-Tenant")][..],
            "`X-Tenant` is not the name of a header in lower case; write for example `tenant: x-tenant`",
        ),
        (
            &[("tenant", "")],
            "`` is not the name of a header in lower case; write for example `tenant: x-tenant`",
        ),
        (
            &[("token", "authorization")],
            "the header `authorization` has a meaning of its own; write for example `tenant: x-tenant`",
        ),
        (
            &[("a", "x-a"), ("b", "x-a")],
            "`tracing.forward` has `x-a` twice; remove one",
        ),
        (
            &[("a", "x-a"), ("a", "x-b")],
            "`tracing.forward` has `a` twice; remove one",
        ),
        (
            &[("", "x-a")],
            "a key of `tracing.forward` is empty; write for example `tenant: x-tenant`",
        ),
    ] {
        one(with(forward), "tracing.forward", message);
    }
    assert!(with(&[]).check().is_empty());
}

#[test]
fn samplers() {
    assert_eq!(Sampler::parse("0.25"), Ok(Sampler::ratio(0.25)));
    for word in Sampler::WORDS {
        assert_eq!(Sampler::parse(word).unwrap().to_string(), *word);
    }
    assert_eq!(
        Sampler::parse_otel("traceidratio", Some("0.5")),
        Ok(Sampler {
            ratio: 0.5,
            parent_based: false
        }),
    );
    assert_eq!(
        Sampler::parse_otel("parentbased_traceidratio", None),
        Ok(Sampler::ratio(1.0))
    );
    assert_eq!(
        Sampler::parse_otel("always_on", Some("0.5")).unwrap().ratio,
        1.0
    );
    let error = |text| Sampler::parse(text).unwrap_err().to_string();
    assert_eq!(
        error("2"),
        "a ratio must be between 0 and 1, got 2; write `0.02` for 2 percent"
    );
    assert_eq!(
        error("allways_on"),
        "unknown sampler `allways_on`; did you mean `always_on`?"
    );
    assert_eq!(
        error("jaeger_remote"),
        "unknown sampler `jaeger_remote`; write a ratio such as `0.1`, or one of `parentbased_always_on`, `parentbased_always_off`, `always_on`, `always_off`",
    );
}
