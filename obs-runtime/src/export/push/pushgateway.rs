//! The Prometheus Pushgateway: it keeps what a program said last, to be scraped when the program is gone.
//!
//! Source: <https://github.com/prometheus/pushgateway/blob/master/README.md>

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::CONTENT_TYPE;
use http::{Method, Uri};
use obs_schema::name::check_metric_label;
use percent_encoding::{percent_decode_str, utf8_percent_encode};

use super::labels::{self, Added, Rules};
use super::reply;
use crate::config::Config;
use crate::export::ExportError;
use crate::export::client::Client;
use crate::export::delivery::{Answer, Batch, Dispatch, Limits, Retry, Sink};
use crate::export::interval::{Encode, Outlet, Reading};
use crate::export::settings::{PLAIN, Receiver, Variables, base};
use crate::metric::encode::{Encoder, Format};
use crate::metric::snapshot::{Label, Series};

const NAME: &str = "pushgateway";
const EXAMPLE: &str = "http://localhost:9091";
/// Begins to push.
pub(super) fn open(config: &Config, dispatch: &Dispatch) -> Result<Outlet, ExportError> {
    let variables = Variables::of_metrics(config, "OBS_PUSHGATEWAY");
    let method = variables.choice("METHOD", [("put", Method::PUT), ("post", Method::POST)])?;
    let deletes = variables.choice("AT_END", [("push", false), ("delete", true)])?;
    let grouping = grouping(config, variables)?;
    let receiver = Receiver::read(variables, "Bearer", EXAMPLE)?;
    let address = group(&receiver.address, &grouping)
        .ok_or_else(|| variables.mistake("URL", "not the address of a gateway"))?;
    let sink = Pushgateway {
        client: receiver.client(address)?,
        method,
    };
    let queue = dispatch.open(sink, limits());
    let rules = Rules {
        added: grouping,
        reserved: "",
    };
    Ok(Outlet::new(Text { rules, deletes }, queue))
}

/// An item is a whole reading, and an empty one the wish to be forgotten. Either replaces those before.
fn limits() -> Limits {
    Limits {
        queue_items: 4,
        queue_bytes: 64 * 1024 * 1024,
        batch_items: 1,
        batch_bytes: 32 * 1024 * 1024,
        delay: Duration::ZERO,
        retry: Retry {
            first: Duration::from_secs(1),
            ..Retry::default()
        },
        newest_only: true,
        ..Limits::default()
    }
}

/// The labels by which the gateway tells groups of metrics apart, `job` first.
fn grouping(config: &Config, variables: Variables<'_>) -> Result<Vec<Added>, ExportError> {
    let job = labels::job(config);
    let text = match variables.get("GROUPING") {
        None => return Ok(vec![job, labels::instance(config)]),
        Some("none") => return Ok(vec![job]),
        Some(text) => text,
    };
    let mistake = |message: &str| variables.mistake("GROUPING", message);
    let mut grouping = vec![job];
    for pair in text
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            mistake("a label has no `=`; write `name=value,name=value` or `none`")
        })?;
        let name = name.trim();
        let value = percent_decode_str(value.trim())
            .decode_utf8_lossy()
            .into_owned();
        match grouping.iter_mut().find(|(known, _)| known == name) {
            Some((known, _)) if known == "job" && value.is_empty() => {
                return Err(mistake("a job must have a name"));
            }
            Some((known, job)) if known == "job" => *job = value,
            Some(_) => return Err(mistake(&format!("`{name}` is there twice"))),
            None => {
                check_metric_label(name).map_err(|error| mistake(&error.to_string()))?;
                grouping.push((name.to_owned(), value));
            }
        }
    }
    Ok(grouping)
}

/// The address of a group.
fn group(gateway: &Uri, grouping: &[Added]) -> Option<Uri> {
    let mut address = format!("{}/metrics", base(gateway));
    for (name, value) in grouping {
        address.push('/');
        address.push_str(name);
        address.push_str(&component(value));
    }
    address.parse().ok()
}

/// The value of a label in a path. What a path cannot have, or what proxies may tidy up, is in base64.
pub(super) fn component(value: &str) -> String {
    if value.is_empty() {
        "@base64/=".to_owned()
    } else if value.contains('/') || matches!(value, "." | "..") {
        format!("@base64/{}", URL_SAFE_NO_PAD.encode(value))
    } else {
        format!("/{}", utf8_percent_encode(value, &PLAIN))
    }
}

/// Makes one text of each reading.
#[derive(Debug)]
struct Text {
    /// The gateway overwrites labels that the group has.
    rules: Rules,
    /// Whether the gateway is to forget the group when the program ends.
    deletes: bool,
}

impl Text {
    fn free(&self, labels: &[Label]) -> Vec<Label> {
        let is_own = |name: &str| labels.iter().any(|(own, _)| own == name);
        let free = labels.iter().map(|(name, value)| {
            let name = self.rules.free(name, is_own).into_owned();
            (name.into(), value.clone())
        });
        free.collect()
    }

    fn write(&self, reading: Reading<'_>, out: &mut Vec<u8>) {
        let mut encoder = Encoder::new(Format::TEXT, &self.free(&reading.snapshot.common));
        for family in &reading.snapshot.families {
            encoder.family(family, out);
            for series in &family.series {
                if series.labels.iter().any(|(name, _)| self.rules.takes(name)) {
                    let series = Series {
                        labels: self.free(&series.labels),
                        value: series.value.clone(),
                    };
                    encoder.series(family, &series, out);
                } else {
                    encoder.series(family, series, out);
                }
            }
        }
        encoder.end(out);
    }
}

impl Encode for Text {
    fn encode(&mut self, reading: Reading<'_>, batch: &mut Batch) {
        batch.write(|out| {
            if !(reading.is_last && self.deletes) {
                self.write(reading, out);
            }
        });
    }
}

#[derive(Debug)]
struct Pushgateway {
    client: Client,
    method: Method,
}

impl Sink for Pushgateway {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn send(&mut self, batch: &Batch) -> Answer {
        let (method, text) = match batch.bytes() {
            [] => (Method::DELETE, Vec::new()),
            text => (self.method.clone(), text.to_vec()),
        };
        let headers = [(CONTENT_TYPE, Format::TEXT.content_type())];
        match self.client.send(method, text, &headers).await {
            Ok(reply) => reply::failure(&reply).unwrap_or(super::TAKEN),
            Err(answer) => answer,
        }
    }
}
