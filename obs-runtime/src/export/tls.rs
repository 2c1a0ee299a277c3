//! Whom an exporter trusts, and what it shows of itself.

use std::fmt::Display;
use std::path::PathBuf;
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
    pub(crate) certificate: Option<&'a PemFile>,
    /// The certificates and the key of this process, in PEM files.
    pub(crate) identity: Option<&'a (PemFile, PemFile)>,
}

/// A file, and the variable that names it, if it is one that does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PemFile {
    pub(crate) variable: Option<String>,
    pub(crate) path: PathBuf,
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
        let chain = certificates.certificates()?;
        let secret = PrivateKeyDer::from_pem_file(&key.path)
            .map_err(|error| key.error(format_args!("no private key: {error}")))?;
        builder
            .with_client_auth_cert(chain, secret)
            .map_err(|error| key.error(error))
    }

    fn roots(self) -> Result<RootCertStore, ExportError> {
        let mut roots = RootCertStore::empty();
        if !self.is_used {
            return Ok(roots);
        }
        match self.certificate {
            Some(file) => {
                for certificate in file.certificates()? {
                    let added = roots.add(certificate);
                    added.map_err(|error| file.error(error))?;
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

impl PemFile {
    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, ExportError> {
        let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&self.path)
            .and_then(Iterator::collect)
            .map_err(|error| self.error(format_args!("no certificate: {error}")));
        match found {
            Ok(found) if found.is_empty() => Err(self.error("no certificate in it")),
            found => found,
        }
    }

    /// It cannot be used, and that is to be changed where it is named.
    fn error(&self, problem: impl Display) -> ExportError {
        let error = ExportError::file(&self.path, problem);
        match &self.variable {
            Some(variable) => error.of(variable),
            None => error,
        }
    }
}
