//! Where a request comes from.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Peer {
    /// A socket of this address.
    Machine(SocketAddr),
    /// A process of this user, over a Unix socket. `None` if the system does not say.
    User(Option<u32>),
}

/// What the listener knows of a request: an extension of it.
#[derive(Debug, Clone)]
pub(in crate::http) struct From {
    pub(in crate::http) peer: Peer,
    /// The SHA-256 of the client's certificate, in hexadecimal.
    pub(in crate::http) certificate: Option<Arc<str>>,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(address) => address.fmt(f),
            Self::User(Some(user)) => write!(f, "unix socket, user {user}"),
            Self::User(None) => f.write_str("unix socket"),
        }
    }
}
