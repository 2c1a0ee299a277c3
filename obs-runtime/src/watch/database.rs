//! Pools of `sqlx`.

use sqlx::{Database, Pool};

use super::{Watched, watch};
use crate::collect::Sink;

/// Watches a pool of `sqlx`, of any database. Once it is closed, it has no series.
///
/// The names are those of OpenTelemetry, but for `db.client.connection.count`: no gauge may end in `_count`, so that
/// is `db_client_connections`.
///
/// ```
/// use obs_runtime::watch;
/// use sqlx::sqlite::SqlitePoolOptions;
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let pool = SqlitePoolOptions::new().max_connections(5).connect_lazy("sqlite::memory:")?;
/// watch::sqlx_pool("orders", &pool);
/// # Ok::<(), sqlx::Error>(())
/// # }).unwrap();
/// ```
pub fn sqlx_pool<DB: Database>(name: impl Into<String>, pool: &Pool<DB>) -> Watched {
    let (name, pool) = (name.into(), pool.clone());
    watch("sqlx", move |sink| {
        if !pool.is_closed() {
            gauges(&name, &pool, sink);
        }
    })
}

fn gauges<DB: Database>(name: &str, pool: &Pool<DB>, sink: &mut Sink<'_>) {
    const NAME: &str = "db_client_connection_pool_name";
    // Both are read on their own: one may have become idle, or gone, in between.
    let idle = pool.num_idle() as u64;
    let used = u64::from(pool.size()).saturating_sub(idle);
    for (word, count) in [("idle", idle), ("used", used)] {
        let labels = [(NAME, name), ("db_client_connection_state", word)];
        let help = "Connections of a pool of a database, by whether they are in use.";
        sink.gauge("db_client_connections", help, "", &labels, count as f64);
    }
    let max = f64::from(pool.options().get_max_connections());
    let help = "How many connections a pool of a database can have.";
    sink.gauge("db_client_connection_max", help, "", &[(NAME, name)], max);
}
