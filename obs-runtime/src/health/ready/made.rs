//! Certificates for tests.

use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls_pki_types::PrivateKeyDer;

/// A certificate for `localhost`, and its key.
pub(super) struct Made {
    pub(super) certified: CertifiedKey<KeyPair>,
}

impl Made {
    /// One that runs out at the beginning of a year.
    pub(super) fn until(year: i32) -> Self {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let signing_key = KeyPair::generate().unwrap();
        let cert = params.self_signed(&signing_key).unwrap();
        Self {
            certified: CertifiedKey { cert, signing_key },
        }
    }

    /// A server that shows it.
    pub(super) fn server(&self) -> ServerConfig {
        let CertifiedKey { cert, signing_key } = &self.certified;
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap()
    }
}
