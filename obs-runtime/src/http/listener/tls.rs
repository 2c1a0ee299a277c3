//! TLS of the listener.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::diagnostics;
use crate::http::access::{CredentialsError, Place, Stamp, warn_if_others_can_read};
use crate::http::settings::TlsFiles;

/// How often the files are looked at, at most.
const LOOK: Duration = Duration::from_secs(1);

/// The certificate in force.
#[derive(Debug)]
pub(super) struct Tls {
    files: TlsFiles,
    state: Mutex<State>,
}

struct State {
    config: Arc<ServerConfig>,
    seen: Vec<Option<Stamp>>,
    looked: Instant,
}

impl Tls {
    pub(super) fn new(files: &TlsFiles) -> Result<Arc<Self>, CredentialsError> {
        let state = State {
            seen: stamps(files),
            config: load(files)?,
            looked: Instant::now(),
        };
        Ok(Arc::new(Self {
            files: files.clone(),
            state: Mutex::new(state),
        }))
    }

    /// What does a handshake, with the certificate that is there now. One that cannot be used leaves the former.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() >= LOOK {
            state.looked = Instant::now();
            let now = stamps(&self.files);
            // Files that are away just now are being replaced.
            if now != state.seen && !now.contains(&None) {
                state.seen = now;
                match load(&self.files) {
                    Ok(config) => state.config = config,
                    Err(error) => {
                        diagnostics::report(&format!("{error}; the former certificate stays"));
                    }
                }
            }
        }
        TlsAcceptor::from(state.config.clone())
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

/// How a certificate is named: its SHA-256 in hexadecimal.
pub(super) fn fingerprint(certificate: &CertificateDer<'_>) -> Arc<str> {
    let digest: [u8; 32] = Sha256::digest(certificate.as_ref()).into();
    let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat().into()
}

fn places(files: &TlsFiles) -> impl Iterator<Item = &Place> {
    [&files.certificate, &files.key]
        .into_iter()
        .chain(&files.client_ca)
}

fn stamps(files: &TlsFiles) -> Vec<Option<Stamp>> {
    let paths = places(files).map(Place::path);
    paths.map(|path: &Path| Stamp::of(path)).collect()
}

fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, CredentialsError> {
    let chain = certificates(&files.certificate)?;
    let text = files.key.read()?;
    warn_if_others_can_read(files.key.path());
    let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| {
        CredentialsError::whole(
            &files.key,
            "has no private key in PEM (`-----BEGIN PRIVATE KEY-----`)",
        )
    })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| CredentialsError::whole(&files.certificate, error.to_string()))?;
    let builder = match &files.client_ca {
        Some(place) => builder.with_client_cert_verifier(verifier(place, provider)?),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_single_cert(chain, key).map_err(|error| {
        CredentialsError::whole(
            &files.certificate,
            format!(
                "cannot be used with the key of `{}`: {error}",
                files.key.path().display()
            ),
        )
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn certificates(place: &Place) -> Result<Vec<CertificateDer<'static>>, CredentialsError> {
    let text = place.read()?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(CredentialsError::whole(
            place,
            "has no certificate in PEM (`-----BEGIN CERTIFICATE-----`)",
        )),
        Err(error) => Err(CredentialsError::whole(
            place,
            format!("is not PEM: {error}"),
        )),
    }
}

/// Checks the certificates of clients that have one; those without need other credentials.
fn verifier(
    place: &Place,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, CredentialsError> {
    let unusable =
        |error: String| CredentialsError::whole(place, format!("cannot be used: {error}"));
    let mut roots = RootCertStore::empty();
    for certificate in certificates(place)? {
        roots
            .add(certificate)
            .map_err(|error| unusable(error.to_string()))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .allow_unauthenticated()
        .build()
        .map_err(|error| unusable(error.to_string()))
}
