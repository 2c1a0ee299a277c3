//! Starting everything, and stopping it in order: load, shop, payment API, database.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::answers::Answers;
use super::banner::{self, Addresses};
use super::cli::Cli;
use super::load::{Load, Losses};
use super::orders::Shop;
use super::output::say;
use super::payment::{Payments, api};
use super::store::Store;
use super::traffic::Traffic;
use super::{health, monitoring, progress, stock, web};

/// How often a delivery comes.
const DELIVERY: Duration = Duration::from_secs(2);
/// For how long the servers may finish what is under way.
const GRACE: Duration = Duration::from_secs(5);

/// Why the shop does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The monitoring cannot start.
    #[error(transparent)]
    Monitoring(#[from] obs_runtime::StartError),
    /// The address is taken or not allowed.
    #[error("cannot listen on port {port}: {error}; choose another with {option}")]
    Listen {
        /// What was asked for.
        port: u16,
        /// How to ask for another.
        option: &'static str,
        /// What the system says.
        error: io::Error,
    },
    /// The database cannot be used.
    #[error("cannot open the database: {0}")]
    Database(#[from] rusqlite::Error),
    /// The database cannot be filled.
    #[error(transparent)]
    Store(#[from] super::store::StoreError),
    /// A check of what the shop depends on cannot be made.
    #[error(transparent)]
    Health(#[from] obs_runtime::health::HealthError),
    /// Answers cannot be kept.
    #[error(transparent)]
    Answers(#[from] super::answers::AnswersError),
    /// No HTTP client.
    #[error("cannot set up the HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    /// No threads or no signals.
    #[error("cannot start: {0}")]
    System(#[from] io::Error),
}

/// Runs the shop until Ctrl-C, SIGTERM or the end of `--for`.
///
/// # Errors
///
/// If it cannot start.
pub fn run(cli: &Cli) -> Result<(), RunError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(cli))
}

async fn serve(cli: &Cli) -> Result<(), RunError> {
    let running = obs_runtime::start::<Shop>()?;
    let store = Store::open(cli.database.as_deref())?;
    store.run(stock::stock_up).await?;
    health::watch(&store, cli.database.as_deref())?;
    monitoring::watch_queues(&store);
    let answers = Answers::open(cli.redis.as_deref()).await?;
    let (stop, stopped) = watch::channel(());

    let payments = Server::start(api::router(cli.seed), cli.payment_port, "--payment-port").await?;
    health::watch_payments(payments.address)?;
    let client = Payments::new(format!("http://{}", payments.address))?;
    let shop = Arc::new(Shop::new(store, client, answers));
    let traffic = Arc::new(Traffic::default());
    let service = Server::start(
        web::router(shop.clone(), traffic.clone()),
        cli.port,
        "--port",
    )
    .await?;
    let deliveries = tokio::spawn(deliver(shop, stopped.clone()));

    // Whoever has read the addresses may end it.
    let signalled = signals()?;
    banner::print(
        &Addresses {
            shop: service.address,
            payments: payments.address,
            monitoring: running.address(),
        }
        .rows(),
    );
    let start = Instant::now();
    let load = load(cli, service.address, stopped)?;
    tokio::select! {
        () = progress::report(&traffic, start) => {}
        () = end(cli.run_for, signalled) => {}
    }

    let ran = start.elapsed();
    running.set_accepting(false);
    drop(stop);
    let losses = match load {
        Some(load) => load.await.ok(),
        None => None,
    };
    service.stop().await;
    payments.stop().await;
    deliveries.abort();
    running.shutdown().await;
    say(format_args!(
        "\n{}",
        progress::summary(&traffic.total(), ran)
    ));
    print_losses(losses);
    Ok(())
}

fn load(
    cli: &Cli,
    shop: SocketAddr,
    mut stopped: watch::Receiver<()>,
) -> reqwest::Result<Option<JoinHandle<Losses>>> {
    if cli.no_load {
        return Ok(None);
    }
    let load = Load::new(shop, cli.rate, cli.seed)?;
    Ok(Some(tokio::spawn(load.run(async move {
        let _ = stopped.changed().await;
    }))))
}

fn print_losses(losses: Option<Losses>) {
    if let Some(Losses { left, unanswered }) =
        losses.filter(|losses| losses.left + losses.unanswered > 0)
    {
        say(format_args!(
            "lost       {left} customers left, {unanswered} requests without an answer"
        ));
    }
}

/// Ready after a signal, and when `run_for` is over.
async fn end(run_for: Option<Duration>, signalled: impl Future<Output = ()>) {
    let timer = async {
        match run_for {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = timer => {}
        () = signalled => {}
    }
}

/// Ready on Ctrl-C, and on SIGTERM, from this call on.
#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signals() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // An error means that there is no such signal.
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Has a delivery come every [`DELIVERY`].
async fn deliver(shop: Arc<Shop>, mut stopped: watch::Receiver<()>) {
    let mut ticks = tokio::time::interval(DELIVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        if let Err(error) = shop.deliver().await {
            tracing::error!(%error, "no delivery");
        }
        health::DELIVERIES.beat();
    }
}

/// A server on a port of its own.
struct Server {
    address: SocketAddr,
    stop: watch::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    async fn start(router: Router, port: u16, option: &'static str) -> Result<Self, RunError> {
        let wrap = |error| RunError::Listen {
            port,
            option,
            error,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(wrap)?;
        let address = listener.local_addr().map_err(wrap)?;
        let (stop, mut stopped) = watch::channel(());
        let served = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = stopped.changed().await;
        });
        Ok(Self {
            address,
            stop,
            task: tokio::spawn(served.into_future()),
        })
    }

    /// Stops accepting and waits, within [`GRACE`], for the requests under way.
    async fn stop(self) {
        drop(self.stop);
        if tokio::time::timeout(GRACE, self.task).await.is_err() {
            tracing::warn!(address = %self.address, "requests were cut off");
        }
    }
}
