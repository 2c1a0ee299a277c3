//! A receiver over HTTP that takes everything and keeps it.

use std::net::{SocketAddr, TcpListener};

mod serve;

pub(crate) use serve::Bodies;

/// Takes every request to `path`, keeps the bodies, and says `answer`.
pub(crate) fn start(path: &'static str, answer: &'static str) -> (SocketAddr, Bodies) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (address, serve::serve(listener, path, answer))
}
