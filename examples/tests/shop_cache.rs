//! The shop keeps answers, in memory or in Redis, and can be told to forget them.

mod common;
#[allow(dead_code, reason = "other tests ask their servers more")]
#[path = "../../obs-runtime/tests/push_servers/server.rs"]
mod server;

use common::shop::{Shop, command};
use serde_json::{Value, json};
use server::Server;

/// Lets anybody clear.
const WRITE: (&str, &str) = ("OBS__HTTP__ANONYMOUS", "write");

async fn products(shop: &Shop) -> Value {
    let answer = reqwest::get(shop.url("shop")).await.unwrap();
    answer.json().await.unwrap()
}

/// What the cache says of itself.
async fn cache(shop: &Shop) -> Value {
    let status = shop.json("/monitoring/cache/status").await;
    status["caches"][0].clone()
}

async fn clear(shop: &Shop, kind: &str, pattern: &str) -> (u16, Value) {
    let url = format!("{}/monitoring/cache/{kind}/clear", shop.monitoring());
    let ask = reqwest::Client::new().post(url);
    let answer = ask
        .json(&json!({ "pattern": pattern }))
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Asks for the products until they come out of the cache: a delivery may have thrown them out.
async fn hit(shop: &Shop) -> Value {
    for _ in 0..20 {
        let before = cache(shop).await["hits"].as_u64();
        let found = products(shop).await;
        if cache(shop).await["hits"].as_u64() > before {
            return found;
        }
    }
    panic!("nothing is kept");
}

#[tokio::test]
async fn answers_are_kept_in_memory_until_they_are_cleared() {
    let shop = Shop::start(&["--no-load"], &[WRITE]);
    let found = hit(&shop).await;
    assert_eq!(found.as_array().unwrap().len(), 6);
    let status = cache(&shop).await;
    assert_eq!(
        (&status["cache"], &status["kind"]),
        (&json!("answers"), &json!("memory"))
    );
    let (status, cleared) = clear(&shop, "memory", "order:*").await;
    assert_eq!((status, &cleared["removed"]), (200, &json!(0)));
    hit(&shop).await;
    let (status, cleared) = clear(&shop, "memory", "product?").await;
    assert_eq!((status, &cleared["removed"]), (200, &json!(1)));
    let (status, answer) = clear(&shop, "redis", "*").await;
    assert_eq!((status, &answer["error"]), (404, &json!("not_found")));

    let (_, text) = shop.metrics("text/plain").await;
    for series in [
        r#"cache_hits_total{service="shop",cache="answers",kind="memory"}"#,
        r#"cache_operation_duration_seconds_count{service="shop",cache="answers",operation="get"}"#,
        r#"pool_max_size{service="shop",pool="database"} 1"#,
        r#"queue_depth{service="shop",queue="confirmations"} 0"#,
    ] {
        assert!(text.contains(series), "no `{series}` in {text}");
    }
}

#[tokio::test]
async fn answers_are_kept_in_redis_where_there_is_one() {
    let Some(redis) = Server::redis() else { return };
    let url = format!("redis://{}/3", redis.address);
    let shop = Shop::start(&["--no-load"], &[WRITE, ("OBS_REDIS_URL", &url)]);
    let found = hit(&shop).await;
    assert_eq!(cache(&shop).await["kind"], "redis");
    // Another shop finds what this one has kept.
    let other = Shop::start(&["--no-load"], &[WRITE, ("OBS_REDIS_URL", &url)]);
    assert_eq!(hit(&other).await, found);

    let client = redis::Client::open(url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let set = redis::cmd("SET")
        .arg("products")
        .arg("another's")
        .to_owned();
    set.query_async::<()>(&mut connection).await.unwrap();
    hit(&shop).await;
    let (status, cleared) = clear(&shop, "redis", "products").await;
    assert_eq!((status, &cleared["removed"]), (200, &json!(1)));
    let theirs = redis::cmd("GET").arg("products").to_owned();
    let theirs: String = theirs.query_async(&mut connection).await.unwrap();
    assert_eq!(theirs, "another's");

    drop(redis);
    assert_eq!(products(&shop).await, found, "the database still answers");
    let (status, answer) = clear(&shop, "redis", "*").await;
    assert_eq!((status, &answer["error"]), (502, &json!("incomplete")));
}

#[test]
fn a_redis_that_is_not_there_is_named_with_the_variable() {
    let mut command = command();
    let output = command
        .args(["--port", "0", "--no-load"])
        .env("OBS_REDIS_URL", "redis://127.0.0.1:1/")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("OBS_REDIS_URL"), "{message}");
}
