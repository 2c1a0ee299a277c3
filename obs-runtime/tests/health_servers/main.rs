//! The ready-made checks against the servers that they are for. Where one is missing on this machine, its test says
//! so and is skipped, or fails with `CHECK_REQUIRE_TOOLS=1`.

#![cfg(all(feature = "redis", feature = "sqlx", feature = "tonic"))]

mod grpc;
mod redis;
#[allow(dead_code, reason = "other tests ask their servers more")]
#[path = "../push_servers/server.rs"]
mod server;
mod sql;

use std::sync::LazyLock;
use std::time::Duration;

use obs_runtime::Starter;
use obs_runtime::config::Layers;
use obs_runtime::health::{self, CheckBuilder, Probe, Report, Status};
use server::eventually;

/// The service of this process, without endpoints, which runs to its end.
static SERVICE: LazyLock<()> = LazyLock::new(|| {
    let settings = [("OBS__HTTP__ENABLED", "false"), ("OBS_LOG", "off")];
    let running = Starter::new(Layers::default().variables(settings)).start();
    std::mem::forget(running.unwrap());
});

/// A check that runs often.
fn check(name: &str, probe: impl Probe) -> CheckBuilder {
    LazyLock::force(&SERVICE);
    health::check(name, probe)
        .timeout(Duration::from_millis(900))
        .interval(Duration::from_secs(1))
}

/// Waits until a check has a status.
async fn becomes(name: &'static str, status: Status) -> Report {
    let report = move || {
        let found = health::reports()
            .into_iter()
            .find(|report| report.name == name);
        found.filter(|report| report.status == Some(status))
    };
    tokio::task::spawn_blocking(move || eventually(report))
        .await
        .unwrap()
}

/// The message of the last result.
fn message(report: &Report) -> &str {
    report.health.as_ref().map_or("", |health| health.message())
}
