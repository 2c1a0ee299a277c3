//! The listener for programs that have no server, or want the endpoints apart from theirs.

mod error;

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use ::http::StatusCode;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};

pub use error::ListenError;

use super::answer::Answer;
use super::guard::Hosts;
use super::problem::Problem;
use super::settings::Settings;
use super::site::Site;

/// Connections that are served at the same time; others wait to be accepted.
const MAX_CONNECTIONS: u32 = 64;
/// Bytes of a request's head; more is answered with 431.
const MAX_HEADER: usize = 16 * 1024;
/// Bytes that are held for a client that does not read, beside the piece that is being sent.
const MAX_BUFFER: usize = 64 * 1024;
/// For how long a client may take to send a head. Also ends connections that are idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// For how long a request may take altogether.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// After this time a connection is closed, so that a client that does not read cannot hold it.
const MAX_AGE: Duration = Duration::from_secs(300);
/// How long to wait after the system refused a connection, mostly for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Threads for answers that take long.
const WORKERS: usize = 4;

/// The times that a test shortens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) header_timeout: Duration,
    pub(super) request_timeout: Duration,
    pub(super) max_age: Duration,
    pub(super) max_connections: u32,
}

pub(super) const LIMITS: Limits = Limits {
    header_timeout: HEADER_TIMEOUT,
    request_timeout: REQUEST_TIMEOUT,
    max_age: MAX_AGE,
    max_connections: MAX_CONNECTIONS,
};

/// The monitoring endpoints on an address of their own.
///
/// They run on one thread, `obs-http`, with a runtime of its own, so they answer whatever the program
/// is doing and whether it has a runtime or not.
pub(crate) struct Listener {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Duration>>,
    stopped: Receiver<()>,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Listener {
    /// Binds the address and starts to answer.
    pub(crate) fn start(settings: &Settings) -> Result<Self, ListenError> {
        Self::start_with(settings, LIMITS)
    }

    pub(super) fn start_with(settings: &Settings, limits: Limits) -> Result<Self, ListenError> {
        let (socket, address) = bind(settings)?;
        let hosts = Hosts::new(address, &settings.hosts);
        let site = Site::new(settings.paths.clone(), Some(hosts));
        let (runtime, listener) = runtime(socket).map_err(ListenError::Start)?;
        let (stop, stopping) = oneshot::channel();
        let (done, stopped) = sync_channel(1);
        std::thread::Builder::new()
            .name("obs-http".to_owned())
            .spawn(move || run(runtime, listener, site, limits, stopping, &done))
            .map_err(ListenError::Start)?;
        Ok(Self {
            address,
            stop: Some(stop),
            stopped,
        })
    }

    /// The address, with the real port.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more connections, lets requests under way end, and returns when they have, or at the
    /// latest after about `limit`.
    pub(crate) fn stop(mut self, limit: Duration) {
        self.request_stop(limit);
        // The thread ends in time by itself; the margin is for a machine that is busy.
        let _ = self
            .stopped
            .recv_timeout(limit + Duration::from_millis(500));
    }

    fn request_stop(&mut self, limit: Duration) {
        if let Some(stop) = self.stop.take() {
            // Fails if the thread is gone: then it has stopped.
            let _ = stop.send(limit);
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.request_stop(Duration::ZERO);
    }
}

fn bind(settings: &Settings) -> Result<(StdListener, SocketAddr), ListenError> {
    let Ok(listen) = settings.listen.parse::<SocketAddr>() else {
        return Err(ListenError::Address {
            listen: settings.listen.clone(),
        });
    };
    if !listen.ip().is_loopback() && !settings.allow_unauthenticated {
        return Err(ListenError::Public { listen });
    }
    let refused = |error| ListenError::Bind { listen, error };
    let socket = StdListener::bind(listen).map_err(refused)?;
    socket.set_nonblocking(true).map_err(refused)?;
    let address = socket.local_addr().map_err(refused)?;
    Ok((socket, address))
}

fn runtime(socket: StdListener) -> io::Result<(Runtime, TcpListener)> {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(WORKERS)
        .thread_name("obs-http-work")
        .on_thread_start(keep_quiet)
        .build()?;
    let listener = {
        let _inside = runtime.enter();
        TcpListener::from_std(socket)?
    };
    Ok((runtime, listener))
}

fn run(
    runtime: Runtime,
    listener: TcpListener,
    site: Arc<Site>,
    limits: Limits,
    stopping: oneshot::Receiver<Duration>,
    done: &SyncSender<()>,
) {
    keep_quiet();
    runtime.block_on(serve(listener, site, limits, stopping));
    // Answers that are still being made are of no use to anybody.
    runtime.shutdown_background();
    let _ = done.send(());
}

/// Keeps what the HTTP library logs on the endpoints' threads out of the program's log.
fn keep_quiet() {
    #[cfg(feature = "log")]
    std::mem::forget(crate::log::suppress());
}

async fn serve(
    listener: TcpListener,
    site: Arc<Site>,
    limits: Limits,
    mut stopping: oneshot::Receiver<Duration>,
) {
    let room = Arc::new(Semaphore::new(limits.max_connections as usize));
    let (closing, close) = watch::channel(());
    let limit = loop {
        tokio::select! {
            // An error means that the owner is gone without a word.
            limit = &mut stopping => break limit.unwrap_or_default(),
            (stream, permit) = accept(&listener, &room) => {
                tokio::spawn(connection(stream, permit, site.clone(), limits, close.clone()));
            }
        }
    };
    site.close();
    drop((listener, close, closing));
    let all_are_closed = room.acquire_many(limits.max_connections);
    let _ = timeout(limit, all_are_closed).await;
}

/// The next connection, when there is room for it.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        if let Ok(permit) = room.clone().acquire_owned().await {
            match listener.accept().await {
                Ok((stream, _)) => return (stream, permit),
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        }
    }
}

/// Serves a connection until the client closes it, it is too old, or the listener stops. In the
/// latter cases the request under way is answered first.
async fn connection(
    stream: TcpStream,
    _permit: OwnedSemaphorePermit,
    site: Arc<Site>,
    limits: Limits,
    mut close: watch::Receiver<()>,
) {
    let service = service_fn(move |request| {
        let answer = site.clone().answer(request);
        async move {
            let answered = timeout(limits.request_timeout, answer).await;
            Ok::<_, Infallible>(answered.unwrap_or_else(|_| too_slow().into_response(false)))
        }
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
        _ = close.changed() => {}
        () = sleep(limits.max_age) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(limits.request_timeout, connection).await;
}

fn too_slow() -> Answer {
    let message = "the request took too long; ask again";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", message).into()
}
