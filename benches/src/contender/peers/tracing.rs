//! tracing: spans, with nobody listening and with the registry alone.

use tracing::{info_span, instrument};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

use super::Entry;
use crate::body::{Failed, bare, body, each};
use crate::case::{Case, Finish};
use crate::paired::Paired;
use crate::polls::Pending;
use crate::shape;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "tracing",
        scenario: "off",
        how: "#[instrument(skip_all, err)], no subscriber",
        set_up: no_subscriber,
    },
    Entry {
        contender: "tracing-registry",
        scenario: "off",
        how: "#[instrument(skip_all, err)], Registry with the level off",
        set_up: level_off,
    },
    Entry {
        contender: "tracing-registry",
        scenario: "span",
        how: "#[instrument(skip_all, err)], Registry that keeps nothing, spans alone",
        set_up: || slope(root),
    },
    Entry {
        contender: "tracing-registry",
        scenario: "labelled",
        how: "#[instrument(skip_all, err, fields(..))], Registry that keeps nothing, spans alone",
        set_up: || slope(labelled_root),
    },
    Entry {
        contender: "tracing-registry",
        scenario: "poll",
        how: "#[instrument(skip_all, err)], Registry that keeps nothing",
        set_up: || {
            install(Registry::default());
            polls().boxed()
        },
    },
];

#[inline(never)]
#[instrument(skip_all, err)]
pub(super) fn child(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[instrument(skip_all, err, fields(parity = parity, input = input))]
fn labelled_child(input: u64, parity: &'static str) -> Result<u64, Failed> {
    body(input)
}

fn labelled(input: u64) -> Result<u64, Failed> {
    labelled_child(input, super::parity(input))
}

pub(super) fn root(common: &[u64], rest: &[u64], annotated: bool) {
    let _root = info_span!("root").entered();
    each(common, child);
    if annotated {
        each(rest, child);
    } else {
        each(rest, bare);
    }
}

pub(super) fn labelled_root(common: &[u64], rest: &[u64], annotated: bool) {
    let _root = info_span!("root").entered();
    each(common, labelled);
    if annotated {
        each(rest, labelled);
    } else {
        each(rest, bare);
    }
}

#[instrument(skip_all, err)]
async fn operation(polls: u32) -> Result<u64, Failed> {
    Pending(polls).await;
    Ok(u64::from(polls))
}

/// Polls of an instrumented operation.
pub(super) fn polls() -> Paired {
    crate::polls::polls(operation, |_| Ok(Finish::default()))
}

fn no_subscriber() -> Box<dyn Case> {
    Paired::new(|inputs| each(inputs, child), |_| Ok(Finish::default())).boxed()
}

fn level_off() -> Box<dyn Case> {
    install(Registry::default().with(LevelFilter::OFF));
    no_subscriber()
}

fn slope(root: shape::Root) -> Box<dyn Case> {
    install(Registry::default());
    shape::slope(root, |_| Ok(Finish::default())).boxed()
}

/// Makes it the subscriber of the process.
pub(super) fn install(subscriber: impl tracing::Subscriber + Send + Sync) {
    tracing::subscriber::set_global_default(subscriber).expect("there is none yet");
}
