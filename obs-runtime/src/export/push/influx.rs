//! `InfluxDB`: line protocol over HTTP, to version 1, 2 or 3. Which of them it is says the path of the address.
//!
//! Sources: <https://docs.influxdata.com/influxdb/v1/tools/api/#write-http-endpoint>,
//! <https://docs.influxdata.com/influxdb/v2/api/#operation/PostWrite>,
//! <https://docs.influxdata.com/influxdb3/core/write-data/http-api/v3-write-lp/>

mod line;

use std::sync::Arc;

use http::{StatusCode, Uri};

use super::labels::{self, Rules};
use super::{TAKEN, reply};
use crate::config::Config;
use crate::export::ExportError;
use crate::export::client::{Client, Reply};
use crate::export::delivery::{Answer, Batch, Dispatch, Sink};
use crate::export::interval::Outlet;
use crate::export::settings::{Receiver, Variables, base};

const NAME: &str = "influx";
const EXAMPLE: &str = "http://localhost:8086/write?db=metrics";

/// Begins to send lines.
pub(super) fn open(config: &Config, dispatch: &Dispatch) -> Result<Outlet, ExportError> {
    let variables = Variables::of_metrics(config, "OBS_INFLUX");
    // Whether the address makes sense is said by whoever reads it whole.
    let url = variables.get("URL").unwrap_or_default();
    let version = Version::of(url);
    let scheme = version.map_or("Bearer", Version::scheme);
    let receiver = Receiver::read(variables, scheme, EXAMPLE)?;
    let address = version.and_then(|version| version.address(&receiver.address));
    let address = address.ok_or_else(|| {
        let message = "says neither which version nor where to in it; write `/write?db=DATABASE` for version 1, \
                       `/api/v2/write?org=ORGANISATION&bucket=BUCKET` or `/api/v3/write_lp?db=DATABASE`";
        variables.mistake("URL", message)
    })?;
    let sink = Influx {
        client: receiver.client(address)?,
    };
    let queue = dispatch.open(sink, super::timed(5_000));
    let rules = Rules {
        added: vec![labels::instance(config)],
        reserved: "time",
    };
    Ok(Outlet::new(line::Lines::new(rules), queue))
}

/// The interface of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V1,
    V2,
    V3,
}

impl Version {
    fn of(url: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let path = path.trim_end_matches('/');
        if path.ends_with("/api/v3/write_lp") {
            Some(Self::V3)
        } else if path.ends_with("/api/v2/write") {
            Some(Self::V2)
        } else if path.ends_with("/write") {
            Some(Self::V1)
        } else {
            None
        }
    }

    /// What stands before a token.
    const fn scheme(self) -> &'static str {
        match self {
            Self::V1 | Self::V2 => "Token",
            Self::V3 => "Bearer",
        }
    }

    /// What the query must say: where to.
    const fn place(self) -> &'static str {
        match self {
            Self::V1 | Self::V3 => "db",
            Self::V2 => "bucket",
        }
    }

    /// The address with the precision that our lines have.
    fn address(self, address: &Uri) -> Option<Uri> {
        let query = address.query().unwrap_or_default();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let names = |pair: &str, name| pair.split_once('=').is_some_and(|(key, _)| key == name);
        if !pairs.clone().any(|pair| names(pair, self.place())) {
            return None;
        }
        let mut whole = format!("{}?", base(address));
        for pair in pairs.filter(|pair| !names(pair, "precision")) {
            whole.push_str(pair);
            whole.push('&');
        }
        whole.push_str(match self {
            Self::V1 | Self::V2 => "precision=ms",
            Self::V3 => "precision=millisecond",
        });
        whole.parse().ok()
    }
}

#[derive(Debug)]
struct Influx {
    client: Client,
}

impl Sink for Influx {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Nothing: samples carry their time and all their labels.
    fn origin(&self) -> Option<Arc<[u8]>> {
        Some(Arc::default())
    }

    async fn send(&mut self, batch: &Batch) -> Answer {
        let kind = "text/plain; charset=utf-8";
        match self.client.post_copy(batch.bytes(), kind).await {
            Ok(reply) => judge(&reply, batch.len()),
            Err(answer) => answer,
        }
    }
}

fn judge(reply: &Reply, lines: usize) -> Answer {
    match reply::failure(reply) {
        None => TAKEN,
        Some(Answer::Refused { why }) if reply.status == StatusCode::BAD_REQUEST => {
            match refused(&String::from_utf8_lossy(&reply.body)) {
                Some(rejected) => Answer::Taken {
                    rejected: rejected.min(lines),
                    why,
                },
                None => Answer::Refused { why },
            }
        }
        Some(failure) => failure,
    }
}

/// How many lines were refused of those that came with others that were written.
fn refused(said: &str) -> Option<usize> {
    if !said.contains("partial write") {
        return None;
    }
    // Version 1 says how many it did not store, and lists those that it could not read. Version 3 lists all.
    if let Some((_, rest)) = said.rsplit_once("dropped=") {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
        let dropped: usize = digits.unwrap_or_default().parse().ok()?;
        return Some(dropped + said.matches("unable to parse").count());
    }
    let listed = said.matches("\"line_number\"").count();
    (listed > 0).then_some(listed)
}

#[cfg(test)]
mod tests;
