//! Why there is no listener.

use std::fmt;
use std::io;
use std::net::SocketAddr;

/// Why there is no listener.
#[derive(Debug)]
#[non_exhaustive]
pub enum ListenError {
    /// The configured address is not an IP address and a port.
    Address {
        /// What is configured.
        listen: String,
    },
    /// Other machines could reach the address, and nobody said that they may.
    Public {
        /// What is configured.
        listen: SocketAddr,
    },
    /// The system refuses the address: in use, not of this machine, or a port below 1024.
    Bind {
        /// What is configured.
        listen: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The thread or its runtime could not be started.
    Start(io::Error),
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { listen } => write!(
                f,
                "`{listen}` is not an IP address and a port; set `http.listen` to `127.0.0.1:9464`"
            ),
            Self::Public { listen } => write!(
                f,
                "other machines can reach `{listen}` and the endpoints ask nobody who they are; \
                 listen on `127.0.0.1:{}`, or set `http.allow_unauthenticated` to `true`",
                listen.port()
            ),
            Self::Bind { listen, error } if error.kind() == io::ErrorKind::AddrInUse => write!(
                f,
                "`{listen}` is in use by another listener; set `http.listen` or `OBS_LISTEN` to a free \
                 port, or to port 0 for any"
            ),
            Self::Bind { listen, error } => {
                write!(
                    f,
                    "cannot listen on `{listen}`: {error}; set `http.listen` or `OBS_LISTEN`"
                )
            }
            Self::Start(error) => write!(f, "cannot start the thread `obs-http`: {error}"),
        }
    }
}

impl std::error::Error for ListenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Address { .. } | Self::Public { .. } => None,
            Self::Bind { error, .. } | Self::Start(error) => Some(error),
        }
    }
}
