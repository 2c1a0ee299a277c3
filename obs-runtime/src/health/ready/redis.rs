//! Whether Redis answers.

use std::time::Instant;

use redis::aio::ConnectionLike;

use crate::health::{BoxedHealth, Health, Probe};

/// Whether Redis answers `PING` over the program's own connection: any that can be cloned, such as a
/// `MultiplexedConnection` or a `ConnectionManager`, which connects again by itself.
///
/// ```no_run
/// use obs_runtime::health::{self, ready::Redis};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = redis::Client::open("redis://127.0.0.1/")?;
/// let connection = client.get_multiplexed_async_connection().await?;
/// health::check("cache", Redis::new(connection)).register()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Redis<C> {
    connection: C,
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Redis<C> {
    /// The Redis at the other end of a connection.
    #[must_use]
    pub fn new(connection: C) -> Self {
        Self { connection }
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Probe for Redis<C> {
    fn probe(&self) -> BoxedHealth<'_> {
        let connection = self.connection.clone();
        Box::pin(ping(connection))
    }
}

/// Whether Redis takes a new connection and answers `PING` over it.
#[derive(Debug, Clone)]
pub struct RedisServer {
    client: redis::Client,
}

impl RedisServer {
    /// The Redis that a client connects to.
    #[must_use]
    pub fn new(client: redis::Client) -> Self {
        Self { client }
    }
}

impl Probe for RedisServer {
    fn probe(&self) -> BoxedHealth<'_> {
        Box::pin(async {
            match self.client.get_multiplexed_async_connection().await {
                Ok(connection) => ping(connection).await,
                Err(error) => Health::unhealthy(error.to_string()),
            }
        })
    }
}

async fn ping(mut connection: impl ConnectionLike) -> Health {
    let began = Instant::now();
    match redis::cmd("PING").query_async::<()>(&mut connection).await {
        Ok(()) => Health::healthy().with("ping_seconds", began.elapsed()),
        Err(error) => Health::unhealthy(error.to_string()),
    }
}
