//! SQLite in the process, and PostgreSQL.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use obs_runtime::health::Status;
use obs_runtime::health::ready::Sql;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;

use super::server::{Server, program};
use super::{becomes, check, message};

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_of_sqlite_is_healthy_while_it_has_a_connection() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!(
        "sqlite://{}?mode=rwc",
        directory.path().join("orders.db").display()
    );
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_lazy(&url)
        .unwrap();
    check("sqlite", Sql::new(pool.clone())).register().unwrap();
    let report = becomes("sqlite", Status::Healthy).await;
    let health = report.health.unwrap();
    let names: Vec<_> = health
        .details()
        .iter()
        .map(|(name, _)| name.as_ref())
        .collect();
    assert_eq!(names, ["ping_seconds", "connections", "idle"]);

    let only = pool.acquire().await.unwrap();
    let report = becomes("sqlite", Status::Unhealthy).await;
    assert_eq!(message(&report), "no answer within 900ms");
    drop(only);
    becomes("sqlite", Status::Healthy).await;
    pool.close().await;
    let report = becomes("sqlite", Status::Unhealthy).await;
    assert!(
        message(&report).contains("closed pool"),
        "{}",
        message(&report)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_answers_until_it_ends() {
    let Some(postgres) = postgres() else { return };
    let url = format!("postgres://shop@{}/postgres", postgres.address);
    let pool = PgPoolOptions::new().connect_lazy(&url).unwrap();
    check("postgres", Sql::new(pool)).register().unwrap();
    becomes("postgres", Status::Healthy).await;
    drop(postgres);
    let report = becomes("postgres", Status::Unhealthy).await;
    assert!(!message(&report).is_empty());
}

/// A new database on any free port. It does not run as root, so there it runs as `nobody`.
fn postgres() -> Option<Server> {
    let postgres = installed("postgres");
    program(postgres.to_str().unwrap(), "--version")?;
    let starter = program("setpriv", "--version")?;
    Some(Server::run(starter, "postgres", |port, directory| {
        let is_root = directory.metadata().unwrap().uid() == 0;
        if is_root {
            chown(directory, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data = directory.join("data");
        let start = |program: &Path| {
            let user = format!("--reuid={NOBODY}");
            let group = format!("--regid={NOBODY}");
            let change = [user, group, "--clear-groups".to_owned()];
            let mut words: Vec<String> = if is_root { change.to_vec() } else { Vec::new() };
            words.push(program.display().to_string());
            words
        };
        let created = Command::new("setpriv")
            .args(start(&installed("initdb")))
            .args(["--no-sync", "--auth=trust", "--username=shop", "--pgdata"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(created.status.success(), "{created:?}");
        let mut words = start(&postgres);
        let port = port.to_string();
        let place = directory.display().to_string();
        let data = data.display().to_string();
        let options = [
            "-D",
            &data,
            "-p",
            &port,
            "-k",
            &place,
            "-h",
            "127.0.0.1",
            "-F",
        ];
        words.extend(options.map(str::to_owned));
        words
    }))
}

/// The user and group without rights.
const NOBODY: u32 = 65_534;

/// A program of PostgreSQL: Debian keeps them out of the way, by version.
fn installed(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let found = versions.map(|version| version.path().join("bin").join(name));
    found
        .filter(|path| path.exists())
        .max()
        .unwrap_or_else(|| name.into())
}
