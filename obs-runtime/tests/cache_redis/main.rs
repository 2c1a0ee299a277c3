//! A cache in a real Redis. Without `redis-server` on this machine the tests say so and are skipped, or fail with
//! `CHECK_REQUIRE_TOOLS=1`.

#![cfg(all(feature = "redis", feature = "log"))]

mod clearing;
mod globs;
#[allow(dead_code, reason = "other tests ask their servers more")]
#[path = "../push_servers/server.rs"]
mod server;

use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::cmd;
use server::Server;

/// Waits until something is there.
fn eventually<T>(mut found: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < deadline, "it did not happen in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A Redis with empty databases.
struct Redis(Server);

impl Redis {
    fn start() -> Option<Self> {
        Server::start("redis-server", "--version", |port, _| {
            let port = port.to_string();
            let options = ["--port", &port, "--bind", "127.0.0.1", "--save", ""];
            options.map(str::to_owned).to_vec()
        })
        .map(Self)
    }

    async fn connect(&self, database: u32) -> MultiplexedConnection {
        let url = format!("redis://{}/{database}", self.0.address);
        let client = redis::Client::open(url).unwrap();
        client.get_multiplexed_async_connection().await.unwrap()
    }
}

async fn set(
    connection: &mut MultiplexedConnection,
    keys: &[impl redis::ToSingleRedisArg + Clone],
) {
    for key in keys {
        let mut set = cmd("SET");
        let set = set.arg(key.clone()).arg(1);
        set.query_async::<()>(connection).await.unwrap();
    }
}

/// Every key of a database, in order.
async fn all(connection: &mut MultiplexedConnection) -> Vec<String> {
    let mut keys: Vec<String> = cmd("KEYS").arg("*").query_async(connection).await.unwrap();
    keys.sort();
    keys
}
