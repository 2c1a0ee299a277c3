//! The listener for programs that have no server, or want the endpoints apart from theirs.

mod connections;
mod error;
mod pace;
mod paced;
mod serve;
mod socket;
#[cfg(feature = "tls")]
mod tls;
#[cfg(unix)]
mod unix;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use obs_schema::monitoring::SocketAccess;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

pub use error::ListenError;

use self::connections::Connections;
use self::serve::Door;
use self::socket::Bound;
#[cfg(feature = "tls")]
use self::tls::Tls;
use super::access::{Gate, Reach};
use super::guard::{Access, Hosts};
use super::settings::Settings;
use super::site::Site;

/// Bytes of a request's head; more is answered with 431, by hyper itself and so without a body.
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
}

pub(super) const LIMITS: Limits = Limits {
    header_timeout: HEADER_TIMEOUT,
    request_timeout: REQUEST_TIMEOUT,
    max_age: MAX_AGE,
};

/// The monitoring endpoints on an address of their own.
///
/// They run on one thread, `obs-http`, with a runtime of its own, so they answer whatever the program
/// is doing and whether it has a runtime or not.
pub(crate) struct Listener {
    address: Option<SocketAddr>,
    probes: Option<SocketAddr>,
    stop: Option<oneshot::Sender<Duration>>,
    stopped: Receiver<()>,
}

/// A socket and what answers on it, before there is a runtime.
struct Opened {
    bound: Bound,
    site: Arc<Site>,
    connections: Arc<Connections>,
    #[cfg(feature = "tls")]
    tls: Option<Arc<Tls>>,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("address", &self.address)
            .field("probes", &self.probes)
            .finish_non_exhaustive()
    }
}

impl Listener {
    /// Binds the address and starts to answer.
    pub(crate) fn start(settings: &Settings) -> Result<Self, ListenError> {
        Self::start_with(settings, LIMITS)
    }

    pub(super) fn start_with(settings: &Settings, limits: Limits) -> Result<Self, ListenError> {
        let main = open_main(settings)?;
        let probes = (!settings.probes_listen.is_empty())
            .then(|| open_probes(settings))
            .transpose()?;
        let (address, probes_address) = (
            main.bound.address(),
            probes.as_ref().and_then(|probes| probes.bound.address()),
        );
        let opened = std::iter::once(main).chain(probes).collect();
        let (runtime, doors) = runtime(opened).map_err(ListenError::Start)?;
        let (stop, stopping) = oneshot::channel();
        let (done, stopped) = sync_channel(1);
        std::thread::Builder::new()
            .name("obs-http".to_owned())
            .spawn(move || run(runtime, doors, limits, stopping, &done))
            .map_err(ListenError::Start)?;
        Ok(Self {
            address,
            probes: probes_address,
            stop: Some(stop),
            stopped,
        })
    }

    /// The address, with the real port; `None` for a Unix socket.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// The address that has the probes alone, with the real port.
    pub(crate) fn probes_address(&self) -> Option<SocketAddr> {
        self.probes
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

/// All endpoints, where the configuration says.
fn open_main(settings: &Settings) -> Result<Opened, ListenError> {
    check_exposure(settings)?;
    let gate = Gate::new(&settings.rules, reach(settings))?;
    let bound = Bound::new(&settings.listen, settings)?;
    let site = Site::new(settings.paths.clone(), hosts(&bound, settings), gate);
    Ok(Opened {
        bound,
        site,
        connections: Connections::new(
            settings.max_connections,
            settings.max_connections_per_address,
        ),
        #[cfg(feature = "tls")]
        tls: settings.tls.as_ref().map(Tls::new).transpose()?,
    })
}

/// The probes and the metrics, which other machines may ask for.
fn open_probes(settings: &Settings) -> Result<Opened, ListenError> {
    let gate = Gate::new(&settings.rules, Reach::World)?;
    let bound = Bound::new(&settings.probes_listen, settings)?;
    let hosts = hosts(&bound, settings);
    Ok(Opened {
        bound,
        site: Site::of_probes(settings.paths.clone(), hosts, gate),
        connections: Connections::new(
            settings.max_connections,
            settings.max_connections_per_address,
        ),
        #[cfg(feature = "tls")]
        tls: None,
    })
}

/// Who can reach all the endpoints.
fn reach(settings: &Settings) -> Reach {
    match settings.listen.parse::<SocketAddr>() {
        Ok(listen) if listen.ip().to_canonical().is_loopback() => Reach::Machine,
        Ok(_) => Reach::World,
        Err(_) if settings.socket == SocketAccess::Owner => Reach::Owner,
        Err(_) => Reach::Machine,
    }
}

/// The names to be asked by. No browser can ask a Unix socket, whatever its pages are called.
fn hosts(bound: &Bound, settings: &Settings) -> Option<Hosts> {
    let address = bound.address()?;
    Some(Hosts::new(address, &settings.hosts))
}

/// Refuses to show other machines what the program does, unless both keys say so.
fn check_exposure(settings: &Settings) -> Result<(), ListenError> {
    #[cfg(not(feature = "tls"))]
    if settings.tls.is_some() {
        return Err(ListenError::NoTls);
    }
    let Ok(listen) = settings.listen.parse::<SocketAddr>() else {
        return Ok(());
    };
    let is_said = settings.allow_unauthenticated && settings.allow_remote;
    let is_open = settings.rules.anonymous(Reach::World) > Access::Open;
    if listen.ip().to_canonical().is_loopback() || !is_open || is_said {
        return Ok(());
    }
    Err(ListenError::Public { listen })
}

fn runtime(opened: Vec<Opened>) -> io::Result<(Runtime, Vec<Door>)> {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(WORKERS)
        .thread_name("obs-http-work")
        .on_thread_start(keep_quiet)
        .build()?;
    let doors: io::Result<Vec<Door>> = {
        let _inside = runtime.enter();
        opened.into_iter().map(Opened::listen).collect()
    };
    Ok((runtime, doors?))
}

impl Opened {
    fn listen(self) -> io::Result<Door> {
        Ok(Door {
            socket: self.bound.listen()?,
            site: self.site,
            connections: self.connections,
            #[cfg(feature = "tls")]
            tls: self.tls,
        })
    }
}

fn run(
    runtime: Runtime,
    doors: Vec<Door>,
    limits: Limits,
    stopping: oneshot::Receiver<Duration>,
    done: &SyncSender<()>,
) {
    keep_quiet();
    runtime.block_on(serve(doors, limits, stopping));
    // Answers that are still being made are of no use to anybody.
    runtime.shutdown_background();
    let _ = done.send(());
}

/// Keeps what the HTTP library logs on the endpoints' threads out of the program's log.
fn keep_quiet() {
    #[cfg(feature = "log")]
    std::mem::forget(crate::log::suppress());
}

async fn serve(doors: Vec<Door>, limits: Limits, stopping: oneshot::Receiver<Duration>) {
    let (closing, close) = watch::channel(());
    let sites: Vec<_> = doors.iter().map(|door| door.site.clone()).collect();
    let connections: Vec<_> = doors.iter().map(|door| door.connections.clone()).collect();
    let doors: Vec<_> = doors
        .into_iter()
        .map(|door| tokio::spawn(door.serve(limits, close.clone())))
        .collect();
    // An error means that the owner is gone without a word.
    let limit = stopping.await.unwrap_or_default();
    sites.iter().for_each(|site| site.close());
    drop((close, closing));
    let all_are_closed = async {
        for door in doors {
            let _ = door.await;
        }
        for connections in connections {
            connections.are_gone().await;
        }
    };
    let _ = timeout(limit, all_are_closed).await;
}
