//! Redis.

use obs_runtime::health::Status;
use obs_runtime::health::ready::{Redis, RedisServer};

use super::server::Server;
use super::{becomes, check};

#[tokio::test(flavor = "multi_thread")]
async fn redis_answers_until_it_ends() {
    let Some(redis) = Server::redis() else { return };
    let client = redis::Client::open(format!("redis://{}/", redis.address)).unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    check("redis-connection", Redis::new(connection))
        .register()
        .unwrap();
    check("redis-server", RedisServer::new(client))
        .register()
        .unwrap();
    for name in ["redis-connection", "redis-server"] {
        let report = becomes(name, Status::Healthy).await;
        assert_eq!(report.health.unwrap().details()[0].0, "ping_seconds");
    }
    drop(redis);
    for name in ["redis-connection", "redis-server"] {
        let report = becomes(name, Status::Unhealthy).await;
        assert!(!super::message(&report).is_empty());
    }
}
