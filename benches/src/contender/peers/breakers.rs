//! Circuit breakers of others.

use std::cell::RefCell;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use failsafe::{CircuitBreaker as _, Config, backoff, failure_policy};
use recloser::Recloser;
use tower_resilience_circuitbreaker::CircuitBreakerLayer;
use tower_service::Service;

use super::Entry;
use crate::body::{Failed, bare_failing, body, each, failing_body};
use crate::case::{Case, Finish};
use crate::paired::Paired;

type Body = fn(u64) -> Result<u64, Failed>;

/// For as long as the benchmark takes.
const FOR_EVER: Duration = Duration::from_secs(86_400);

macro_rules! entries {
    ($($contender:literal, $how:literal: $new:ident;)+) => {
        pub(super) const ENTRIES: &[Entry] = &[$(
            Entry {
                contender: $contender,
                scenario: "breaker",
                how: $how,
                set_up: || closed($new(body)),
            },
            Entry {
                contender: $contender,
                scenario: "breaker-failing",
                how: $how,
                set_up: || failing($new(failing_body)),
            },
            Entry {
                contender: $contender,
                scenario: "breaker-open",
                how: $how,
                set_up: || open($new(always_failing)),
            },
        )+];
    };
}

entries! {
    "failsafe", "call, its default window of 30 s": by_failsafe;
    "recloser", "call, closed_len(100), error_rate(0.5)": by_recloser;
    "tower-resilience", "Service::call, polled once, sliding_window_size(100), failure_rate_threshold(0.5)": by_tower;
}

fn always_failing(_: u64) -> Result<u64, Failed> {
    Err(Failed)
}

fn closed(call: impl Fn(u64) -> Result<u64, Failed> + 'static) -> Box<dyn Case> {
    assert!(call(1).is_ok());
    Paired::new(move |inputs| each(inputs, &call), |_| Ok(Finish::default())).boxed()
}

fn failing(call: impl Fn(u64) -> Result<u64, Failed> + 'static) -> Box<dyn Case> {
    Paired::new(move |inputs| each(inputs, &call), |_| Ok(Finish::default()))
        .base(|inputs| each(inputs, bare_failing))
        .boxed()
}

fn open(call: impl Fn(u64) -> Result<u64, Failed> + 'static) -> Box<dyn Case> {
    (0..1_000).for_each(|input| assert!(call(input).is_err()));
    Paired::new(move |inputs| each(inputs, &call), |_| Ok(Finish::default())).boxed()
}

fn by_failsafe(body: Body) -> impl Fn(u64) -> Result<u64, Failed> {
    let window = Duration::from_secs(30);
    let policy =
        failure_policy::success_rate_over_time_window(0.5, 10, window, backoff::constant(FOR_EVER));
    let breaker = Config::new().failure_policy(policy).build();
    move |input| breaker.call(|| body(input)).map_err(|_| Failed)
}

fn by_recloser(body: Body) -> impl Fn(u64) -> Result<u64, Failed> {
    let breaker = Recloser::custom()
        .error_rate(0.5)
        .closed_len(100)
        .open_wait(FOR_EVER)
        .build();
    move |input| breaker.call(|| body(input)).map_err(|_| Failed)
}

/// A service whose answer is ready at once.
#[derive(Clone)]
struct Callee(Body);

impl Service<u64> for Callee {
    type Response = u64;
    type Error = Failed;
    type Future = Ready<Result<u64, Failed>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, input: u64) -> Self::Future {
        ready((self.0)(input))
    }
}

fn by_tower(body: Body) -> impl Fn(u64) -> Result<u64, Failed> {
    let layer = CircuitBreakerLayer::builder()
        .failure_rate_threshold(0.5)
        .sliding_window_size(100)
        .wait_duration_in_open(FOR_EVER)
        .build()
        .expect("the numbers are right");
    let service = RefCell::new(layer.layer_fn(Callee(body)));
    move |input| {
        let call = service.borrow_mut().call(input);
        match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(value)) => Ok(value),
            Poll::Ready(Err(_)) | Poll::Pending => Err(Failed),
        }
    }
}
