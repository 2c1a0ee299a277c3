//! Prometheus remote write.
//!
//! Version 2.0 is spoken first. A receiver that does not know it says so, or takes the request
//! without the headers by which it would say what it wrote: it gets version 1.0 from then on.

pub(super) mod encode;
mod record;
pub(super) mod v1;
pub(super) mod v2;

use std::sync::Arc;

use http::Method;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName};
use http::{StatusCode, Uri};

use super::labels::{self, Rules};
use super::reply;
use crate::config::Config;
use crate::diagnostics;
use crate::export::ExportError;
use crate::export::client::{Client, Reply};
use crate::export::delivery::{Answer, Batch, Dispatch, Sink};
use crate::export::interval::Outlet;
use crate::export::settings::{Receiver, Variables};

const NAME: &str = "remote_write";
const EXAMPLE: &str = "http://localhost:9090/api/v1/write";
const VERSION: HeaderName = HeaderName::from_static("x-prometheus-remote-write-version");
/// How many samples of a request were written.
const WRITTEN: HeaderName = HeaderName::from_static("x-prometheus-remote-write-samples-written");

/// Begins to send samples.
pub(super) fn open(config: &Config, dispatch: &Dispatch) -> Result<Outlet, ExportError> {
    let variables = Variables::of_metrics(config, "OBS_REMOTE_WRITE");
    let version = variables.choice("VERSION", [("2.0", Version::V2), ("1.0", Version::V1)])?;
    let receiver = Receiver::read(variables, "Bearer", EXAMPLE)?;
    let address: Uri = receiver.address.clone();
    let sink = RemoteWrite {
        client: receiver.client(address)?,
        version,
    };
    let rules = Rules {
        added: vec![labels::instance(config), labels::job(config)],
        reserved: "",
    };
    let queue = dispatch.open(sink, super::timed(5_000));
    Ok(Outlet::new(encode::Samples::new(rules), queue))
}

/// What the receiver knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V1,
    V2,
}

#[derive(Debug)]
struct RemoteWrite {
    client: Client,
    version: Version,
}

impl Sink for RemoteWrite {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Nothing: samples carry their time and all their labels.
    fn origin(&self) -> Option<Arc<[u8]>> {
        Some(Arc::default())
    }

    async fn send(&mut self, batch: &Batch) -> Answer {
        if self.version == Version::V2 {
            match self.post(v2::request(batch), Version::V2).await {
                Ok(reply) if is_unknown(&reply) => {
                    diagnostics::report(
                        "remote_write: the receiver does not know version 2.0 of the protocol, it gets 1.0",
                    );
                    self.version = Version::V1;
                }
                Ok(reply) => return judge(&reply, batch.len()),
                Err(answer) => return answer,
            }
        }
        match self.post(v1::request(batch), Version::V1).await {
            Ok(reply) => judge(&reply, batch.len()),
            Err(answer) => answer,
        }
    }
}

impl RemoteWrite {
    async fn post(&self, request: Vec<u8>, version: Version) -> Result<Reply, Answer> {
        let packed = snap::raw::Encoder::new().compress_vec(&request);
        let packed = packed.map_err(|error| Answer::TooLarge {
            why: error.to_string(),
        })?;
        let (kind, number) = match version {
            Version::V1 => ("application/x-protobuf", "0.1.0"),
            Version::V2 => (
                "application/x-protobuf;proto=io.prometheus.write.v2.Request",
                "2.0.0",
            ),
        };
        let headers = [
            (CONTENT_TYPE, kind),
            (CONTENT_ENCODING, "snappy"),
            (VERSION, number),
        ];
        self.client.send(Method::POST, packed, &headers).await
    }
}

/// Whether a receiver does not know version 2.0, whatever it says.
fn is_unknown(reply: &Reply) -> bool {
    reply.status == StatusCode::UNSUPPORTED_MEDIA_TYPE
        || (reply.status.is_success() && written(reply).is_none())
}

/// How many samples were written, if the receiver says so.
fn written(reply: &Reply) -> Option<usize> {
    reply
        .headers
        .get(WRITTEN)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

fn judge(reply: &Reply, samples: usize) -> Answer {
    let failure = reply::failure(reply);
    match (failure, written(reply)) {
        // Also an error may have come after some of them.
        (Some(Answer::Refused { why }), Some(written)) => Answer::Taken {
            rejected: samples.saturating_sub(written),
            why,
        },
        (Some(failure), _) => failure,
        (None, written) => Answer::Taken {
            rejected: samples.saturating_sub(written.unwrap_or(samples)),
            why: reply::reason(reply),
        },
    }
}
