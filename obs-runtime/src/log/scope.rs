//! The `tracing` spans of other libraries, as the log and the traces see them.

use std::cell::RefCell;
use std::sync::Arc;

use obs_schema::def::SpanKind;
use tracing::span::{Attributes, Id, Record as Values};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::config::ForeignSpans;
use super::draft::{Draft, Item};
use super::record::{MAX_SPANS, set};
use super::suppress::is_suppressed;
use super::visit;
use crate::callsite;
use crate::span::foreign::{Description, ForeignSpan, Stay};
use crate::trace::{Attribute, Value};

/// Links that a span keeps.
const MAX_LINKS: usize = 128;
/// Spans that a thread can be in at once; deeper ones are not current when they are entered.
const MAX_STAYS: usize = 1024;

thread_local! {
    /// The spans that this thread is in, the innermost last.
    static STAYS: RefCell<Vec<(u64, Stay)>> = const { RefCell::new(Vec::new()) };
}

/// What is kept with a span of another library.
struct Foreign {
    fields: Arc<Vec<Attribute>>,
    span: Option<ForeignSpan>,
    links: Vec<(u128, u64)>,
}

/// Notes a new span, and begins one of ours for it where there is a trace.
pub(super) fn open<S>(attributes: &Attributes<'_>, id: &Id, cx: &Context<'_, S>, mode: ForeignSpans)
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    let Some(span) = cx.span(id) else { return };
    // Runs the program's code, so no lock is held.
    let fields = visit::of_span(|visit| attributes.record(visit));
    let ours = (!is_suppressed())
        .then(|| begin(attributes, cx, mode))
        .flatten();
    span.extensions_mut().replace(Foreign {
        fields: Arc::new(fields),
        span: ours,
        links: Vec::new(),
    });
}

fn begin<S>(
    attributes: &Attributes<'_>,
    cx: &Context<'_, S>,
    mode: ForeignSpans,
) -> Option<ForeignSpan>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    if mode == ForeignSpans::Ignore {
        return None;
    }
    let child = match attributes.parent() {
        Some(parent) => below(&cx.span(parent)?),
        None if attributes.is_contextual() => ForeignSpan::begin(),
        None => None,
    };
    child.or_else(|| {
        let wanted = mode == ForeignSpans::Roots && callsite::spans_on();
        wanted
            .then(|| ForeignSpan::begin_root(attributes.metadata().name()))
            .flatten()
    })
}

fn below<'a, S: LookupSpan<'a>>(parent: &SpanRef<'a, S>) -> Option<ForeignSpan> {
    let extensions = parent.extensions();
    let parent = extensions.get::<Foreign>()?.span.as_ref()?;
    Some(parent.begin_below())
}

/// Notes values that became known after the span was made.
pub(super) fn update<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>, values: &Values<'_>) {
    let fields = visit::of_span(|visit| values.record(visit));
    let mut extensions = span.extensions_mut();
    if let Some(foreign) = extensions.get_mut::<Foreign>() {
        let known = Arc::make_mut(&mut foreign.fields);
        for (key, value) in fields {
            set(known, key, value);
        }
    }
}

/// Links a span to one that it follows.
pub(super) fn link<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>, follows: &SpanRef<'a, S>) {
    let to = {
        let extensions = follows.extensions();
        let foreign = extensions.get::<Foreign>();
        foreign.and_then(|foreign| foreign.span.as_ref().map(ForeignSpan::ids))
    };
    let mut extensions = span.extensions_mut();
    if let (Some(to), Some(foreign)) = (to, extensions.get_mut::<Foreign>())
        && foreign.links.len() < MAX_LINKS
    {
        foreign.links.push(to);
    }
}

/// Makes the span the thread's current one.
pub(super) fn enter<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) {
    let mut extensions = span.extensions_mut();
    let Some(ours) = extensions
        .get_mut::<Foreign>()
        .and_then(|foreign| foreign.span.as_mut())
    else {
        return;
    };
    let id = span.id().into_u64();
    let _ = STAYS.try_with(|stays| {
        if let Ok(mut stays) = stays.try_borrow_mut()
            && stays.len() < MAX_STAYS
        {
            stays.push((id, ours.enter()));
        }
    });
}

/// Takes the thread out of the span.
pub(super) fn exit<'a, S: LookupSpan<'a>>(id: &Id, span: Option<&SpanRef<'a, S>>) {
    let Some(stay) = take_stay(id.into_u64()) else {
        return;
    };
    let mut extensions = span.map(SpanRef::extensions_mut);
    let foreign = extensions.as_mut().and_then(|all| all.get_mut::<Foreign>());
    match foreign.and_then(|foreign| foreign.span.as_mut()) {
        Some(ours) => ours.leave(stay),
        None => drop(stay.leave()),
    }
}

fn take_stay(id: u64) -> Option<Stay> {
    STAYS
        .try_with(|stays| {
            let mut stays = stays.try_borrow_mut().ok()?;
            let at = stays.iter().rposition(|(of, _)| *of == id)?;
            Some(stays.remove(at).1)
        })
        .ok()
        .flatten()
}

/// Ends the span of ours.
pub(super) fn close<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) {
    let foreign = span.extensions_mut().remove::<Foreign>();
    if let Some(Foreign {
        fields,
        span: Some(ours),
        links,
    }) = foreign
    {
        ours.end(&describe(span.name(), &fields, &links));
    }
}

/// Reads the fields that have a meaning of their own by the conventions of `tracing-opentelemetry`.
fn describe<'a>(
    name: &'a str,
    fields: &'a [Attribute],
    links: &'a [(u128, u64)],
) -> Description<'a> {
    let text = |wanted: &str| {
        fields.iter().find_map(|(key, value)| match value {
            Value::Str(text) if key == wanted => Some(text.as_ref()),
            _ => None,
        })
    };
    let kind = text("otel.kind").unwrap_or_default();
    let kinds = [
        SpanKind::Server,
        SpanKind::Client,
        SpanKind::Producer,
        SpanKind::Consumer,
    ];
    Description {
        name: text("otel.name").unwrap_or(name),
        kind: kinds
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(kind))
            .unwrap_or(SpanKind::Internal),
        failed: text("otel.status_code").is_some_and(|code| code.eq_ignore_ascii_case("error")),
        attributes: fields,
        links,
    }
}

/// Notes the spans around an event, outermost first. If the current span of ours is one of them,
/// returns the span of the annotated call around them.
pub(super) fn around<'a, S: LookupSpan<'a> + 'a>(
    draft: &mut Draft,
    spans: impl Iterator<Item = SpanRef<'a, S>>,
    current: u64,
) -> Option<u64> {
    let mut innermost = current;
    // Few events are inside a span of another library, and then of few.
    let mut found = Vec::new();
    for span in spans.take(MAX_SPANS) {
        if let Some(foreign) = span.extensions().get::<Foreign>() {
            if let Some(ours) = &foreign.span
                && ours.id() == innermost
            {
                innermost = ours.parent();
            }
            found.push((span.name(), foreign.fields.clone()));
        }
    }
    for (name, fields) in found.iter().rev() {
        draft.items.push(Item::Span(name));
        for (key, value) in fields.iter() {
            let (key, value) = (draft.append_cow(key), draft.keep_value(value));
            draft.items.push(Item::SpanField(key, value));
        }
    }
    (innermost != current).then_some(innermost)
}
