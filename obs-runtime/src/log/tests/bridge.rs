//! Annotated calls are spans for other layers that listen, and nothing otherwise.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Subscriber, info, level_filters::LevelFilter};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use super::super::*;
use super::support::operation;
use crate::__private::{Callsite, OperationDef, SeriesKey};
use crate::op::begin;
use crate::testing;

/// What interest a callsite has depends on every subscriber of the process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A layer that notes what it sees, as `tracing_subscriber::fmt` does.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Seen {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let name = attributes.metadata().name();
        self.0.lock().unwrap().push(format!("span {name}"));
    }

    fn on_event(&self, event: &tracing::Event<'_>, cx: Context<'_, S>) {
        let around = cx.event_scope(event).into_iter().flatten();
        let around: Vec<_> = around.map(|span| span.name()).collect();
        self.0.lock().unwrap().push(format!("event in {around:?}"));
    }
}

fn ours() -> (impl Layer<Registry> + Send + Sync, LogHandle) {
    layer_and_handle(LogConfig::new())
}

/// Makes a call under `subscriber`, and says whether the callsite made a span for others.
fn call(callsite: &'static Callsite, subscriber: &Dispatch) -> bool {
    tracing::dispatcher::with_default(subscriber, || {
        let op = begin(callsite, SeriesKey::Index(0), None);
        let heard = callsite.word().bridge();
        info!("inside");
        drop(op);
        heard
    })
}

macro_rules! callsite {
    ($name:literal) => {{
        static DEF: OperationDef = operation($name, &[]);
        static CALLSITE: Callsite = Callsite::new(&DEF);
        &CALLSITE
    }};
}

#[test]
fn our_own_layer_costs_an_annotated_call_nothing() {
    let _alone = alone();
    let _capture = testing::capture();
    let (layer, log) = ours();
    let subscriber = Dispatch::new(tracing_subscriber::registry().with(layer));
    assert!(!call(callsite!("bridge.ours"), &subscriber));
    let record = log.recent(&Query::new()).remove(0);
    assert_eq!(record.operation, Some("bridge.ours"));
    assert!(record.spans.is_empty());
}

#[test]
fn another_layer_beside_ours_sees_the_call_as_a_span() {
    let _alone = alone();
    let capture = testing::capture();
    let (layer, log) = ours();
    let seen = Seen::default();
    let subscriber = Dispatch::new(
        tracing_subscriber::registry()
            .with(layer)
            .with(seen.clone()),
    );
    assert!(call(callsite!("bridge.both"), &subscriber));
    assert_eq!(
        seen.take(),
        ["span bridge.both", "event in [\"bridge.both\"]"]
    );
    let record = log.recent(&Query::new()).remove(0);
    assert_eq!(record.operation, Some("bridge.both"));
    assert!(
        record.spans.is_empty(),
        "our own span came back: {:?}",
        record.spans
    );
    assert_eq!(
        capture.spans().len(),
        1,
        "our own span came back as a child"
    );
}

#[test]
fn another_layer_below_ours_sees_it_too() {
    let _alone = alone();
    let seen = Seen::default();
    let (layer, _log) = layer_and_handle(LogConfig::new());
    let subscriber = Dispatch::new(
        tracing_subscriber::registry()
            .with(seen.clone())
            .with(layer),
    );
    assert!(call(callsite!("bridge.below"), &subscriber));
    assert_eq!(
        seen.take(),
        ["span bridge.below", "event in [\"bridge.below\"]"]
    );
}

#[test]
fn a_layer_that_filters_the_span_out_does_not_count_as_listening() {
    let _alone = alone();
    let seen = Seen::default();
    let (layer, _log) = ours();
    let filtered = seen.clone().with_filter(LevelFilter::WARN);
    let subscriber = Dispatch::new(tracing_subscriber::registry().with(layer).with(filtered));
    assert!(!call(callsite!("bridge.warn"), &subscriber));
    assert!(seen.take().is_empty());
}

#[test]
fn a_layer_whose_filter_lets_the_span_through_sees_it() {
    let _alone = alone();
    let seen = Seen::default();
    let (layer, _log) = ours();
    let filtered = seen.clone().with_filter(LevelFilter::INFO);
    let subscriber = Dispatch::new(tracing_subscriber::registry().with(layer).with(filtered));
    assert!(call(callsite!("bridge.info"), &subscriber));
    assert_eq!(
        seen.take(),
        ["span bridge.info", "event in [\"bridge.info\"]"]
    );
}

#[test]
fn when_the_listener_goes_the_call_pays_nothing_again() {
    let _alone = alone();
    let callsite = callsite!("bridge.gone");
    let listening = Dispatch::new(tracing_subscriber::registry().with(Seen::default()));
    assert!(call(callsite, &listening));
    drop(listening);
    let (layer, log) = ours();
    let subscriber = Dispatch::new(tracing_subscriber::registry().with(layer));
    assert!(!call(callsite, &subscriber));
    log.set_levels("trace".parse().unwrap());
    assert!(!call(callsite, &subscriber));
}
