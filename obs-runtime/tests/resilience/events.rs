//! What happens to a breaker, in the log.

use obs_runtime::breaker::{Breaker, BreakerSettings};
use obs_runtime::log::{self, LogConfig, Query};
use obs_runtime::trace::Value;

#[test]
fn each_is_a_record_and_what_is_bad_a_warning() {
    let _log = log::init(LogConfig::new().with_recent(1_000, 1 << 20)).unwrap();
    let settings = BreakerSettings {
        failure_threshold: 2,
        ..BreakerSettings::DEFAULT
    };
    let breaker = Breaker::named("events.logged", settings).unwrap();
    for _ in 0..2 {
        breaker.enter().unwrap().failure();
    }
    for _ in 0..3 {
        assert!(breaker.enter().is_err());
    }
    breaker.reset();
    let name = ("circuit_breaker".into(), Value::from("events.logged"));
    let mut own = log::recent(&Query::default());
    own.retain(|record| record.fields.contains(&name));
    // The newest comes first.
    own.reverse();
    let told: Vec<(String, String)> = own
        .iter()
        .map(|record| (record.level.to_string(), record.message.to_string()))
        .collect();
    let expected = [
        ("WARN", "of 2 calls 100.0 % failed and 0.0 % were slow"),
        ("WARN", "closed -> open"),
        ("INFO", "calls rejected so far: 1"),
        ("INFO", "open -> closed"),
        ("INFO", "reset"),
    ];
    let expected = expected.map(|(level, what)| {
        let message = format!("circuit breaker `events.logged`: {what}");
        (level.to_owned(), message)
    });
    assert_eq!(told, expected);
}
