//! Who speaks: the resource and the scope that stand before everything that is sent.
//!
//! Sources: `opentelemetry/proto/resource/v1/resource.proto` and
//! <https://opentelemetry.io/docs/specs/semconv/resource/>.

use super::value::{Value, attribute};
use super::wire;
use crate::config::Service;
use crate::hot::local;

/// The version of the semantic conventions that names of attributes follow.
const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.42.0";

const ATTRIBUTES: u32 = 1;

/// The encoded `Resource` of a service.
fn encode(service: &Service) -> Vec<u8> {
    let mut out = Vec::new();
    let mut add = |key: &str, value: &str| {
        attribute(&mut out, ATTRIBUTES, key, Value::Text(value));
    };
    let mut is_instance_known = false;
    for (key, value) in service.resource() {
        is_instance_known |= key == "service.instance.id";
        add(key, value);
    }
    if service.name.is_empty() {
        add("service.name", "unknown_service");
    }
    if !is_instance_known {
        add("service.instance.id", &instance());
    }
    add("telemetry.sdk.name", "obs");
    add("telemetry.sdk.language", "rust");
    add("telemetry.sdk.version", env!("CARGO_PKG_VERSION"));
    out
}

/// A random UUID: no other process has it.
fn instance() -> String {
    const VERSION_4: u128 = 0x4 << 76;
    const VARIANT: u128 = 0b10 << 62;
    let random = local::random_trace_id() & !(0xf << 76) & !(0b11 << 62);
    let digits = format!("{:032x}", random | VERSION_4 | VARIANT);
    let part = |from, to| digits.get(from..to).unwrap_or_default();
    let (a, b, c, d, e) = (
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    );
    format!("{a}-{b}-{c}-{d}-{e}")
}

/// The encoded `InstrumentationScope`.
fn scope() -> Vec<u8> {
    let mut out = Vec::new();
    wire::bytes(&mut out, 1, env!("CARGO_PKG_NAME").as_bytes());
    wire::bytes(&mut out, 2, env!("CARGO_PKG_VERSION").as_bytes());
    out
}

/// What stands before and behind encoded items in a request. The three kinds of requests have one shape:
/// `ResourceSpans`, `ResourceMetrics` and `ResourceLogs` are field 1, with the resource in 1, a list of scopes in 2 and the
/// schema in 3; a scope has itself in 1, its items in 2 and the schema in 3.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    resource: Vec<u8>,
    scope: Vec<u8>,
    schema: Vec<u8>,
}

impl Frame {
    pub(super) fn new(service: &Service) -> Self {
        let field = |number, content: &[u8]| {
            let mut out = Vec::new();
            wire::bytes_always(&mut out, number, content);
            out
        };
        Self {
            resource: field(1, &encode(service)),
            scope: field(1, &scope()),
            schema: field(3, SCHEMA_URL.as_bytes()),
        }
    }

    /// Whose items they are, for those that this process may not send itself.
    pub(super) fn resource(&self) -> &[u8] {
        &self.resource
    }

    /// Appends the request with these items, which are another's if that left its `resource` with them. The lengths are
    /// known before, so nothing is moved.
    pub(super) fn around(&self, out: &mut Vec<u8>, items: &[u8], resource: Option<&[u8]>) {
        let resource = resource.unwrap_or(&self.resource);
        let of_scope = self.scope.len() + items.len() + self.schema.len();
        let of_resource = resource.len() + wire::message_len(2, of_scope) + self.schema.len();
        out.reserve(wire::message_len(1, of_resource));
        wire::message_head(out, 1, of_resource);
        out.extend_from_slice(resource);
        wire::message_head(out, 2, of_scope);
        for part in [&self.scope, items, &self.schema, &self.schema] {
            out.extend_from_slice(part);
        }
    }
}
