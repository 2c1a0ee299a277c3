//! What the variables of an exporter say: where to, and as whom.

use std::fmt::Display;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use super::client::{Client, Version, Way};
use super::proxy::Route;
use super::tls::{PemFile, Tls};
use super::{ExportError, headers};
use crate::config::Config;

/// What is written as it is into a path.
pub(super) const PLAIN: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The variables of one exporter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variables<'a> {
    all: &'a [(&'static str, &'static str)],
    /// How their names begin: `OBS_PUSHGATEWAY`.
    prefix: &'static str,
    /// The key that lists the exporter.
    key: &'static str,
    /// The proxy through which it goes.
    proxy: &'static str,
}

impl<'a> Variables<'a> {
    /// Those of an exporter of metrics.
    #[cfg(feature = "push")]
    pub(super) fn of_metrics(config: &'a Config, prefix: &'static str) -> Self {
        Self::new(config, prefix, "metrics.exporters")
    }

    /// Those of an output of the log.
    #[cfg(feature = "elastic")]
    pub(super) fn of_logs(config: &'a Config, prefix: &'static str) -> Self {
        Self::new(config, prefix, "logging.outputs")
    }

    fn new(config: &'a Config, prefix: &'static str, key: &'static str) -> Self {
        Self {
            all: &config.push,
            prefix,
            key,
            proxy: config.monitoring.export.proxy,
        }
    }

    /// The value of a variable. Blank is as good as unset.
    pub(super) fn get(self, word: &str) -> Option<&'static str> {
        let name = self.name(word);
        let (_, text) = self.all.iter().find(|(known, _)| *known == name)?;
        Some(text.trim()).filter(|text| !text.is_empty())
    }

    fn name(self, word: &str) -> String {
        format!("{}_{word}", self.prefix)
    }

    /// The value makes no sense.
    pub(super) fn mistake(self, word: &str, message: &str) -> ExportError {
        ExportError::variable(&self.name(word), message)
    }

    /// The value, which the exporter cannot do without.
    pub(super) fn required(self, word: &str, example: &str) -> Result<&'static str, ExportError> {
        self.get(word).ok_or_else(|| {
            let message = format!(
                "`{}` wants it, but there is no address; set it, for example to `{example}`",
                self.key
            );
            self.mistake(word, &message)
        })
    }

    /// One of a few words, the first of which is the default.
    pub(super) fn choice<T>(self, word: &str, choices: [(&str, T); 2]) -> Result<T, ExportError> {
        let [(first, default), (second, other)] = choices;
        match self.get(word) {
            None => Ok(default),
            Some(text) if text.eq_ignore_ascii_case(first) => Ok(default),
            Some(text) if text.eq_ignore_ascii_case(second) => Ok(other),
            Some(_) => Err(self.mistake(
                word,
                &format!("not one of the words it knows; write `{first}` or `{second}`"),
            )),
        }
    }
}

/// A receiver over HTTP.
#[derive(Debug)]
pub(super) struct Receiver {
    pub(super) address: Uri,
    headers: HeaderMap,
    certificate: Option<PemFile>,
    proxy: &'static str,
}

impl Receiver {
    /// Reads where it is and what it wants to know of this process. `scheme` is what goes before a token.
    ///
    /// # Errors
    ///
    /// At the first variable that makes no sense.
    pub(super) fn read(
        variables: Variables<'_>,
        scheme: &str,
        example: &str,
    ) -> Result<Self, ExportError> {
        let address = address(variables, example)?;
        let mut headers = match variables.get("HEADERS") {
            Some(text) => headers::parse(text).map_err(|m| variables.mistake("HEADERS", m))?,
            None => HeaderMap::new(),
        };
        if let Some(value) = authorization(variables, scheme)? {
            headers.insert(AUTHORIZATION, value);
        }
        Ok(Self {
            address,
            headers,
            certificate: variables.get("CERTIFICATE").map(|path| PemFile {
                variable: Some(variables.name("CERTIFICATE")),
                path: path.into(),
            }),
            proxy: variables.proxy,
        })
    }

    /// The way to `address`, which is on the receiver.
    ///
    /// # Errors
    ///
    /// If the certificate cannot be read, or the proxy is not to be used.
    pub(super) fn client(self, address: Uri) -> Result<Client, ExportError> {
        let tls = Tls {
            is_used: address.scheme_str() == Some("https"),
            certificate: self.certificate.as_ref(),
            identity: None,
        };
        let way = Way {
            version: Version::One,
            route: Route::to(&address, Version::One, self.proxy)?,
            tls: tls.config()?,
        };
        Ok(Client::new(address, self.headers, false, way))
    }
}

/// The address below which a path goes, without a slash at its end, and without a query.
pub(super) fn base(address: &Uri) -> String {
    let scheme = address.scheme_str().unwrap_or("http");
    let authority = address.authority().map_or("", |a| a.as_str());
    format!(
        "{scheme}://{authority}{}",
        address.path().trim_end_matches('/')
    )
}

fn address(variables: Variables<'_>, example: &str) -> Result<Uri, ExportError> {
    let text = variables.required("URL", example)?;
    let not_one = || {
        let message = format!("not an address; write for example `{example}`");
        variables.mistake("URL", &message)
    };
    let address = text.parse::<Uri>().map_err(|_| not_one())?;
    let (Some("http" | "https"), Some(authority)) = (address.scheme_str(), address.authority())
    else {
        return Err(not_one());
    };
    if authority.as_str().contains('@') || names_credentials(address.query()) {
        let message = format!(
            "credentials do not belong into an address; write them into a file, and name that in `{0}_PASSWORD_FILE`, \
             beside `{0}_USERNAME`, or in `{0}_TOKEN_FILE`",
            variables.prefix
        );
        return Err(variables.mistake("URL", &message));
    }
    Ok(address)
}

/// Whether a query has credentials in it, as `InfluxDB` would read them.
fn names_credentials(query: Option<&str>) -> bool {
    let mut pairs = query.unwrap_or_default().split('&');
    pairs.any(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        matches!(name, "u" | "p" | "username" | "password" | "token")
    })
}

/// `Authorization`, with a name and a password, or with a token.
fn authorization(
    variables: Variables<'_>,
    scheme: &str,
) -> Result<Option<HeaderValue>, ExportError> {
    let words = ["USERNAME", "PASSWORD_FILE", "TOKEN_FILE"];
    let value = match words.map(|word| variables.get(word)) {
        [None, None, None] => return Ok(None),
        [Some(name), Some(_), None] if name.contains(':') => {
            return Err(variables.mistake("USERNAME", "a name cannot have a `:` in it"));
        }
        [Some(name), Some(path), None] => {
            let pair = format!("{name}:{}", secret(variables, "PASSWORD_FILE", path)?);
            format!("Basic {}", STANDARD.encode(pair))
        }
        [None, None, Some(path)] => {
            format!("{scheme} {}", secret(variables, "TOKEN_FILE", path)?)
        }
        [_, _, Some(_)] => {
            let message = "there is a name or password as well; unset one of them";
            return Err(variables.mistake("TOKEN_FILE", message));
        }
        [Some(_), None, None] => {
            return Err(variables.mistake("USERNAME", "there is a name but no `.._PASSWORD_FILE`"));
        }
        [None, Some(_), None] => {
            let message = "there is a password but no `.._USERNAME`";
            return Err(variables.mistake("PASSWORD_FILE", message));
        }
    };
    let unusable = || variables.mistake("TOKEN_FILE", "the token cannot be sent in a header");
    let mut value = HeaderValue::try_from(value).map_err(|_| unusable())?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// The first line of the file at `path`, which a variable names.
fn secret(variables: Variables<'_>, word: &str, path: &str) -> Result<String, ExportError> {
    let path = Path::new(path);
    let mistake =
        |problem: &dyn Display| ExportError::file(path, problem).of(&variables.name(word));
    let text = std::fs::read_to_string(path).map_err(|error| mistake(&error))?;
    match text.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(mistake(&"there is nothing in its first line")),
    }
}
