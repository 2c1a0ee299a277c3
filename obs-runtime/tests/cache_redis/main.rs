//! A cache in a real Redis. Without `redis-server` on this machine the tests say so and are skipped, or fail with
//! `CHECK_REQUIRE_TOOLS=1`.

#![cfg(all(feature = "redis", feature = "log"))]

mod clearing;
mod globs;
#[allow(dead_code, reason = "other tests ask their servers more")]
#[path = "../push_servers/server.rs"]
mod server;

use redis::aio::MultiplexedConnection;
use redis::cmd;
use server::{Server, eventually};

/// A Redis with empty databases.
struct Redis(Server);

impl Redis {
    fn start() -> Option<Self> {
        Server::redis().map(Self)
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
