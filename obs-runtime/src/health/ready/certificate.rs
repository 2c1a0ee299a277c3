//! When a certificate runs out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::at_once;
use super::tcp::connect;
use crate::health::{BoxedHealth, Health, Probe};

/// For how long each step with a server may take.
const PATIENCE: Duration = Duration::from_secs(1);
const DAY: u64 = 86_400;

/// How long the certificates in a file, or those that a server shows, are still valid: within 30 days of the end it
/// is degraded, after it unhealthy, unless told otherwise. Of several the first to run out counts.
///
/// Only the dates are looked at, not who has signed them: a server that nobody trusts is no less healthy for it.
///
/// ```no_run
/// use std::time::Duration;
/// use obs_runtime::health::{self, ready::Certificate};
///
/// let own = Certificate::file("/etc/tls/shop.pem");
/// let bank = Certificate::of_server("bank.example.com:443").unhealthy_within(Duration::from_secs(86_400));
/// health::check("own-certificate", own).interval(Duration::from_secs(3_600)).register()?;
/// health::check("bank-certificate", bank).interval(Duration::from_secs(3_600)).register()?;
/// # Ok::<(), health::HealthError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Certificate {
    place: Place,
    degraded: Duration,
    unhealthy: Duration,
}

#[derive(Debug, Clone)]
enum Place {
    File(PathBuf),
    Server(String),
}

/// From when to when certificates are valid, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Validity {
    from: i64,
    to: i64,
}

impl Certificate {
    /// The certificates in a file, as PEM, or one as DER.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::at(Place::File(path.into()))
    }

    /// The certificates that the server at a host and port shows, such as `example.com:443`.
    #[must_use]
    pub fn of_server(address: impl Into<String>) -> Self {
        Self::at(Place::Server(address.into()))
    }

    fn at(place: Place) -> Self {
        Self {
            place,
            degraded: Duration::from_secs(30 * DAY),
            unhealthy: Duration::ZERO,
        }
    }

    /// How long before the end it is degraded.
    #[must_use]
    pub fn degraded_within(self, time: Duration) -> Self {
        Self {
            degraded: time,
            ..self
        }
    }

    /// How long before the end it is unhealthy.
    #[must_use]
    pub fn unhealthy_within(self, time: Duration) -> Self {
        Self {
            unhealthy: time,
            ..self
        }
    }

    fn look(&self) -> Health {
        let found = match &self.place {
            Place::File(path) => {
                of_file(path).map_err(|error| format!("`{}`: {error}", path.display()))
            }
            Place::Server(address) => {
                of_server(address).map_err(|error| format!("`{address}`: {error}"))
            }
        };
        let validity = found.and_then(|certificates| validity(&certificates));
        match validity {
            Ok(validity) => self.judge(validity, now()),
            Err(problem) => Health::unhealthy(problem),
        }
    }

    fn judge(&self, validity: Validity, now: i64) -> Health {
        let left = validity.to.saturating_sub(now);
        let days = left / DAY as i64;
        let within = |time: Duration| left <= i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        let health = if now < validity.from {
            Health::unhealthy("the certificate is not valid yet")
        } else if left <= 0 {
            Health::unhealthy(format!("the certificate ran out {} days ago", -days))
        } else if within(self.unhealthy) {
            Health::unhealthy(format!("the certificate runs out in {days} days"))
        } else if within(self.degraded) {
            Health::degraded(format!("the certificate runs out in {days} days"))
        } else {
            Health::healthy()
        };
        health.with("seconds_left", left)
    }
}

impl Probe for Certificate {
    fn probe(&self) -> BoxedHealth<'_> {
        at_once(|| self.look())
    }
}

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The time in which all of them are valid.
fn validity(certificates: &[CertificateDer<'_>]) -> Result<Validity, String> {
    let mut all = Validity {
        from: i64::MIN,
        to: i64::MAX,
    };
    for certificate in certificates {
        let (_, parsed) = X509Certificate::from_der(certificate)
            .map_err(|error| format!("a certificate cannot be read: {error}"))?;
        let own = parsed.validity();
        all.from = all.from.max(own.not_before.timestamp());
        all.to = all.to.min(own.not_after.timestamp());
    }
    match certificates {
        [] => Err("there is no certificate".to_owned()),
        _ => Ok(all),
    }
}

fn of_file(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let bytes = std::fs::read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if found.is_empty() && !bytes.is_empty() => Ok(vec![CertificateDer::from(bytes)]),
        Ok(found) => Ok(found),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// The certificates that a server shows in a handshake. Nothing is said to it beyond that.
fn of_server(address: &str) -> io::Result<Vec<CertificateDer<'static>>> {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let name =
        ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(io::Error::other)?;
    let mut stream = connect(address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut connection =
        ClientConnection::new(Arc::new(config()?), name).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    let shown = connection.peer_certificates().unwrap_or_default();
    Ok(shown
        .iter()
        .map(|certificate| certificate.clone().into_owned())
        .collect())
}

fn config() -> io::Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(OnlyLooking(provider)))
        .with_no_client_auth())
}

/// Takes any certificate: a server whose certificate has run out has to be looked at too.
#[derive(Debug)]
struct OnlyLooking(Arc<CryptoProvider>);

impl ServerCertVerifier for OnlyLooking {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;
