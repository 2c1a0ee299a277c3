//! OTLP over gRPC, as much of it as one unary call needs.
//!
//! Sources: <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md> and
//! <https://opentelemetry.io/docs/specs/otlp/#failures>.

use std::time::Duration;

use http::Uri;
use http::header::{HeaderMap, HeaderName, HeaderValue, TE};

use super::reader::{Field, Fields, partial_success};
use super::settings::{Settings, Signal};
use crate::export::client::{Client, Reply, is_away};
use crate::export::delivery::Answer;
use crate::export::gzip::Packer;

const STATUS: &str = "grpc-status";
const MESSAGE: &str = "grpc-message";
const DETAILS: &str = "grpc-status-details-bin";
/// What stands before a message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// The codes of gRPC, by their number.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// The method of a signal at this address. A path in the address means nothing to gRPC.
pub(super) fn method(signal: Signal, address: &Uri) -> Uri {
    let service = match signal {
        Signal::Traces => "trace.v1.TraceService",
        Signal::Metrics => "metrics.v1.MetricsService",
        Signal::Logs => "logs.v1.LogsService",
    };
    let mut parts = address.clone().into_parts();
    parts.path_and_query = format!("/opentelemetry.proto.collector.{service}/Export")
        .parse()
        .ok();
    Uri::from_parts(parts).unwrap_or_else(|_| address.clone())
}

/// What goes with every request.
pub(super) fn headers(settings: &Settings) -> HeaderMap {
    let mut headers = settings.headers.clone();
    headers.insert(TE, HeaderValue::from_static("trailers"));
    // At most eight digits.
    let millis = settings.timeout.as_millis().min(99_999_999);
    if let Ok(timeout) = HeaderValue::try_from(format!("{millis}m")) {
        headers.insert(HeaderName::from_static("grpc-timeout"), timeout);
    }
    if settings.gzip {
        let name = HeaderName::from_static("grpc-encoding");
        headers.insert(name, HeaderValue::from_static("gzip"));
    }
    headers
}

/// Makes the call, with the message that `write` appends.
pub(super) async fn call(client: &Client, gzip: bool, write: impl FnOnce(&mut Vec<u8>)) -> Answer {
    let mut body = client.memory();
    frame(&mut body, false, |out| {
        write(out);
        true
    });
    let kind = "application/grpc";
    let reply = match gzip {
        true => client.post_packed(body, kind, pack).await,
        false => client.post(body, kind).await,
    };
    match reply {
        Ok(reply) => judge(&reply),
        Err(answer) => answer,
    }
}

/// Appends a framed message as a compressed one. False if that did not succeed.
fn pack(packer: &mut Packer, framed: &[u8], out: &mut Vec<u8>) -> bool {
    let message = framed.get(PREFIX..).unwrap_or_default();
    frame(out, true, |out| packer.pack(message, out))
}

/// Puts the prefix before the message that `write` appends, if that succeeds.
fn frame(out: &mut Vec<u8>, is_packed: bool, write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
    out.extend_from_slice(&[0; PREFIX]);
    let is_written = write(out);
    // No batch comes near 4 GiB.
    let [a, b, c, d] = ((out.len() - PREFIX) as u32).to_be_bytes();
    if let Some(prefix) = out.first_chunk_mut() {
        *prefix = [u8::from(is_packed), a, b, c, d];
    }
    is_written
}

fn judge(reply: &Reply) -> Answer {
    // A proxy answers as HTTP does.
    if let Some(failure) = reply.failure(is_away) {
        return failure;
    }
    // Without a body there are no trailers: everything is in the head.
    let said = |name| {
        reply
            .trailers
            .get(name)
            .or_else(|| reply.headers.get(name))?
            .to_str()
            .ok()
    };
    let Some(code) = said(STATUS).and_then(|code| code.parse::<usize>().ok()) else {
        let why = "the answer has no `grpc-status`; is this the port for gRPC?".to_owned();
        return Answer::Refused { why };
    };
    let after = said(DETAILS).and_then(retry_delay);
    let why = CODES.get(code).copied().unwrap_or("an unknown code");
    let why = format!("grpc status {why}");
    match code {
        0 => taken(&reply.body),
        _ if said(MESSAGE).is_some_and(speaks_of_size) => Answer::TooLarge { why },
        1 | 4 | 10 | 11 | 14 | 15 => Answer::Later { after, why },
        // Only if the receiver says that it will recover.
        8 if after.is_some() => Answer::Later { after, why },
        _ => Answer::Refused { why },
    }
}

fn taken(body: &[u8]) -> Answer {
    let partial = match body.split_at_checked(PREFIX) {
        Some(([0, ..], message)) => partial_success(message),
        _ => Default::default(),
    };
    partial.into()
}

/// There is no code for a message that is too large: grpc-go says `RESOURCE_EXHAUSTED` and tonic `OUT_OF_RANGE`, in words
/// that have not changed for years.
fn speaks_of_size(message: &str) -> bool {
    let message = percent_encoding::percent_decode_str(message).decode_utf8_lossy();
    message.contains("larger than max") || message.contains("message length too large")
}

/// The delay of the `google.rpc.RetryInfo` in a `google.rpc.Status`.
fn retry_delay(details: &str) -> Option<Duration> {
    let status = base64(details)?;
    let details = Fields(&status).filter_map(|(number, field)| match field {
        Field::Bytes(detail) if number == 3 => Some(detail),
        _ => None,
    });
    details.filter_map(retry_info).next()
}

/// The delay in a `google.protobuf.Any`, if it is one.
fn retry_info(any: &[u8]) -> Option<Duration> {
    let of = |wanted| {
        Fields(any).find_map(|(number, field)| match field {
            Field::Bytes(value) if number == wanted => Some(value),
            _ => None,
        })
    };
    if !of(1)?.ends_with(b"/google.rpc.RetryInfo") {
        return None;
    }
    let mut delay = Duration::ZERO;
    for (_, field) in Fields(of(2).unwrap_or_default()) {
        let Field::Bytes(duration) = field else {
            continue;
        };
        for field in Fields(duration) {
            delay += match field {
                (1, Field::Uint(seconds)) => Duration::from_secs(seconds.min(u64::from(u32::MAX))),
                (2, Field::Uint(nanos)) => Duration::from_nanos(nanos.min(999_999_999)),
                _ => Duration::ZERO,
            };
        }
    }
    Some(delay)
}

/// Decodes base64, with or without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}
