//! What `OTEL_EXPORTER_OTLP_*` says of one signal.
//!
//! A variable of the signal comes before the one for all. A value that makes no sense is an error here, unlike in
//! other programs that read the same variables: who sets an endpoint wants telemetry to arrive.
//!
//! Source: <https://opentelemetry.io/docs/specs/otel/protocol/exporter/>

use std::time::Duration;

use http::Uri;
use http::header::HeaderMap;
use obs_schema::monitoring::HistogramForm;

use crate::export::headers;
use crate::export::tls::PemFile;

/// A kind of telemetry that has a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Traces,
    Metrics,
    Logs,
}

/// How requests are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Grpc,
    HttpProtobuf,
    HttpJson,
}

/// The form of totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As they are.
    Cumulative,
    /// What they grew by.
    Delta,
}

impl Form {
    /// Reads what is set for metrics alone.
    ///
    /// # Errors
    ///
    /// If a variable makes no sense.
    pub(crate) fn read(variables: &[(&'static str, &'static str)]) -> Result<Self, Mistake> {
        let variables = Variables {
            all: variables,
            signal: Signal::Metrics,
        };
        let word = |name| {
            let (variable, text) = variables.get(name)?;
            Some((variable, text.to_ascii_lowercase()))
        };
        if let Some((variable, aggregation)) = word("DEFAULT_HISTOGRAM_AGGREGATION")
            && !HistogramForm::WORDS.contains(&&*aggregation)
        {
            let words = HistogramForm::WORDS.join("` or `");
            let message = format!("unknown kind of histogram `{aggregation}`; write `{words}`");
            return mistake(variable, message);
        }
        let Some((variable, preference)) = word("TEMPORALITY_PREFERENCE") else {
            return Ok(Self::Cumulative);
        };
        match &*preference {
            "cumulative" => Ok(Self::Cumulative),
            // Nothing needs less memory than the totals that there are anyhow; a receiver that wants this word wants
            // differences of counters and histograms.
            "delta" | "lowmemory" => Ok(Self::Delta),
            _ => mistake(
                variable,
                format!(
                    "unknown preference `{preference}`; write `cumulative`, `delta` or `lowmemory`"
                ),
            ),
        }
    }
}

/// Where the telemetry of one signal goes, and how.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub(crate) protocol: Protocol,
    pub(crate) endpoint: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) gzip: bool,
    pub(crate) timeout: Duration,
    /// Certificates to trust instead of the system's.
    pub(crate) certificate: Option<PemFile>,
    /// What this process shows of itself: its certificate and key.
    pub(crate) identity: Option<(PemFile, PemFile)>,
}

/// A variable that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) variable: String,
    pub(crate) message: String,
}

impl Signal {
    const fn word(self) -> &'static str {
        match self {
            Self::Traces => "TRACES",
            Self::Metrics => "METRICS",
            Self::Logs => "LOGS",
        }
    }

    /// Where the signal goes below the address of all signals.
    const fn path(self) -> &'static str {
        match self {
            Self::Traces => "v1/traces",
            Self::Metrics => "v1/metrics",
            Self::Logs => "v1/logs",
        }
    }

    /// The name of the sink.
    pub(crate) const fn sink(self) -> &'static str {
        match self {
            Self::Traces => "otlp_traces",
            Self::Metrics => "otlp_metrics",
            Self::Logs => "otlp_logs",
        }
    }
}

/// The variables, and which signal they are read for.
struct Variables<'a> {
    all: &'a [(&'static str, &'static str)],
    signal: Signal,
}

impl Variables<'_> {
    /// The value of the signal's own variable or of the one for all, with its name. Blank is as good as unset.
    fn get(&self, word: &str) -> Option<(String, &'static str)> {
        let own = format!("OTEL_EXPORTER_OTLP_{}_{word}", self.signal.word());
        let common = format!("OTEL_EXPORTER_OTLP_{word}");
        [own, common].into_iter().find_map(|name| {
            let (_, text) = self.all.iter().find(|(known, _)| *known == name)?;
            let text = text.trim();
            (!text.is_empty()).then_some((name, text))
        })
    }
}

impl Settings {
    /// Reads what is set; the rest is as the specification has it.
    ///
    /// # Errors
    ///
    /// At the first variable that makes no sense.
    pub(crate) fn read(
        signal: Signal,
        variables: &[(&'static str, &'static str)],
    ) -> Result<Self, Mistake> {
        let variables = Variables {
            all: variables,
            signal,
        };
        let protocol = protocol(&variables)?;
        Ok(Self {
            protocol,
            endpoint: endpoint(&variables, protocol)?,
            headers: headers(&variables)?,
            gzip: gzip(&variables)?,
            timeout: timeout(&variables)?,
            certificate: variables.get("CERTIFICATE").map(file),
            identity: identity(&variables)?,
        })
    }
}

fn mistake<T>(variable: String, message: impl Into<String>) -> Result<T, Mistake> {
    Err(Mistake {
        variable,
        message: message.into(),
    })
}

fn protocol(variables: &Variables<'_>) -> Result<Protocol, Mistake> {
    match variables.get("PROTOCOL") {
        None => Ok(Protocol::HttpProtobuf),
        Some((name, text)) => match &*text.to_ascii_lowercase() {
            "http/protobuf" => Ok(Protocol::HttpProtobuf),
            "http/json" => Ok(Protocol::HttpJson),
            "grpc" => Ok(Protocol::Grpc),
            _ => mistake(
                name,
                format!("unknown protocol `{text}`; write `http/protobuf`, `http/json` or `grpc`"),
            ),
        },
    }
}

fn endpoint(variables: &Variables<'_>, protocol: Protocol) -> Result<Uri, Mistake> {
    const EXAMPLE: &str = "not an address; write for example `http://localhost:4318`";
    let default = match protocol {
        Protocol::Grpc => "http://localhost:4317",
        Protocol::HttpProtobuf | Protocol::HttpJson => "http://localhost:4318",
    };
    let (name, text) = variables
        .get("ENDPOINT")
        .unwrap_or((String::new(), default));
    let is_own = name.contains(variables.signal.word());
    let Ok(address) = with_scheme(text, protocol, variables).parse::<Uri>() else {
        return mistake(name, EXAMPLE);
    };
    let (Some("http" | "https"), Some(authority)) = (address.scheme_str(), address.authority())
    else {
        return mistake(name, EXAMPLE);
    };
    if authority.as_str().contains('@') {
        let message = "credentials do not belong into an address; send them with `OTEL_EXPORTER_OTLP_HEADERS`";
        return mistake(name, message);
    }
    // An address of the signal's own is taken as it is, one for all gets the signal's path.
    if protocol == Protocol::Grpc || is_own {
        return Ok(address);
    }
    let mut path = format!(
        "{}/{}",
        address.path().trim_end_matches('/'),
        variables.signal.path()
    );
    if let Some(query) = address.query() {
        path.push('?');
        path.push_str(query);
    }
    let whole = Uri::builder()
        .scheme(address.scheme_str().unwrap_or("http"))
        .authority(authority.clone())
        .path_and_query(path)
        .build();
    whole.or_else(|_| mistake(name, EXAMPLE))
}

/// For gRPC an address may come without scheme.
fn with_scheme(text: &str, protocol: Protocol, variables: &Variables<'_>) -> String {
    if protocol != Protocol::Grpc || text.contains("://") {
        return text.to_owned();
    }
    let insecure = variables.get("INSECURE");
    let is_insecure = insecure.is_some_and(|(_, text)| text.eq_ignore_ascii_case("true"));
    let scheme = if is_insecure { "http" } else { "https" };
    format!("{scheme}://{text}")
}

fn headers(variables: &Variables<'_>) -> Result<HeaderMap, Mistake> {
    let Some((variable, text)) = variables.get("HEADERS") else {
        return Ok(HeaderMap::new());
    };
    headers::parse(text).or_else(|message| mistake(variable, message))
}

fn gzip(variables: &Variables<'_>) -> Result<bool, Mistake> {
    match variables.get("COMPRESSION") {
        None => Ok(false),
        Some((_, word)) if word.eq_ignore_ascii_case("none") => Ok(false),
        Some((_, word)) if word.eq_ignore_ascii_case("gzip") => Ok(true),
        Some((name, other)) => mistake(
            name,
            format!("unknown compression `{other}`; write `gzip` or `none`"),
        ),
    }
}

fn timeout(variables: &Variables<'_>) -> Result<Duration, Mistake> {
    match variables.get("TIMEOUT") {
        None => Ok(Duration::from_secs(10)),
        Some((name, text)) => match text.parse() {
            Ok(millis @ 1..) => Ok(Duration::from_millis(millis)),
            _ => mistake(
                name,
                "not a number of milliseconds; write for example `10000`",
            ),
        },
    }
}

/// The file that a variable names.
fn file((variable, path): (String, &str)) -> PemFile {
    PemFile {
        variable: Some(variable),
        path: path.into(),
    }
}

fn identity(variables: &Variables<'_>) -> Result<Option<(PemFile, PemFile)>, Mistake> {
    match (
        variables.get("CLIENT_CERTIFICATE"),
        variables.get("CLIENT_KEY"),
    ) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some((file(certificate), file(key)))),
        (Some((name, _)), None) => mistake(name, "there is a certificate but no `.._CLIENT_KEY`"),
        (None, Some((name, _))) => mistake(name, "there is a key but no `.._CLIENT_CERTIFICATE`"),
    }
}
