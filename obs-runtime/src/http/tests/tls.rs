//! The listener with a certificate, and clients with one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;

use super::*;
use crate::http::ListenError;

/// A directory with an authority and what it has signed.
struct Authority {
    directory: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        fs::write(directory.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { directory, issuer }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes `NAME.pem` and `NAME.key`.
    fn sign(&self, name: &str) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        fs::write(self.path(&format!("{name}.pem")), certificate.pem()).unwrap();
        fs::write(self.path(&format!("{name}.key")), key.serialize_pem()).unwrap();
    }

    fn monitoring(&self) -> Monitoring {
        let mut monitoring = Monitoring::DEFAULT;
        monitoring.http.listen = "127.0.0.1:0";
        monitoring.http.tls_certificate = leak(&self.path("server.pem"));
        monitoring.http.tls_key = leak(&self.path("server.key"));
        monitoring
    }

    /// A connection that trusts the authority, with the certificate of that name.
    fn connect(
        &self,
        address: SocketAddr,
        own: Option<&str>,
    ) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(self.path("ca.pem")).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match own {
            None => builder.with_no_client_auth(),
            Some(name) => {
                let file = |kind| self.path(&format!("{name}.{kind}"));
                let certificate = CertificateDer::from_pem_file(file("pem")).unwrap();
                let key = PrivateKeyDer::from_pem_file(file("key")).unwrap();
                builder
                    .with_client_auth_cert(vec![certificate], key)
                    .unwrap()
            }
        };
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        StreamOwned::new(connection, stream)
    }

    fn ask(&self, server: &Server, own: Option<&str>, line: &str) -> std::io::Result<String> {
        let mut stream = self.connect(server.address(), own);
        let request = format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\nx-obs-request: 1\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(error) if answer.is_empty() => Err(error),
            _ => Ok(String::from_utf8_lossy(&answer).into_owned()),
        }
    }
}

fn leak(path: &Path) -> &'static str {
    String::leak(path.to_str().unwrap().to_owned())
}

fn start(monitoring: &Monitoring) -> Result<Server, ListenError> {
    Listener::start(&Settings::from(monitoring)).map(Server)
}

#[test]
fn it_speaks_tls_and_nothing_else() {
    let authority = Authority::new();
    authority.sign("server");
    let server = start(&authority.monitoring()).unwrap();
    let answer = authority.ask(&server, None, "GET /live").unwrap();
    assert!(answer.contains("healthy"), "{answer}");
    let plain = server.raw(b"GET /live HTTP/1.0\r\n\r\n");
    assert!(!plain.contains("healthy"), "{plain}");
    assert!(
        authority.ask(&server, None, "GET /live").is_ok(),
        "it goes on"
    );
}

#[test]
fn a_new_certificate_is_used_without_a_restart() {
    let authority = Authority::new();
    authority.sign("server");
    let server = start(&authority.monitoring()).unwrap();
    let seen = || {
        let mut stream = authority.connect(server.address(), None);
        stream.flush().unwrap();
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).unwrap();
        }
        stream.conn.peer_certificates().unwrap()[0]
            .clone()
            .into_owned()
    };
    let first = seen();
    std::thread::sleep(Duration::from_millis(1100));
    fs::write(authority.path("server.pem"), "broken").unwrap();
    assert_eq!(seen(), first, "the former stays");
    std::thread::sleep(Duration::from_millis(1100));
    authority.sign("server");
    assert_ne!(seen(), first);
}

#[test]
fn clients_can_have_certificates_instead_of_tokens() {
    let authority = Authority::new();
    let stranger = Authority::new();
    authority.sign("server");
    authority.sign("client");
    stranger.sign("client");
    let mut monitoring = authority.monitoring();
    monitoring.http.client_ca = leak(&authority.path("ca.pem"));
    let server = start(&monitoring).unwrap();
    let get = |own| authority.ask(&server, own, "GET /monitoring").unwrap();
    assert_eq!(status(&get(Some("client"))), "HTTP/1.1 200 OK");
    assert_eq!(status(&get(None)), "HTTP/1.1 401 Unauthorized");
    let cleanup = "POST /monitoring/traces/cleanup?max_age=36500d";
    let refused = authority.ask(&server, Some("client"), cleanup).unwrap();
    assert_eq!(status(&refused), "HTTP/1.1 403 Forbidden");

    // One that another authority has signed gets no connection at all.
    fs::copy(stranger.path("client.pem"), authority.path("foreign.pem")).unwrap();
    fs::copy(stranger.path("client.key"), authority.path("foreign.key")).unwrap();
    assert!(
        authority
            .ask(&server, Some("foreign"), "GET /live")
            .is_err()
    );

    monitoring.http.client_access = obs_schema::monitoring::ClientAccess::Write;
    let server = start(&monitoring).unwrap();
    let done = authority.ask(&server, Some("client"), cleanup).unwrap();
    assert_eq!(status(&done), "HTTP/1.1 200 OK");
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let authority = Authority::new();
    authority.sign("server");
    authority.sign("other");
    let junk = authority.path("junk");
    fs::write(&junk, "nothing of use").unwrap();
    let mut monitoring = authority.monitoring();
    let mut case = |certificate: &Path, key: &Path, expected: &str| {
        monitoring.http.tls_certificate = leak(certificate);
        monitoring.http.tls_key = leak(key);
        let message = start(&monitoring).err().unwrap().to_string();
        assert!(message.contains(expected), "{message}");
    };
    let (pem, key) = (authority.path("server.pem"), authority.path("server.key"));
    case(
        Path::new("/nowhere"),
        &key,
        "`http.tls_certificate`: `/nowhere` cannot be read: ",
    );
    case(&junk, &key, " has no certificate in PEM");
    case(&pem, &junk, " has no private key in PEM");
    case(
        &pem,
        &authority.path("other.key"),
        "cannot be used with the key of `",
    );
}
