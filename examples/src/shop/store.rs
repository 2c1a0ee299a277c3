//! The database: one SQLite connection, used from blocking threads.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use obs_runtime::Outcome;
use obs_runtime::watch::PoolState;
use rusqlite::Connection;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS products (
        sku TEXT PRIMARY KEY, name TEXT NOT NULL, price_cents INTEGER NOT NULL,
        stock INTEGER NOT NULL CHECK (stock >= 0)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS orders (
        id INTEGER PRIMARY KEY, customer TEXT NOT NULL, total_cents INTEGER NOT NULL,
        status TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS outbox (
        id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, recipient TEXT NOT NULL, body TEXT NOT NULL
    ) STRICT;
";

/// A query that did not give an answer.
#[derive(Debug, thiserror::Error, Outcome)]
pub enum StoreError {
    /// SQLite refused it.
    #[error("the database failed: {0}")]
    #[outcome(failure)]
    Database(#[from] rusqlite::Error),
    /// The runtime stopped before it ran, or it panicked.
    #[error("the query was not finished: {0}")]
    #[outcome(failure)]
    Unfinished(#[from] tokio::task::JoinError),
}

/// The shop's database.
#[derive(Debug, Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
}

impl Store {
    /// Opens the database in `file`, or one in memory, and creates what is missing.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened as an SQLite database.
    pub fn open(file: Option<&Path>) -> rusqlite::Result<Self> {
        let connection = match file {
            Some(file) => Connection::open(file)?,
            None => Connection::open_in_memory()?,
        };
        connection.execute_batch(SCHEMA)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Whether the connection is in use.
    #[must_use]
    pub fn pool(&self) -> PoolState {
        let is_used = matches!(self.connection.try_lock(), Err(TryLockError::WouldBlock));
        let used = u64::from(is_used);
        PoolState::new(used, 1 - used).max(1)
    }

    /// Runs `query` on a blocking thread, inside the caller's trace.
    ///
    /// # Errors
    ///
    /// Those of the query, and if the runtime shuts down before it ran.
    pub async fn run<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let connection = self.connection.clone();
        let job = move || query(&mut connection.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(obs_runtime::handoff::spawn_blocking(job).await??)
    }
}
