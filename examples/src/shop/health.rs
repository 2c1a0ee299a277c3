//! What the shop depends on, and how it looks after it.
//!
//! Without its database the shop cannot do anything, so it takes no requests. Without the payment API it
//! still shows its products: that is a warning. What only a restart repairs is a matter of liveness.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use obs_runtime::health::ready::{Disk, Http, Memory, RateLimit};
use obs_runtime::health::{self, HealthError, Heartbeat, Liveness};
use obs_runtime::health_check;
use tokio::runtime::Handle;

use super::store::Store;

/// Beats with every delivery, which comes every two seconds.
pub static DELIVERIES: Heartbeat = Heartbeat::new(Duration::from_secs(60));

#[health_check("deliveries", kind = liveness)]
fn deliveries() -> Liveness {
    Liveness::new().heartbeat("deliveries", &DELIVERIES)
}

/// Watches the process, the database and the disk that it is on.
///
/// # Errors
///
/// If there are such checks already.
pub fn watch(store: &Store, database: Option<&Path>) -> Result<(), HealthError> {
    let process = Liveness::new().runtime("tokio", &Handle::current());
    let process = process.and("memory", Memory::new());
    health::liveness("process", process)
        .unhealthy_threshold(3)
        .register()?;

    let store = store.clone();
    let answers = move || {
        let store = store.clone();
        async move {
            store
                .run(|database| database.query_row("SELECT 1", [], |row| row.get::<_, i64>(0)))
                .await
        }
    };
    health::check("database", answers)
        .interval(Duration::from_secs(5))
        .group("storage")
        .register()?;

    let disk = Disk::new(database.map_or_else(std::env::temp_dir, place));
    health::check("disk", disk)
        .critical(false)
        .group("storage")
        .register()?;
    Ok(())
}

/// Watches the payment API.
///
/// # Errors
///
/// If there are such checks already.
pub fn watch_payments(api: SocketAddr) -> Result<(), HealthError> {
    let status = Http::new(&format!("http://{api}/v1/status"))?.json("/state", "up");
    health::check("payments", status)
        .critical(false)
        .group("payments")
        .register()?;
    let calls = RateLimit::new("payments").degraded_below(10.0);
    health::check("payment-calls", calls)
        .critical(false)
        .group("payments")
        .register()?;
    Ok(())
}

/// The directory that a file is in.
fn place(file: &Path) -> PathBuf {
    match file.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory.to_owned(),
        _ => PathBuf::from("."),
    }
}
