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
use server::{Server, eventually};

/// A Redis with empty databases.
struct Redis(Server);

impl Redis {
    fn start() -> Option<Self> {
        Server::redis().map(Self)
    }

    /// One that is a cluster all by itself.
    async fn start_cluster() -> Option<Self> {
        let bus = server::free_port().to_string();
        let redis = Server::redis_with(&["--cluster-enabled", "yes", "--cluster-port", &bus])?;
        let redis = Self(redis);
        let mut connection = redis.connect(0).await;
        let mut slots = cmd("CLUSTER");
        let slots = slots.arg("ADDSLOTSRANGE").arg(0).arg(16_383);
        slots.query_async::<()>(&mut connection).await.unwrap();
        // It takes a moment before the server serves them.
        let deadline = Instant::now() + Duration::from_secs(30);
        let mut ping = cmd("SET");
        let ping = ping.arg("ready").arg(1);
        while let Err(error) = ping.query_async::<()>(&mut connection).await {
            assert!(Instant::now() < deadline, "{error}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Some(redis)
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
