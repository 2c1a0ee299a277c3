//! Whether a service answers over HTTP, and what.

use std::ops::RangeInclusive;
use std::path::Path;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, Uri};
use serde_json::Value;

use crate::export::client::{Client, Reply, Version, Way};
use crate::export::delivery::Answer;
use crate::export::proxy::Route;
use crate::export::tls::{PemFile, Tls};
use crate::health::{BoxedHealth, Health, HealthError, Probe};

/// Whether `GET` of an address is answered as expected: by default with a status from 200 to 299. Redirects are not
/// followed; 64 KiB of the answer are read. Over `https` the system's certificate authorities are trusted, or those of
/// [`certificate`](Self::certificate).
///
/// ```no_run
/// use obs_runtime::health::{self, ready::Http};
///
/// let payments = Http::new("https://pay.example.com/status")?.json("/state", "up");
/// health::check("payments", payments).register()?;
/// # Ok::<(), health::HealthError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Http {
    address: Uri,
    headers: HeaderMap,
    certificate: Option<PemFile>,
    client: Client,
    expected: RangeInclusive<u16>,
    /// Where in the JSON, and what has to be there.
    content: Option<(String, Value)>,
}

impl Http {
    /// The answer to `GET url`.
    ///
    /// # Errors
    ///
    /// If it is no address of `http` or `https`.
    pub fn new(url: &str) -> Result<Self, HealthError> {
        let refuse = |problem: &str| HealthError::ready(format!("`{url}` {problem}"));
        let address: Uri = url.parse().map_err(|_| refuse("is not a URL"))?;
        let scheme = address.scheme_str().unwrap_or("");
        if !matches!(scheme, "http" | "https") {
            return Err(refuse("has another scheme than `http` and `https`"));
        }
        Ok(Self {
            client: client(&address, HeaderMap::new(), None)?,
            address,
            headers: HeaderMap::new(),
            certificate: None,
            expected: 200..=299,
            content: None,
        })
    }

    /// The statuses that are healthy, such as `200..=204`.
    #[must_use]
    pub fn status(self, expected: RangeInclusive<u16>) -> Self {
        Self { expected, ..self }
    }

    /// What the JSON of the answer must have at a place, which is given as a JSON pointer (RFC 6901), such as
    /// `/checks/0/state`; empty for the whole.
    #[must_use]
    pub fn json(self, pointer: impl Into<String>, expected: impl Into<Value>) -> Self {
        let content = Some((pointer.into(), expected.into()));
        Self { content, ..self }
    }

    /// Sends a header. The value is shown nowhere.
    ///
    /// # Errors
    ///
    /// If it cannot be a header.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, HealthError> {
        let refuse = || {
            HealthError::ready(format!(
                "the header `{name}` has characters that none can have"
            ))
        };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refuse())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| refuse())?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self.connected()
    }

    /// Trusts the authorities in a PEM file instead of the system's.
    ///
    /// # Errors
    ///
    /// If there is no certificate in it.
    pub fn certificate(mut self, file: &Path) -> Result<Self, HealthError> {
        self.certificate = Some(PemFile {
            variable: None,
            path: file.to_owned(),
        });
        self.connected()
    }

    fn connected(mut self) -> Result<Self, HealthError> {
        let certificate = self.certificate.as_ref();
        self.client = client(&self.address, self.headers.clone(), certificate)?;
        Ok(self)
    }

    async fn look(&self) -> Health {
        match self.client.send(Method::GET, Vec::new(), &[]).await {
            Ok(reply) => self.judge(&reply),
            Err(Answer::Later { why, .. }) => Health::unhealthy(why),
            Err(_) => Health::unhealthy("no answer"),
        }
    }

    fn judge(&self, reply: &Reply) -> Health {
        let status = reply.status.as_u16();
        let health = if self.expected.contains(&status) {
            self.content
                .as_ref()
                .map_or_else(Health::healthy, |(pointer, expected)| {
                    content(&reply.body, pointer, expected)
                })
        } else {
            let (from, to) = (self.expected.start(), self.expected.end());
            Health::unhealthy(format!("status {status}, where {from} to {to} is expected"))
        };
        health.with("status", status)
    }
}

fn content(body: &[u8], pointer: &str, expected: &Value) -> Health {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return Health::unhealthy("the answer is not JSON");
    };
    match answer.pointer(pointer) {
        Some(found) if found == expected => Health::healthy(),
        Some(found) => Health::unhealthy(format!(
            "`{pointer}` is {found}, where {expected} is expected"
        )),
        None => Health::unhealthy(format!(
            "the answer has no `{pointer}`, where {expected} is expected"
        )),
    }
}

fn client(
    address: &Uri,
    headers: HeaderMap,
    certificate: Option<&PemFile>,
) -> Result<Client, HealthError> {
    let tls = Tls {
        is_used: address.scheme_str() == Some("https"),
        certificate,
        identity: None,
    };
    let tls = tls
        .config()
        .map_err(|error| HealthError::ready(error.to_string()))?;
    Ok(Client::new(
        address.clone(),
        headers,
        false,
        Way {
            version: Version::One,
            route: Route::Direct,
            tls,
        },
    ))
}

impl Probe for Http {
    fn probe(&self) -> BoxedHealth<'_> {
        Box::pin(self.look())
    }
}

#[cfg(test)]
mod tests;
