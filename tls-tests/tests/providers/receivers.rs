//! Servers with a certificate.

use std::fs::Permissions;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

/// The certificate of all servers here, and its key.
pub(crate) struct Card {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Card {
    /// A new one, also in files, beside the authority that it is from.
    pub(crate) fn write(files: &Path) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let write = |name: &str, pem: String| std::fs::write(files.join(name), pem).unwrap();
        write("authority.pem", issuer.pem());
        write("server.pem", certificate.pem());
        write("server.key", key.serialize_pem());
        let only_own = Permissions::from_mode(0o600);
        std::fs::set_permissions(files.join("server.key"), only_own).unwrap();
        Self { certificate, key }
    }

    fn config(&self) -> ServerConfig {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let chain = vec![self.certificate.der().clone()];
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap()
    }
}

/// Answers every request with 200, and keeps what it was sent.
pub(crate) struct Https {
    pub(crate) address: SocketAddr,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Https {
    pub(crate) fn start(card: &Card) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let bodies = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let (kept, config) = (bodies.clone(), Arc::new(card.config()));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (kept, config) = (kept.clone(), config.clone());
                thread::spawn(move || serve(connection.unwrap(), config, &kept));
            }
        });
        Self { address, bodies }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Whether a text was in what it was sent.
    pub(crate) fn has_received(&self, text: &str) -> bool {
        let bodies = self.bodies.lock().unwrap();
        let mut parts = bodies.iter().flat_map(|body| body.windows(text.len()));
        parts.any(|part| part == text.as_bytes())
    }
}

/// Answers one connection until it ends.
fn serve(
    connection: TcpStream,
    config: Arc<ServerConfig>,
    kept: &Mutex<Vec<Vec<u8>>>,
) -> Option<()> {
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
        let length = lines.find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut body).ok()?;
        kept.lock().unwrap().push(body);
        let taken = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(taken).ok()?;
    }
}

/// Takes spans by the official service.
pub(crate) struct Grpc {
    address: SocketAddr,
    taken: Taken,
}

/// What was sent.
#[derive(Clone, Default)]
struct Taken(Arc<Mutex<Vec<ExportTraceServiceRequest>>>);

#[tonic::async_trait]
impl TraceService for Taken {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.lock().unwrap().push(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

impl Grpc {
    /// On the runtime of the caller. TLS is not that of tonic's server, which leaves the provider to rustls.
    pub(crate) async fn start(card: &Card) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = card.config();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (send, incoming) = mpsc::channel(1);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let _ = send.send(acceptor.accept(connection).await).await;
            }
        });
        let taken = Taken::default();
        let server = Server::builder()
            .add_service(TraceServiceServer::new(taken.clone()))
            .serve_with_incoming(ReceiverStream::new(incoming));
        tokio::spawn(server);
        Self { address, taken }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The names of the spans that came.
    pub(crate) fn received(&self) -> Vec<String> {
        let taken = self.taken.0.lock().unwrap();
        let resources = taken.iter().flat_map(|request| &request.resource_spans);
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        let spans = scopes.flat_map(|scope| &scope.spans);
        spans.map(|span| span.name.clone()).collect()
    }
}
