//! What the messages that are sent are made of, by name: the part of the protocol that its JSON needs.
//!
//! Source: `opentelemetry/proto` 1.11, of which only fields are listed that some encoder here writes.

use super::settings::Signal;

/// The fields of a message.
#[derive(Debug)]
pub(super) struct Message(pub(super) &'static [Named]);

/// A field.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) number: u64,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) is_list: bool,
}

/// How a value is written.
#[derive(Debug)]
pub(super) enum Kind {
    Text,
    Bool,
    /// Ids.
    Hex,
    /// A number that JSON can hold: of 32 bits, or an enum.
    Small,
    /// `fixed64`.
    Fixed,
    /// `int64`, `sfixed64`.
    Signed,
    Double,
    /// `sint32`.
    Zigzag,
    /// `uint64` in a row.
    Row,
    Message(&'static Message),
}

use Kind::{Bool, Double, Fixed, Hex, Row, Signed, Small, Text, Zigzag};

const fn one(number: u64, name: &'static str, kind: Kind) -> Named {
    Named {
        number,
        name,
        kind,
        is_list: false,
    }
}

const fn list(number: u64, name: &'static str, kind: Kind) -> Named {
    Named {
        number,
        name,
        kind,
        is_list: true,
    }
}

const fn inner(number: u64, name: &'static str, message: &'static Message) -> Named {
    one(number, name, Kind::Message(message))
}

const fn inners(number: u64, name: &'static str, message: &'static Message) -> Named {
    list(number, name, Kind::Message(message))
}

/// The request of a signal.
pub(super) const fn request(signal: Signal) -> &'static Message {
    match signal {
        Signal::Traces => &TRACES,
        Signal::Metrics => &METRICS,
        Signal::Logs => &LOGS,
    }
}

/// The request of a signal: the three have one shape, see [`Frame`](super::resource::Frame).
macro_rules! request {
    ($request:ident: $resources:literal, $scopes:literal, $items:literal of $item:ident) => {
        static $request: Message = Message(&[inners(1, $resources, {
            static OF_SCOPE: Message = Message(&[
                inner(1, "scope", &SCOPE),
                inners(2, $items, &$item),
                one(3, "schemaUrl", Text),
            ]);
            static OF_RESOURCE: Message = Message(&[
                inner(1, "resource", &RESOURCE),
                inners(2, $scopes, &OF_SCOPE),
                one(3, "schemaUrl", Text),
            ]);
            &OF_RESOURCE
        })]);
    };
}

request!(TRACES: "resourceSpans", "scopeSpans", "spans" of SPAN);
request!(METRICS: "resourceMetrics", "scopeMetrics", "metrics" of METRIC);
request!(LOGS: "resourceLogs", "scopeLogs", "logRecords" of LOG_RECORD);

static RESOURCE: Message = Message(&[inners(1, "attributes", &KEY_VALUE)]);
static SCOPE: Message = Message(&[one(1, "name", Text), one(2, "version", Text)]);
static KEY_VALUE: Message = Message(&[one(1, "key", Text), inner(2, "value", &ANY_VALUE)]);
static ANY_VALUE: Message = Message(&[
    one(1, "stringValue", Text),
    one(2, "boolValue", Bool),
    one(3, "intValue", Signed),
    one(4, "doubleValue", Double),
]);

static SPAN: Message = Message(&[
    one(1, "traceId", Hex),
    one(2, "spanId", Hex),
    one(3, "traceState", Text),
    one(4, "parentSpanId", Hex),
    one(16, "flags", Small),
    one(5, "name", Text),
    one(6, "kind", Small),
    one(7, "startTimeUnixNano", Fixed),
    one(8, "endTimeUnixNano", Fixed),
    inners(9, "attributes", &KEY_VALUE),
    one(10, "droppedAttributesCount", Small),
    inners(11, "events", &EVENT),
    inners(13, "links", &LINK),
    inner(15, "status", &STATUS),
]);
static EVENT: Message = Message(&[
    one(1, "timeUnixNano", Fixed),
    one(2, "name", Text),
    inners(3, "attributes", &KEY_VALUE),
]);
static LINK: Message = Message(&[one(1, "traceId", Hex), one(2, "spanId", Hex)]);
static STATUS: Message = Message(&[one(2, "message", Text), one(3, "code", Small)]);

static LOG_RECORD: Message = Message(&[
    one(1, "timeUnixNano", Fixed),
    one(11, "observedTimeUnixNano", Fixed),
    one(2, "severityNumber", Small),
    one(3, "severityText", Text),
    inner(5, "body", &ANY_VALUE),
    inners(6, "attributes", &KEY_VALUE),
    one(8, "flags", Small),
    one(9, "traceId", Hex),
    one(10, "spanId", Hex),
    one(12, "eventName", Text),
]);

static METRIC: Message = Message(&[
    one(1, "name", Text),
    one(2, "description", Text),
    one(3, "unit", Text),
    inner(5, "gauge", &GAUGE),
    inner(7, "sum", &SUM),
    inner(9, "histogram", &HISTOGRAM),
    inner(10, "exponentialHistogram", &EXPONENTIAL),
    inner(11, "summary", &SUMMARY),
]);
static GAUGE: Message = Message(&[inners(1, "dataPoints", &NUMBER)]);
static SUM: Message = Message(&[
    inners(1, "dataPoints", &NUMBER),
    one(2, "aggregationTemporality", Small),
    one(3, "isMonotonic", Bool),
]);
static HISTOGRAM: Message = Message(&[
    inners(1, "dataPoints", &BUCKETS),
    one(2, "aggregationTemporality", Small),
]);
static EXPONENTIAL: Message = Message(&[
    inners(1, "dataPoints", &POWERS),
    one(2, "aggregationTemporality", Small),
]);
static SUMMARY: Message = Message(&[inners(1, "dataPoints", &QUANTILES)]);
static NUMBER: Message = Message(&[
    inners(7, "attributes", &KEY_VALUE),
    one(2, "startTimeUnixNano", Fixed),
    one(3, "timeUnixNano", Fixed),
    one(4, "asDouble", Double),
    one(6, "asInt", Signed),
]);
static BUCKETS: Message = Message(&[
    inners(9, "attributes", &KEY_VALUE),
    one(2, "startTimeUnixNano", Fixed),
    one(3, "timeUnixNano", Fixed),
    one(4, "count", Fixed),
    one(5, "sum", Double),
    list(6, "bucketCounts", Fixed),
    list(7, "explicitBounds", Double),
    inners(8, "exemplars", &EXEMPLAR),
    one(11, "min", Double),
    one(12, "max", Double),
]);
static POWERS: Message = Message(&[
    inners(1, "attributes", &KEY_VALUE),
    one(2, "startTimeUnixNano", Fixed),
    one(3, "timeUnixNano", Fixed),
    one(4, "count", Fixed),
    one(5, "sum", Double),
    one(6, "scale", Zigzag),
    one(7, "zeroCount", Fixed),
    inner(8, "positive", &SIDE),
    inner(9, "negative", &SIDE),
    inners(11, "exemplars", &EXEMPLAR),
    one(12, "min", Double),
    one(13, "max", Double),
    one(14, "zeroThreshold", Double),
]);
static SIDE: Message = Message(&[one(1, "offset", Zigzag), list(2, "bucketCounts", Row)]);
static EXEMPLAR: Message = Message(&[
    one(2, "timeUnixNano", Fixed),
    one(3, "asDouble", Double),
    one(5, "traceId", Hex),
]);
static QUANTILES: Message = Message(&[
    inners(7, "attributes", &KEY_VALUE),
    one(2, "startTimeUnixNano", Fixed),
    one(3, "timeUnixNano", Fixed),
    one(4, "count", Fixed),
    one(5, "sum", Double),
    inners(6, "quantileValues", &QUANTILE),
]);
static QUANTILE: Message = Message(&[one(1, "quantile", Double), one(2, "value", Double)]);
