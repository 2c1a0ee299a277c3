//! Log records to Elasticsearch and OpenSearch, over their interface `_bulk`.
//!
//! Source: <https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk>

mod answer;
mod id;
mod target;

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use obs_schema::monitoring::LogOutput;
use percent_encoding::utf8_percent_encode;

use self::id::Ids;
use super::ExportError;
use super::client::{Client, Reply, is_away};
use super::delivery::{Answer, Batch, Dispatch, Limits, Sink};
use super::records::{Encode, Lane};
use super::settings::{PLAIN, Receiver, Variables, base};
use crate::collect::info::SystemInfo;
use crate::config::Config;
use crate::fork;
use crate::log::ship::{Ecs, View};

const EXAMPLE: &str = "http://localhost:9200";
/// What an answer has to have in it; all else would be many times as much.
const FILTER: &str = "filter_path=errors,items.*.status,items.*.error.type,error.type";
/// Records that are sent at once.
const BATCH: usize = 2048;
/// Bytes of an answer: enough for that many records that are refused, even of a receiver that does not filter.
const MAX_ANSWER: usize = BATCH * 2048;

/// Begins to send records, if that is wanted.
///
/// # Errors
///
/// If a variable makes no sense or is missing, or what it names cannot be read.
pub(super) fn open(
    config: &Config,
    dispatch: &Dispatch,
    lanes: &mut Vec<Lane>,
) -> Result<(), ExportError> {
    let outputs = config.monitoring.logging.outputs;
    if outputs.contains(&LogOutput::Elastic) {
        lanes.push(begin(config, dispatch)?);
    }
    Ok(())
}

fn begin(config: &Config, dispatch: &Dispatch) -> Result<Lane, ExportError> {
    let variables = Variables::of_logs(config, "OBS_ELASTIC");
    let receiver = Receiver::read(variables, "ApiKey", EXAMPLE)?;
    let target = match variables.get("INDEX") {
        Some(name) => {
            target::check(name).map_err(|message| variables.mistake("INDEX", message))?;
            name.to_owned()
        }
        None => target::of(&config.service),
    };
    let address = address(&receiver.address, &target).ok_or_else(|| {
        variables.mistake(
            "URL",
            &format!("not an address; write for example `{EXAMPLE}`"),
        )
    })?;
    let client = receiver.client(address)?.with_gzip();
    let sink = Elastic {
        client: client.with_max_answer(MAX_ANSWER),
    };
    let limits = Limits {
        batch_items: BATCH,
        // A cluster that is busy answers late, and to be sent the same again makes it no faster.
        timeout: Duration::from_secs(30),
        ..Limits::default()
    };
    let host = SystemInfo::read().host_name;
    let documents = Documents {
        ids: Ids::new(),
        ecs: Ecs::new(&config.service, host.as_deref(), fork::process_id()),
    };
    Ok(Lane::new(documents, dispatch.open(sink, limits)))
}

/// Where records go. What the address asks for beside stays, such as `pipeline=..`.
fn address(receiver: &Uri, target: &str) -> Option<Uri> {
    let target = utf8_percent_encode(target, &PLAIN);
    let mut address = format!("{}/{target}/_bulk?", base(receiver));
    if let Some(query) = receiver.query().filter(|query| !query.is_empty()) {
        address.push_str(query);
        address.push('&');
    }
    address.push_str(FILTER);
    address.parse().ok()
}

/// Encodes records, each with its id.
#[derive(Debug)]
struct Documents {
    ids: Ids,
    ecs: Ecs,
}

impl Encode for Documents {
    fn encode(&mut self, out: &mut Vec<u8>, record: View<'_>) {
        self.ids.write(out);
        self.ecs.write(out, record);
        out.push(b'\n');
    }
}

#[derive(Debug)]
struct Elastic {
    client: Client,
}

impl Sink for Elastic {
    fn name(&self) -> &'static str {
        "elastic"
    }

    /// Nothing: records say whose they are.
    fn origin(&self) -> Option<Arc<[u8]>> {
        Some(Arc::default())
    }

    async fn send(&mut self, batch: &Batch) -> Answer {
        let reply = self.client.post_copy(batch.bytes(), "application/x-ndjson");
        match reply.await {
            Ok(reply) => judge(&reply, batch.len()),
            Err(answer) => answer,
        }
    }
}

fn judge(reply: &Reply, sent: usize) -> Answer {
    match reply.failure(is_away) {
        None => answer::judge(&reply.body, sent),
        Some(Answer::Refused { why }) => Answer::Refused {
            why: match answer::error(&reply.body) {
                Some(error) => format!("{why}: {error}"),
                None => why,
            },
        },
        Some(failure) => failure,
    }
}

#[cfg(test)]
pub(super) mod tests;
