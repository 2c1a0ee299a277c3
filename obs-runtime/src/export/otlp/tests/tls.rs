//! Receivers that show certificates, and want to see one.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::PrivateKeyDer;
use tempfile::TempDir;
use tonic::transport::{Identity, ServerTlsConfig};

use super::exporter::{Exporter, sender_of, spans_called};
use super::grpc;
use crate::config::Layers;
use crate::export::delivery::{Answer, Loss, Sink};
use crate::export::otlp::resource::Frame;
use crate::export::otlp::settings::{Settings, Signal};
use crate::export::otlp::start;

/// An authority.
pub(in crate::export) type Issuer = CertifiedIssuer<'static, KeyPair>;

pub(in crate::export) fn authority() -> Issuer {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key.
pub(in crate::export) struct Card {
    certificate: Certificate,
    key: KeyPair,
}

impl Card {
    pub(in crate::export) fn of_server(issuer: &Issuer) -> Self {
        Self::new(issuer, |_| {})
    }

    fn expired(issuer: &Issuer) -> Self {
        Self::new(issuer, |params| {
            params.not_before = date_time_ymd(2019, 1, 1);
            params.not_after = date_time_ymd(2020, 1, 1);
        })
    }

    fn of_client(issuer: &Issuer) -> Self {
        Self::new(issuer, |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        })
    }

    fn new(issuer: &Issuer, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, issuer).unwrap();
        Self { certificate, key }
    }

    /// For rustls, where those are asked for a certificate who connect.
    pub(in crate::export) fn server(&self, clients: Option<&Issuer>) -> Arc<ServerConfig> {
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(issuer) => {
                let mut roots = RootCertStore::empty();
                roots.add(issuer.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let chain = vec![self.certificate.der().clone()];
        Arc::new(builder.with_single_cert(chain, key).unwrap())
    }
}

/// A receiver of OTLP over HTTP that takes everything.
pub(in crate::export) fn serve(config: Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let (connection, config) = (connection.unwrap(), config.clone());
            thread::spawn(move || answer(connection, config));
        }
    });
    address
}

fn answer(connection: TcpStream, config: Arc<ServerConfig>) -> Option<()> {
    let mut stream = StreamOwned::new(ServerConnection::new(config).ok()?, connection);
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).ok()?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).ok()?.to_lowercase();
        let mut lines = head.lines();
        let length = lines.find_map(|line| line.strip_prefix("content-length: "))?;
        stream.read_exact(&mut vec![0; length.parse().ok()?]).ok()?;
        let taken = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(taken).ok()?;
    }
}

/// What an exporter is told, with the files that it names.
pub(in crate::export) struct Told {
    pub(in crate::export) variables: Vec<(&'static str, String)>,
    files: TempDir,
}

impl Told {
    pub(in crate::export) fn new(address: SocketAddr, trusted: &Issuer) -> Self {
        let mut told = Self {
            variables: vec![("OTEL_EXPORTER_OTLP_ENDPOINT", format!("https://{address}"))],
            files: tempfile::tempdir().unwrap(),
        };
        told.file("OTEL_EXPORTER_OTLP_CERTIFICATE", &trusted.pem());
        told
    }

    fn file(&mut self, variable: &'static str, content: &str) {
        let path: PathBuf = self.files.path().join(variable);
        std::fs::write(&path, content).unwrap();
        self.variables.push((variable, path.display().to_string()));
    }

    fn shows(mut self, card: &Card) -> Self {
        self.file(
            "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
            &card.certificate.pem(),
        );
        self.file("OTEL_EXPORTER_OTLP_CLIENT_KEY", &card.key.serialize_pem());
        self
    }

    fn over_grpc(mut self) -> Self {
        self.variables
            .push(("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc".to_owned()));
        self
    }

    async fn send(&self) -> Answer {
        let mut sender = sender_of(Signal::Traces, &self.variables);
        let batch = spans_called(&["a"]);
        let answer = tokio::time::timeout(Duration::from_secs(10), sender.send(&batch)).await;
        answer.expect("it hangs")
    }
}

/// It arrived.
fn assert_taken(answer: &Answer) {
    assert!(
        matches!(answer, Answer::Taken { rejected: 0, .. }),
        "{answer:?}"
    );
}

/// It did not arrive for this reason, which may pass: certificates are replaced.
fn assert_later(answer: &Answer, reason: &str) {
    let Answer::Later { why, .. } = answer else {
        panic!("{answer:?}");
    };
    assert!(why.contains(reason), "{why}");
}

/// The receiver has hung up. Why it did is read from its alert, if that comes before the end of the connection.
fn assert_turned_away(answer: &Answer) {
    let Answer::Later { why, .. } = answer else {
        panic!("{answer:?}");
    };
    assert!(
        why.starts_with("no answer: ") || why.starts_with("no connection: "),
        "{why}"
    );
}

#[tokio::test]
async fn a_receiver_that_shows_a_good_certificate_gets_everything() {
    let issuer = authority();
    let address = serve(Card::of_server(&issuer).server(None));
    assert_taken(&Told::new(address, &issuer).send().await);
}

#[tokio::test]
async fn a_receiver_of_another_authority_gets_nothing() {
    let issuer = authority();
    let address = serve(Card::of_server(&issuer).server(None));
    let answer = Told::new(address, &authority()).send().await;
    assert_later(&answer, "invalid peer certificate");
}

#[tokio::test]
async fn a_receiver_with_an_expired_certificate_gets_nothing() {
    let issuer = authority();
    let address = serve(Card::expired(&issuer).server(None));
    let answer = Told::new(address, &issuer).send().await;
    assert_later(&answer, "certificate expired");
}

#[tokio::test]
async fn a_receiver_that_wants_a_certificate_is_shown_one() {
    let (issuer, clients) = (authority(), authority());
    let address = serve(Card::of_server(&issuer).server(Some(&clients)));
    let told = || Told::new(address, &issuer);
    assert_taken(&told().shows(&Card::of_client(&clients)).send().await);
    assert_turned_away(&told().send().await);
    let other = Card::of_client(&authority());
    assert_turned_away(&told().shows(&other).send().await);
}

#[tokio::test]
async fn grpc_shows_and_checks_certificates_too() {
    let (issuer, clients) = (authority(), authority());
    let card = Card::of_server(&issuer);
    let identity = Identity::from_pem(card.certificate.pem(), card.key.serialize_pem());
    let tls = ServerTlsConfig::new()
        .identity(identity)
        .client_ca_root(tonic::transport::Certificate::from_pem(clients.pem()));
    let receiver = grpc::Receiver::default();
    let address = receiver.serve(Some(tls), 0);
    let told = || Told::new(address, &issuer).over_grpc();
    assert_taken(&told().shows(&Card::of_client(&clients)).send().await);
    assert_eq!(receiver.names(), [["a"]]);
    assert_turned_away(&told().send().await);
    let stranger = Told::new(address, &authority()).over_grpc();
    assert_later(&stranger.send().await, "invalid peer certificate");
}

/// Why there is no exporter of spans with these variables.
fn refusal(variables: &[(&'static str, String)]) -> String {
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, &*value.clone().leak()))
        .collect();
    let settings = Settings::read(Signal::Traces, &variables).unwrap();
    let service = Layers::default().load().unwrap().service;
    let sender = start::sender(Signal::Traces, Frame::new(&service), &settings, "");
    sender.unwrap_err().to_string()
}

#[test]
fn a_file_that_is_of_no_use_is_named_with_its_variable() {
    let issuer = authority();
    let address = SocketAddr::from(([127, 0, 0, 1], 4318));
    let good = Told::new(address, &issuer).shows(&Card::of_client(&issuer));
    for (variable, problem) in [
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "no certificate"),
        ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "no certificate"),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "no private key"),
        ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "no certificate"),
        (
            "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
            "no certificate",
        ),
        ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "no private key"),
    ] {
        for path in ["/nowhere/it.pem", "/dev/null"] {
            let mut variables = good.variables.clone();
            variables.retain(|(name, _)| *name != variable);
            variables.push((variable, path.to_owned()));
            let said = refusal(&variables);
            let expected = format!("{variable}: `{path}`: {problem}");
            assert!(said.starts_with(&expected), "{said}");
        }
    }
}

#[test]
fn a_key_that_belongs_to_another_certificate_is_named_with_its_variable() {
    let issuer = authority();
    let address = SocketAddr::from(([127, 0, 0, 1], 4318));
    let mut told = Told::new(address, &issuer).shows(&Card::of_client(&issuer));
    let other = Card::of_client(&issuer).key.serialize_pem();
    told.file("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", &other);
    let said = refusal(&told.variables);
    let expected = "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: `";
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn what_cannot_be_sent_for_its_certificate_is_counted() {
    let issuer = authority();
    let address = serve(Card::of_server(&issuer).server(None));
    let told = Told::new(address, &authority());
    let exporter = Exporter::with(&told.variables);
    exporter.hand_over(&["a", "b"]);
    let started = Instant::now();
    exporter.dispatch.finish(Duration::from_millis(300));
    assert!(started.elapsed() < Duration::from_secs(3));
    let books = exporter.queue.books();
    assert_eq!((books.lost(Loss::Shutdown), books.queued), (2, 0));
}
