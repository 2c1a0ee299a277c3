//! Whether an SQL database answers.

use std::fmt;
use std::time::Instant;

use sqlx::{Connection, Database, Pool};

use crate::health::{BoxedHealth, Health, Probe};

/// Whether a pool of `sqlx` gives a connection and the database answers over it: any database that `sqlx` has a driver
/// for. How many connections there are, and how many of them are idle, are details.
///
/// A pool that has none left within the time limit is unhealthy too, as it is for everybody else.
///
/// ```
/// use obs_runtime::health::{self, ready::Sql};
/// use sqlx::sqlite::SqlitePoolOptions;
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let pool = SqlitePoolOptions::new().connect_lazy("sqlite::memory:")?;
/// health::check("orders", Sql::new(pool)).register()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct Sql<DB: Database> {
    pool: Pool<DB>,
}

impl<DB: Database> Sql<DB> {
    /// The database behind a pool.
    #[must_use]
    pub fn new(pool: Pool<DB>) -> Self {
        Self { pool }
    }

    async fn look(&self) -> Health {
        let began = Instant::now();
        let health = match self.ping().await {
            Ok(()) => Health::healthy().with("ping_seconds", began.elapsed()),
            Err(error) => Health::unhealthy(error.to_string()),
        };
        health
            .with("connections", self.pool.size())
            .with("idle", self.pool.num_idle())
    }

    async fn ping(&self) -> Result<(), sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        connection.ping().await
    }
}

impl<DB: Database> Probe for Sql<DB> {
    fn probe(&self) -> BoxedHealth<'_> {
        Box::pin(self.look())
    }
}

impl<DB: Database> fmt::Debug for Sql<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sql").finish_non_exhaustive()
    }
}
