mod behaviour;
mod count;
mod crowd;
mod health;
mod keys;
mod model;
mod property;
mod told;
mod writes;

use std::time::Duration;

use obs_schema::resilience::BreakerSettings;

use super::Breaker;
use super::books::Books;
use crate::policy::Name;

/// A breaker that nobody else has, nor hears of.
fn breaker(settings: BreakerSettings) -> Breaker {
    assert_eq!(settings.check(), []);
    Breaker::unlisted(Name::Static("test"), settings, Books::new())
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[track_caller]
fn fail(breaker: &Breaker) {
    breaker.enter().unwrap().failure();
}

#[track_caller]
fn succeed(breaker: &Breaker) {
    breaker.enter().unwrap().success();
}
