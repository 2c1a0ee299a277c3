//! Why there is no listener.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use crate::http::access::CredentialsError;

/// Why there is no listener.
#[derive(Debug)]
#[non_exhaustive]
pub enum ListenError {
    /// The configured address is neither an IP address and a port nor a Unix socket.
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
        listen: String,
        /// Why.
        error: io::Error,
    },
    /// A file with credentials, a certificate or a key cannot be used.
    Credentials(CredentialsError),
    /// A certificate is configured, and this build of obs has no TLS.
    NoTls,
    /// The thread or its runtime could not be started.
    Start(io::Error),
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { listen } => write!(
                f,
                "`{listen}` is not an IP address and a port; set `http.listen` to `127.0.0.1:9464`, or to a path such as \
                 `unix:/run/obs.sock`"
            ),
            Self::Public { listen } => write!(
                f,
                "other machines can reach `{listen}` and may read without credentials; name a file with tokens by \
                 `OBS_AUTH_TOKEN_FILE`, or listen on `127.0.0.1:{}`, or set both `http.allow_unauthenticated` and \
                 `http.allow_remote` to `true`",
                listen.port()
            ),
            Self::Bind { listen, error } if error.kind() == io::ErrorKind::AddrInUse => {
                let free = match listen.starts_with("unix:") {
                    true => "another path",
                    false => "a free port, or to port 0 for any",
                };
                write!(
                    f,
                    "`{listen}` is in use by another listener; set `http.listen` or `OBS_LISTEN` to {free}"
                )
            }
            Self::Bind { listen, error } => {
                write!(
                    f,
                    "cannot listen on `{listen}`: {error}; set `http.listen` or `OBS_LISTEN`"
                )
            }
            Self::Credentials(error) => error.fmt(f),
            Self::NoTls => f.write_str(
                "`http.tls_certificate` is set but obs was built without TLS; add the feature `tls` of `obs-runtime`",
            ),
            Self::Start(error) => write!(f, "cannot start the thread `obs-http`: {error}"),
        }
    }
}

impl From<CredentialsError> for ListenError {
    fn from(error: CredentialsError) -> Self {
        Self::Credentials(error)
    }
}

impl std::error::Error for ListenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Address { .. } | Self::Public { .. } | Self::NoTls => None,
            Self::Credentials(error) => Some(error),
            Self::Bind { error, .. } | Self::Start(error) => Some(error),
        }
    }
}
