//! Whom an exporter trusts, and what it shows of itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::ExportError;
use crate::diagnostics;

/// The TLS of a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tls<'a> {
    /// Whether it is used at all: otherwise no certificate is read.
    pub(crate) is_used: bool,
    /// Certificates to trust instead of the system's, in a PEM file.
    pub(crate) certificate: Option<&'a Path>,
    /// The certificates and the key of this process, in PEM files.
    pub(crate) identity: Option<&'a (PathBuf, PathBuf)>,
}

impl Tls<'_> {
    /// The configuration for a client.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or has no certificate or key in it.
    pub(crate) fn config(self) -> Result<ClientConfig, ExportError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(ExportError::client)?
            .with_root_certificates(self.roots()?);
        let Some((certificates, key)) = self.identity else {
            return Ok(builder.with_no_client_auth());
        };
        let chain = certificates_of(certificates)?;
        let secret = PrivateKeyDer::from_pem_file(key)
            .map_err(|error| ExportError::file(key, format_args!("no private key: {error}")))?;
        builder
            .with_client_auth_cert(chain, secret)
            .map_err(|error| ExportError::file(key, error))
    }

    fn roots(self) -> Result<RootCertStore, ExportError> {
        let mut roots = RootCertStore::empty();
        if !self.is_used {
            return Ok(roots);
        }
        match self.certificate {
            Some(path) => {
                for certificate in certificates_of(path)? {
                    let added = roots.add(certificate);
                    added.map_err(|error| ExportError::file(path, error))?;
                }
            }
            None => {
                let found = rustls_native_certs::load_native_certs();
                roots.add_parsable_certificates(found.certs);
                if roots.is_empty() {
                    diagnostics::report(
                        "the system trusts no certificate authority, so no server over https will be; \
                         name one in `OTEL_EXPORTER_OTLP_CERTIFICATE`",
                    );
                }
            }
        }
        Ok(roots)
    }
}

fn certificates_of(path: &Path) -> Result<Vec<CertificateDer<'static>>, ExportError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| ExportError::file(path, format_args!("no certificate: {error}")));
    match found {
        Ok(found) if found.is_empty() => Err(ExportError::file(path, "no certificate in it")),
        found => found,
    }
}
