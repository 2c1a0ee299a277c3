use super::*;
use crate::health::{Heartbeat, Signal, Status, liveness};
use crate::testing::virtual_clock;

/// A breaker that others can find, and the signal of the check of its name.
fn watched(name: &str) -> (std::sync::Arc<Breaker>, Signal) {
    let settings = BreakerSettings {
        failure_threshold: 2,
        half_open_calls: 1,
        ..BreakerSettings::DEFAULT
    };
    (Breaker::named(name, settings).unwrap(), Signal::named(name))
}

fn look(breaker: &Breaker) {
    breaker.machine().feed_health(&Signal::outside());
}

#[test]
fn an_open_breaker_is_said_to_be_so_until_it_would_let_calls_through() {
    let clock = virtual_clock();
    let (breaker, signal) = watched("health-of-states");
    look(&breaker);
    assert_eq!(signal.status(), None);
    fail(&breaker);
    fail(&breaker);
    look(&breaker);
    assert_eq!(signal.status(), Some(Status::Unhealthy));
    // No call has come to find out.
    clock.advance(ms(60_001));
    look(&breaker);
    assert_eq!(signal.status(), Some(Status::Degraded));
    succeed(&breaker);
    look(&breaker);
    assert_eq!(signal.status(), None);
    breaker.force_open();
    look(&breaker);
    assert_eq!(signal.status(), Some(Status::Unhealthy));
    breaker.reset();
    look(&breaker);
    assert_eq!(signal.status(), None);
}

#[test]
fn a_check_of_liveness_is_not_that_of_a_callee() {
    static BEATS: Heartbeat = Heartbeat::new(Duration::from_secs(3_600));
    let check = liveness("health-of-the-process", &BEATS).register();
    let (breaker, signal) = watched("health-of-the-process");
    breaker.force_open();
    look(&breaker);
    assert_eq!(signal.status(), None);
    check.unwrap().remove();
}

#[test]
fn what_others_say_of_a_closed_breaker_stays() {
    let (breaker, signal) = watched("health-of-others");
    signal.set(crate::health::Health::degraded("it is slow"));
    succeed(&breaker);
    look(&breaker);
    assert_eq!(signal.status(), Some(Status::Degraded));
}

#[test]
fn calls_count_for_the_check_and_failures_bring_it_forward() {
    let _clock = virtual_clock();
    let (breaker, signal) = watched("health-of-calls");
    look(&breaker);
    assert!(!signal.has_succeeded() && !signal.is_alarmed());
    succeed(&breaker);
    look(&breaker);
    assert!(signal.has_succeeded() && !signal.is_alarmed());
    fail(&breaker);
    succeed(&breaker);
    look(&breaker);
    assert!(!signal.has_succeeded() && signal.is_alarmed());
}
