//! Whether somebody accepts connections.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::at_once;
use crate::health::{BoxedHealth, Health, Probe};

/// For how long one address is waited for: shorter than most time limits, so that the next one gets its turn.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether a connection is accepted at a host and port. It is closed at once, so the other side must not mind that.
///
/// All addresses of a name are tried, and one is enough.
#[derive(Debug, Clone)]
pub struct Tcp {
    address: String,
}

impl Tcp {
    /// The place, such as `db.example.com:5432`.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
        }
    }

    fn look(&self) -> Health {
        let began = Instant::now();
        match connect(&self.address, PATIENCE) {
            Ok(_) => Health::healthy().with("connect_seconds", began.elapsed()),
            Err(error) => Health::unhealthy(format!("`{}`: {error}", self.address)),
        }
    }
}

impl Probe for Tcp {
    fn probe(&self) -> BoxedHealth<'_> {
        at_once(|| self.look())
    }
}

/// A connection to the first address that accepts one.
pub(super) fn connect(address: &str, patience: Duration) -> io::Result<TcpStream> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::health::Status;

    #[test]
    fn a_listener_is_healthy_and_a_closed_port_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        assert_eq!(Tcp::new(&address).look().status(), Status::Healthy);
        drop(listener);
        let health = Tcp::new(&address).look();
        assert_eq!(health.status(), Status::Unhealthy);
        assert!(
            health.message().starts_with(&format!("`{address}`: ")),
            "{}",
            health.message()
        );
    }

    #[test]
    fn a_name_without_a_port_says_so() {
        let health = Tcp::new("localhost").look();
        assert_eq!(health.status(), Status::Unhealthy);
    }
}
