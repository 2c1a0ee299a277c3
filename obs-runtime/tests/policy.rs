//! Policies by hand: what is shared by a name, and what the metrics say.

use std::sync::Arc;
use std::time::Duration;

use obs_runtime::policy::{
    Bulkhead, BulkheadSettings, RateLimit, RateLimitSettings, Reason, Retry, RetrySettings,
};
use obs_runtime::testing::capture;
use obs_runtime::{Class, Outcome, Rejected};

#[derive(Debug)]
struct Busy;

impl Outcome for Busy {
    fn class(&self) -> Class {
        Class::Retryable
    }
}

#[test]
fn a_name_is_shared_and_a_contradiction_is_refused() {
    let settings = BulkheadSettings {
        concurrent: 1,
        ..BulkheadSettings::DEFAULT
    };
    let one = Bulkhead::named("shared", settings).unwrap();
    let other = Bulkhead::named("shared", BulkheadSettings::DEFAULT).unwrap();
    assert!(Arc::ptr_eq(&one, &other), "the first settings hold");
    let slot = one.enter().unwrap();
    assert_eq!(other.enter().unwrap_err().reason(), Reason::BulkheadFull);
    drop(slot);
    let wrong = RateLimitSettings {
        calls: 0,
        ..RateLimitSettings::DEFAULT
    };
    let error = RateLimit::named("wrong", wrong).unwrap_err();
    assert_eq!(error.to_string(), "`calls` must be at least 1, got 0");
}

#[test]
fn a_retry_is_seen_in_its_metrics() {
    let settings = RetrySettings {
        attempts: 2,
        delay: Duration::from_millis(1),
        ..RetrySettings::DEFAULT
    };
    let retry = Retry::named("stock", settings).unwrap();
    let capture = capture();
    let value: Result<(), Busy> = retry.call(|| Err(Busy));
    assert!(value.is_err());
    let value: Result<u8, Busy> = retry.call(|| Ok(1));
    assert_eq!(value.unwrap(), 1);
    for (result, count) in [("retried", 1.0), ("exhausted", 1.0), ("success", 1.0)] {
        let labels = [("name", "stock"), ("result", result)];
        assert_eq!(
            capture.counter("retry_attempts_total", &labels),
            count,
            "{result}"
        );
    }
    for (kind, count) in [
        ("failed_with_retry", 1.0),
        ("successful_without_retry", 1.0),
        ("successful_with_retry", 0.0),
    ] {
        let labels = [("name", "stock"), ("kind", kind)];
        assert_eq!(
            capture.counter("retry_calls_total", &labels),
            count,
            "{kind}"
        );
    }
    let left = capture.gauge("retry_budget_remaining", &[("name", "stock")]);
    assert!((left - 9.4).abs() < 1e-9, "{left}");
}

#[test]
fn limits_are_seen_in_their_metrics() {
    let capture = capture();
    let settings = BulkheadSettings {
        concurrent: 2,
        ..BulkheadSettings::DEFAULT
    };
    let bulkhead = Bulkhead::named("reports", settings).unwrap();
    let slot = bulkhead.enter().unwrap();
    let name = [("name", "reports")];
    assert_eq!(
        capture.gauge("bulkhead_available_concurrent_calls", &name),
        1.0
    );
    assert_eq!(
        capture.gauge("bulkhead_max_allowed_concurrent_calls", &name),
        2.0
    );
    assert_eq!(capture.gauge("bulkhead_waiting_calls", &name), 0.0);
    drop(slot);

    let settings = RateLimitSettings {
        calls: 1,
        burst: 1,
        ..RateLimitSettings::DEFAULT
    };
    let limit = RateLimit::named("mails", settings).unwrap();
    limit.enter().unwrap();
    let rejected: Rejected = limit.enter().unwrap_err();
    assert!(rejected.retry_after().unwrap() <= Duration::from_secs(1));
    for (result, count) in [("permitted", 1.0), ("rejected", 1.0), ("cancelled", 0.0)] {
        let labels = [("name", "mails"), ("result", result)];
        assert_eq!(
            capture.counter("rate_limiter_calls_total", &labels),
            count,
            "{result}"
        );
    }
    assert_eq!(
        capture.gauge("rate_limiter_available_permissions", &[("name", "mails")]),
        0.0
    );
}
