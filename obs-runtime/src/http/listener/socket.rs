//! Where connections come from: an address of this machine, or a Unix socket.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};

use tokio::net::{TcpListener, TcpStream};

use super::error::ListenError;
#[cfg(unix)]
use super::unix::{self, UnixSocket};
use crate::http::access::Peer;
use crate::http::settings::Settings;

/// A bound socket, before there is a runtime.
#[derive(Debug)]
pub(super) enum Bound {
    Tcp(StdListener, SocketAddr),
    #[cfg(unix)]
    Unix(UnixSocket),
}

/// A socket that accepts.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix {
        listener: tokio::net::UnixListener,
        #[expect(dead_code, reason = "held for what its end does")]
        file: UnixSocket,
    },
}

/// A connection.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
}

impl Bound {
    /// Binds an address: `127.0.0.1:9464`, `unix:/run/obs.sock`.
    pub(super) fn new(listen: &str, settings: &Settings) -> Result<Self, ListenError> {
        if let Some(path) = listen.strip_prefix("unix:") {
            return unix_socket(path, settings);
        }
        let Ok(listen) = listen.parse::<SocketAddr>() else {
            return Err(ListenError::Address {
                listen: listen.to_owned(),
            });
        };
        let refused = |error| ListenError::Bind {
            listen: listen.to_string(),
            error,
        };
        let socket = StdListener::bind(listen).map_err(refused)?;
        socket.set_nonblocking(true).map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;
        Ok(Self::Tcp(socket, address))
    }

    /// The address, with the real port; `None` for a Unix socket.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(_, address) => Some(*address),
            #[cfg(unix)]
            Self::Unix(_) => None,
        }
    }

    /// Inside a runtime: lets it accept.
    pub(super) fn listen(self) -> io::Result<Socket> {
        match self {
            Self::Tcp(socket, _) => TcpListener::from_std(socket).map(Socket::Tcp),
            #[cfg(unix)]
            Self::Unix(mut socket) => {
                let listener = tokio::net::UnixListener::from_std(socket.take()?)?;
                Ok(Socket::Unix {
                    listener,
                    file: socket,
                })
            }
        }
    }
}

#[cfg(unix)]
fn unix_socket(path: &str, settings: &Settings) -> Result<Bound, ListenError> {
    unix::bind(path.as_ref(), settings.socket)
        .map(Bound::Unix)
        .map_err(|error| ListenError::Bind {
            listen: format!("unix:{path}"),
            error,
        })
}

#[cfg(not(unix))]
fn unix_socket(path: &str, _: &Settings) -> Result<Bound, ListenError> {
    Err(ListenError::Bind {
        listen: format!("unix:{path}"),
        error: io::ErrorKind::Unsupported.into(),
    })
}

impl Socket {
    pub(super) async fn accept(&self) -> io::Result<(Stream, Peer)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                Ok((Stream::Tcp(stream), Peer::Machine(address)))
            }
            #[cfg(unix)]
            Self::Unix { listener, .. } => {
                let (stream, _) = listener.accept().await?;
                let user = stream.peer_cred().ok().map(|process| process.uid());
                Ok((Stream::Unix(stream), Peer::User(user)))
            }
        }
    }
}
