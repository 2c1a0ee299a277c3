//! The layer: `tracing` events become records.

use std::cell::Cell;

use tracing::span::{Attributes, Id, Record as Values};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::layer::{Context, Filter, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::bounded::guarded;
use super::config::LogConfig;
use super::draft::{Draft, Text};
use super::handle::{self, LogHandle};
use super::process::Origin;
use super::scratch::{self, Scratch};
use super::suppress::is_suppressed;
use super::visit::Fields;
use super::{count, here, scope, span_event};
use crate::bridge;
use crate::hot::{clock, local};

/// Records inside the formatting of a record that are still logged.
const MAX_NESTING: u8 = 4;

/// A layer for any subscriber that is built on `tracing_subscriber`'s `Registry`. From now on the
/// functions of [`log`](super) speak for it.
///
/// ```
/// use obs_runtime::log::{self, LogConfig};
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let subscriber = tracing_subscriber::registry().with(log::layer(LogConfig::default()));
/// tracing::subscriber::with_default(subscriber, || tracing::info!(answer = 42, "started"));
/// ```
pub fn layer<S>(config: LogConfig) -> impl Layer<S> + Send + Sync + 'static
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let (layer, handle) = layer_and_handle(config);
    handle::set_current(handle);
    layer
}

/// A layer as by [`layer`], and the handle to what is behind it. The functions of [`log`](super)
/// go on to speak for the log that they spoke for.
pub fn layer_and_handle<S>(config: LogConfig) -> (impl Layer<S> + Send + Sync + 'static, LogHandle)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let handle = LogHandle::start(config);
    let wanted = Wanted {
        log: handle.clone(),
    };
    let layer = Records {
        log: handle.clone(),
    };
    (layer.with_filter(wanted), handle)
}

/// Says which events and spans reach the layer. Being a filter of this layer alone, it leaves all
/// others alone; and as long as nobody else listens to the spans of annotated calls, those calls
/// make none.
struct Wanted {
    log: LogHandle,
}

impl Wanted {
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        !bridge::is_ours(metadata)
            && self
                .log
                .in_force()
                .allow(metadata.target(), *metadata.level())
    }
}

impl<S> Filter<S> for Wanted {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.wants(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.log.in_force().most_verbose())
    }
}

/// Makes records of events.
struct Records {
    log: LogHandle,
}

impl<S> Layer<S> for Records
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        scope::open(attributes, id, &cx, self.log.foreign_spans());
        Teardown::watch();
    }

    fn on_record(&self, id: &Id, values: &Values<'_>, cx: Context<'_, S>) {
        if let Some(span) = cx.span(id) {
            scope::update(&span, values);
        }
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, cx: Context<'_, S>) {
        if let (Some(span), Some(follows)) = (cx.span(id), cx.span(follows)) {
            scope::link(&span, &follows);
        }
    }

    fn on_enter(&self, id: &Id, cx: Context<'_, S>) {
        if let Some(span) = cx.span(id) {
            scope::enter(&span);
        }
        Teardown::watch();
    }

    fn on_exit(&self, id: &Id, cx: Context<'_, S>) {
        scope::exit(id, cx.span(id).as_ref());
    }

    fn on_close(&self, id: Id, cx: Context<'_, S>) {
        if let Some(span) = cx.span(&id) {
            scope::close(&span);
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        if is_suppressed() {
            return;
        }
        let Some(_nesting) = Nesting::enter() else {
            return count::nested();
        };
        scratch::with(|Scratch { draft, line }| {
            describe(draft, event, &cx);
            if !self.log.process(draft, Origin::Event) {
                return;
            }
            if self.log.has_span_events() {
                span_event::add(draft.view());
            }
            self.log.emit(draft.view(), line);
        });
    }
}

/// Makes the record of an event.
fn describe<S>(draft: &mut Draft, event: &Event<'_>, cx: &Context<'_, S>)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let metadata = event.metadata();
    draft.begin(*metadata.level(), clock::now_unix_nanos());
    draft.head.target = Text::Static(metadata.target());
    draft.head.file = metadata.file().map(Text::Static);
    draft.head.line = metadata.line();
    event.record(&mut Fields::of_event(draft));
    let call_span = note_spans(draft, event, cx);
    here::locate(draft, call_span);
}

/// Notes the spans around an event. Returns the span of the annotated call around those.
fn note_spans<S>(draft: &mut Draft, event: &Event<'_>, cx: &Context<'_, S>) -> Option<u64>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if Teardown::has_begun() {
        return None;
    }
    let current = local::current().span();
    // The registry panics where the thread's locals are gone, which cannot always be foreseen.
    let found = guarded(|| {
        let spans = cx.event_scope(event)?;
        scope::around(draft, spans, current)
    });
    Teardown::watch();
    found.flatten()
}

/// How deep in the formatting of records this thread is: a `Debug` that logs itself must not
/// recurse for ever.
pub(super) struct Nesting;

thread_local! {
    static NESTING: Cell<u8> = const { Cell::new(0) };
    static TORN_DOWN: Cell<bool> = const { Cell::new(false) };
    static TEARDOWN: Teardown = const { Teardown };
}

impl Nesting {
    pub(super) fn enter() -> Option<Self> {
        let depth = NESTING.get();
        (depth < MAX_NESTING).then(|| {
            NESTING.set(depth + 1);
            Self
        })
    }
}

impl Drop for Nesting {
    fn drop(&mut self) {
        NESTING.set(NESTING.get().saturating_sub(1));
    }
}

/// Notes when the thread's locals begin to go: the registry's may be gone then as well. The
/// destructors run in the reverse order of first use, so this one is used after the registry's.
struct Teardown;

impl Teardown {
    fn watch() {
        let _ = TEARDOWN.try_with(|_| ());
    }

    fn has_begun() -> bool {
        TORN_DOWN.get()
    }
}

impl Drop for Teardown {
    fn drop(&mut self) {
        TORN_DOWN.set(true);
    }
}
