//! Answers that the shop keeps for a while: in Redis where there is one, in memory otherwise.
//!
//! They are a help and nothing more. Whatever goes wrong here is logged, and the database is asked.

use std::fmt::Display;
use std::time::Duration;

use moka::future::Cache;
use obs_runtime::cache::{self, AsyncMoka, CacheError, Redis};
use obs_runtime::health::{self, HealthError, ready};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// For how long an answer is kept.
const TIME_TO_LIVE: Duration = Duration::from_secs(10);
/// Bytes of the answers that are kept in memory.
const MAX_BYTES: u64 = 10 * 1_024 * 1_024;
/// How long Redis may take: what takes longer is no help.
const PATIENCE: Duration = Duration::from_millis(250);
/// Keys in Redis begin with this.
const PREFIX: &str = "shop:";

/// Why no answers can be kept.
#[derive(Debug, thiserror::Error)]
pub enum AnswersError {
    /// The address is no address, or nobody is there.
    #[error("cannot use Redis: {0}; correct OBS_REDIS_URL, or unset it")]
    Redis(#[from] RedisError),
    /// The cache has a name that is taken.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// Its check has a name that is taken.
    #[error(transparent)]
    Health(#[from] HealthError),
}

/// The answers, as JSON.
#[derive(Debug, Clone)]
pub enum Answers {
    /// In the process.
    Memory(AsyncMoka<String, String>),
    /// In Redis, for every shop that uses it.
    Redis(Redis<ConnectionManager>),
}

impl Answers {
    /// Answers in the Redis at an address, or in memory, and shown by the monitoring.
    ///
    /// # Errors
    ///
    /// If Redis cannot be used.
    pub async fn open(redis: Option<&str>) -> Result<Self, AnswersError> {
        match redis {
            Some(url) => Self::in_redis(url).await,
            None => Self::in_memory(),
        }
    }

    fn in_memory() -> Result<Self, AnswersError> {
        let weigh = |key: &String, answer: &String| (key.len() + answer.len()) as u32;
        let builder = Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(weigh)
            .time_to_live(TIME_TO_LIVE);
        let answers = AsyncMoka::build("answers", builder).weighed_in_bytes();
        cache::register(answers.clone())?;
        Ok(Self::Memory(answers))
    }

    async fn in_redis(url: &str) -> Result<Self, AnswersError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_with_config(Client::open(url)?, config).await?;
        health::check("redis", ready::Redis::new(connection.clone()))
            .critical(false)
            .group("storage")
            .register()?;
        let answers = Redis::new("answers", PREFIX, connection);
        cache::register(answers.clone())?;
        Ok(Self::Redis(answers))
    }

    /// The answer with this key, if it is kept.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let answer = match self {
            Self::Memory(answers) => answers.get(key).await,
            Self::Redis(answers) => or_log(answers.get::<String>(key).await).flatten(),
        };
        or_log(serde_json::from_str(&answer?))
    }

    /// Keeps an answer.
    pub async fn keep(&self, key: String, answer: &impl Serialize) {
        let Some(answer) = or_log(serde_json::to_string(answer)) else {
            return;
        };
        match self {
            Self::Memory(answers) => answers.insert(key, answer).await,
            Self::Redis(answers) => {
                or_log(answers.insert(&key, answer, TIME_TO_LIVE).await);
            }
        }
    }

    /// Keeps an answer no more, because it is not true any more.
    pub async fn forget(&self, key: &str) {
        match self {
            Self::Memory(answers) => drop(answers.remove(key).await),
            Self::Redis(answers) => {
                or_log(answers.remove(key).await);
            }
        }
    }
}

fn or_log<T>(result: Result<T, impl Display>) -> Option<T> {
    result
        .inspect_err(|error| tracing::warn!(%error, "an answer is not kept"))
        .ok()
}
