//! Servers that a real one is not: `tests/cache_redis` asks a real one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::redis::aio::ConnectionLike;
use ::redis::{Arg, Cmd, ErrorKind, Pipeline, RedisError, RedisFuture, Value};

use super::keys;
use crate::cache::{Cleared, Pattern};

/// A server that answers each `SCAN` with the same keys, whatever they are asked for.
#[derive(Clone)]
struct Server {
    keys: Vec<&'static str>,
    /// Answers of `SCAN` before the last.
    rounds: usize,
    /// Whether `UNLINK` fails the second time.
    breaks: bool,
    /// The answer to `INFO`; without one the program may not ask.
    info: Option<Value>,
    unlinked: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Server {
    fn new(keys: &[&'static str], rounds: usize) -> Self {
        Self {
            keys: keys.to_vec(),
            rounds,
            breaks: false,
            info: None,
            unlinked: Arc::default(),
        }
    }

    fn unlinked(&self) -> Vec<Vec<String>> {
        self.unlinked.lock().unwrap().clone()
    }

    fn answer(&mut self, words: &[String]) -> Result<Value, RedisError> {
        match words[0].as_str() {
            "SCAN" => {
                let next = if self.rounds > 0 { "7" } else { "0" };
                self.rounds = self.rounds.saturating_sub(1);
                let bytes = |text: &str| Value::BulkString(text.as_bytes().to_vec());
                let keys = self.keys.iter().map(|key| bytes(key)).collect();
                Ok(Value::Array(vec![bytes(next), Value::Array(keys)]))
            }
            "UNLINK" => {
                let mut unlinked = self.unlinked.lock().unwrap();
                if self.breaks && !unlinked.is_empty() {
                    return Err((ErrorKind::Io, "the connection broke").into());
                }
                unlinked.push(words[1..].to_vec());
                Ok(Value::Int(words.len() as i64 - 1))
            }
            "INFO" => {
                let refused = || (ErrorKind::Client, "NOPERM").into();
                self.info.clone().ok_or_else(refused)
            }
            other => panic!("`{other}` was asked"),
        }
    }
}

impl ConnectionLike for Server {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let words: Vec<String> = command
            .args_iter()
            .map(|word| match word {
                Arg::Simple(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
                _ => String::new(),
            })
            .collect();
        Box::pin(async move { self.answer(&words) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        panic!("nothing is sent in one piece")
    }

    fn get_db(&self) -> i64 {
        0
    }
}

async fn clear(server: &Server, limit: Duration) -> Result<Cleared, String> {
    let pattern = Pattern::new("user:*").unwrap();
    let cleared = keys::clear(server.clone(), "shop:", &pattern, limit).await;
    cleared.map_err(|error| error.to_string())
}

#[tokio::test]
async fn keys_that_the_server_should_not_have_named_stay() {
    let server = Server::new(
        &[
            "shop:user:1",
            "shop:order:1",
            "user:1",
            "other:shop:user:1",
            "SHOP:user:1",
            "shop:user",
        ],
        0,
    );
    assert_eq!(clear(&server, keys::LIMIT).await, Ok(Cleared::all(1)));
    assert_eq!(server.unlinked(), [["shop:user:1"]]);
}

#[tokio::test]
async fn nothing_is_removed_where_nothing_matches() {
    let server = Server::new(&["shop:order:1"], 3);
    assert_eq!(clear(&server, keys::LIMIT).await, Ok(Cleared::all(0)));
    assert!(server.unlinked().is_empty());
}

#[tokio::test]
async fn a_scan_without_end_ends_and_says_so() {
    let server = Server::new(&["shop:user:1"], usize::MAX);
    let cleared = clear(&server, Duration::from_millis(20)).await.unwrap();
    assert!(!cleared.complete && cleared.entries > 0);
    assert_eq!(cleared.entries, server.unlinked().len() as u64);
    assert_eq!(keys::count(server, "shop:").await, Ok(None));
}

#[tokio::test]
async fn the_end_of_a_scan_is_the_end_however_late_it_is() {
    let server = Server::new(&["shop:user:1"], 0);
    assert_eq!(clear(&server, Duration::ZERO).await, Ok(Cleared::all(1)));
}

#[tokio::test]
async fn what_went_before_an_error_is_said() {
    let mut server = Server::new(&["shop:user:1", "shop:user:2"], 5);
    server.breaks = true;
    let error = clear(&server, keys::LIMIT).await.unwrap_err();
    assert!(error.contains("the connection broke"), "{error}");
    assert!(
        error.ends_with("; 2 keys were removed before that"),
        "{error}"
    );
}

#[tokio::test]
async fn nothing_is_removed_in_a_cluster() {
    let text = |text: &str| Value::BulkString(format!("# Cluster\r\n{text}\r\n").into());
    let several = Value::Map(vec![(text("127.0.0.1:7000"), text("cluster_enabled:1"))]);
    for (info, is_cleared) in [
        (text("cluster_enabled:0"), true),
        (text(""), true),
        (Value::Nil, true),
        (text("cluster_enabled:1"), false),
        (several, false),
    ] {
        let mut server = Server::new(&["shop:user:1"], 0);
        server.info = Some(info.clone());
        let cleared = clear(&server, keys::LIMIT).await;
        assert_eq!(cleared.is_ok(), is_cleared, "{info:?}: {cleared:?}");
        assert_eq!(server.unlinked().is_empty(), !is_cleared, "{info:?}");
    }
}
