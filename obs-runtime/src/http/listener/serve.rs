//! From a connection to its end.

use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use ::http::header::CONNECTION;
use ::http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::connections::{Connections, Held, Working};
use super::pace::Pace;
use super::paced::Paced;
use super::socket::{Socket, Stream};
#[cfg(feature = "tls")]
use super::tls::{self, Tls};
use super::{ACCEPT_PAUSE, Limits, MAX_BUFFER, MAX_HEADER};
use crate::http::access::{From, Peer};
use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::stream::Content;

/// How often those that wait for a place are looked at.
const TICK: Duration = Duration::from_millis(50);

/// A socket and what answers on it.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) socket: Socket,
    pub(super) site: Arc<Site>,
    pub(super) connections: Arc<Connections>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Arc<Tls>>,
}

/// Who is at the other end, and the place of the connection.
struct Guest {
    site: Arc<Site>,
    held: Arc<Held>,
    peer: Peer,
    limits: Limits,
    close: watch::Receiver<()>,
}

impl Door {
    /// Serves every connection, until `close` changes.
    pub(super) async fn serve(self, limits: Limits, mut close: watch::Receiver<()>) {
        let mut pace = Pace::new(Instant::now());
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = close.changed() => return,
                _ = ticks.tick(), if self.connections.has_waiting() => self.connections.tick(),
                accepted = self.socket.accept() => match accepted {
                    Ok((stream, peer)) => {
                        self.welcome(stream, peer, limits, &close);
                        if let Some(rest) = pace.count(Instant::now()) {
                            sleep(rest).await;
                        }
                    }
                    Err(_) => sleep(ACCEPT_PAUSE).await,
                },
            }
        }
    }

    fn welcome(&self, stream: Stream, peer: Peer, limits: Limits, close: &watch::Receiver<()>) {
        let guest = Guest {
            site: self.site.clone(),
            held: Arc::new(self.connections.add(peer)),
            peer,
            limits,
            close: close.clone(),
        };
        match stream {
            #[cfg(feature = "tls")]
            Stream::Tcp(stream) if self.tls.is_some() => {
                if let Some(tls) = &self.tls {
                    tokio::spawn(guest.shake_hands(tls.acceptor(), stream));
                }
            }
            Stream::Tcp(stream) => drop(tokio::spawn(guest.serve(stream))),
            #[cfg(unix)]
            Stream::Unix(stream) => drop(tokio::spawn(guest.serve(stream))),
        }
    }
}

impl Guest {
    #[cfg(feature = "tls")]
    async fn shake_hands(self, tls: tokio_rustls::TlsAcceptor, stream: tokio::net::TcpStream) {
        if !self.held.is_served().await {
            return;
        }
        let stream = Paced::new(stream, &self.held);
        let shaken = tokio::select! {
            shaken = timeout(self.limits.header_timeout, tls.accept(stream)) => shaken,
            () = self.held.must_leave() => return,
        };
        // A client that does not like the certificate is the client's affair.
        let Ok(Ok(stream)) = shaken else { return };
        let chain = stream.get_ref().1.peer_certificates();
        let certificate = chain.and_then(<[_]>::first).map(tls::fingerprint);
        self.converse(stream, certificate).await;
    }

    async fn serve<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        if self.held.is_served().await {
            let stream = Paced::new(stream, &self.held);
            self.converse(stream, None).await;
        }
    }

    /// Serves a connection until the client closes it, it is too old, another one gets its place, or the listener
    /// stops. In the last case and the second the request under way is answered first.
    async fn converse<S>(self, stream: S, certificate: Option<Arc<str>>)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Self {
            site,
            held,
            peer,
            limits,
            mut close,
        } = self;
        let place = held.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            let certificate = certificate.clone();
            request.extensions_mut().insert(From { peer, certificate });
            answer(site.clone(), place.clone(), request, limits)
        });
        let mut connection = pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(limits.header_timeout)
                .max_header_size(MAX_HEADER)
                .max_buf_size(MAX_BUFFER)
                .serve_connection(TokioIo::new(stream), service)
        );
        tokio::select! {
            // A broken connection is the client's affair.
            _ = connection.as_mut() => return,
            () = held.must_leave() => return,
            _ = close.changed() => {}
            () = sleep(limits.max_age) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = timeout(limits.request_timeout, connection).await;
    }
}

/// Answers a request. While its body comes in, the connection counts as silent: it may come in for ever.
async fn answer(
    site: Arc<Site>,
    held: Arc<Held>,
    request: Request<Incoming>,
    limits: Limits,
) -> Result<Response<Answering>, Infallible> {
    let has_body = !matches!(*request.method(), Method::GET | Method::HEAD);
    let working = (!has_body).then(|| held.work());
    let answered = timeout(limits.request_timeout, site.answer(request)).await;
    let mut response = answered.unwrap_or_else(|_| too_slow().into_response(false));
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        // Who guesses on has to connect again, and there are only so many connections.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    let working = working.unwrap_or_else(|| held.work());
    Ok(response.map(|content| Answering {
        content,
        _working: working,
    }))
}

fn too_slow() -> Answer {
    let message = "the request took too long; ask again";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", message).into()
}

/// A body that is being sent.
#[derive(Debug)]
struct Answering {
    content: Content,
    _working: Working,
}

impl Body for Answering {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Pin::new(&mut self.get_mut().content).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.content.size_hint()
    }
}
