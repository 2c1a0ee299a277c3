//! The endpoints over real connections.

mod access;
mod analytics;
mod attacks;
mod breakers;
mod caches;
mod endpoints;
mod errors;
mod limits;
mod listening;
mod mounting;
mod origins;
mod scrapes;
#[cfg(feature = "tls")]
mod tls;
mod traces;
#[cfg(unix)]
mod unix;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use obs_schema::monitoring::{Anonymous, Monitoring};
use serde_json::Value;

use super::listener::Listener;
use super::settings::Settings;

/// The default settings on any free port, where everybody may do everything.
fn settings() -> Settings {
    let mut monitoring = Monitoring::DEFAULT;
    monitoring.http.listen = "127.0.0.1:0";
    monitoring.http.anonymous = Anonymous::Write;
    Settings::from(&monitoring)
}

/// A listener, and what it answers.
struct Server(Listener);

impl Server {
    fn start() -> Self {
        Self(Listener::start(&settings()).unwrap())
    }

    fn address(&self) -> SocketAddr {
        self.0.address().unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        reqwest::get(self.url(path)).await.unwrap()
    }

    /// The status and the JSON of an answer.
    async fn json(&self, path: &str) -> (u16, Value) {
        read_json(self.get(path).await).await
    }

    /// Writes bytes to a connection and reads until the server closes it.
    fn raw(&self, request: &[u8]) -> String {
        raw(self.address(), request)
    }
}

async fn read_json(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/json");
    (
        status,
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
    )
}

fn raw(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status line of a raw answer.
fn status(answer: &str) -> &str {
    answer.lines().next().unwrap_or("")
}
