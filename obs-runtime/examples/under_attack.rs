//! What the service's own requests notice of attacks on its monitoring listener.
//!
//! `cargo run -p obs-runtime --release --example under_attack` prints the percentiles of requests to a service in the
//! same process: in peace, while another process attacks a listener that only accepts and closes, and while it attacks the
//! monitoring listener. What the second adds to the first is the attacker's own use of the machine; what the third adds
//! to the second is what the attack costs by way of the monitoring listener. The three take turns, and of the
//! rounds the quiet quarter counts, so that other work of the machine does not. On Linux it also prints how much of one processor the threads of the listener use
//! meanwhile, which does not depend on what else the machine does.

use std::collections::VecDeque;
use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use obs_runtime::Starter;
use obs_runtime::config::Layers;

/// Rounds of each attack, how long each measurement takes, and how often the service is asked.
const ROUNDS: usize = 32;
const PHASE: Duration = Duration::from_millis(500);
const EVERY: Duration = Duration::from_millis(1);
/// Until an attack has all its connections.
const WARM_UP: Duration = Duration::from_millis(300);
/// Connections that the attacker holds, and the microseconds between two of them.
const HELD: usize = 5000;
const PACE: &str = "1000";

/// What the attacker sends in each of its connections, and the time between them.
const ATTACKS: [(&str, &str, &str); 5] = [
    ("silence", "", PACE),
    (
        "slow heads",
        "GET /live HTTP/1.1\r\nhost: localhost\r\nx-slow: ",
        PACE,
    ),
    ("garbage", "\u{1}\u{2}\u{3} garbage\r\n\r\n", PACE),
    (
        "wrong tokens",
        "GET /monitoring HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer guess\r\n\r\n",
        PACE,
    ),
    ("flood", "", "100"),
];

/// One measurement.
struct Took {
    /// How long each request took, the shortest first.
    requests: Vec<Duration>,
    /// The share of one processor that the listener used.
    listener: f64,
}

impl Took {
    fn at(&self, share: f64) -> f64 {
        let last = self.requests.len() - 1;
        self.requests[(last as f64 * share) as usize].as_secs_f64() * 1e6
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [target, request, pace] = &arguments[..] {
        attack(
            target.parse()?,
            request,
            Duration::from_micros(pace.parse()?),
        );
        return Ok(());
    }
    let mut tokens = tempfile::NamedTempFile::new()?;
    writeln!(tokens, "read 0123456789abcdef0123456789abcdef")?;
    let settings = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
        (
            "OBS_AUTH_TOKEN_FILE",
            tokens.path().to_str().ok_or("odd name")?,
        ),
    ];
    let running = Starter::new(Layers::default().variables(settings)).start()?;
    let monitoring = running.address().ok_or("no listener")?;
    let control = accept_and_close()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let service = runtime.block_on(serve())?;
    println!("p50 and p99 in us of the quiet quarter of {ROUNDS} rounds\n");
    println!(
        "{:<14}{:>12}{:>12}{:>12}{:>17}{:>22}{:>14}",
        "attack",
        "peace",
        "control",
        "monitoring",
        "control / peace",
        "monitoring / control",
        "listener CPU"
    );
    for (name, request, pace) in ATTACKS {
        report(
            name,
            &rounds(service, control, monitoring, [request, pace])?,
        );
    }
    running.shutdown().wait();
    Ok(())
}

/// The service: some work for each request, on its own runtime.
async fn serve() -> std::io::Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let layer = obs_runtime::http::ServerLayer::new();
    let app = Router::new().route("/", get(work)).layer(layer);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

/// Some tens of microseconds.
async fn work() -> String {
    let mut state: u64 = 1;
    for _ in 0..20_000 {
        state = std::hint::black_box(
            state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1),
        );
    }
    format!("{state:020}")
}

fn accept_and_close() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || listener.incoming().flatten().for_each(drop));
    Ok(address)
}

fn rounds(
    service: SocketAddr,
    control: SocketAddr,
    monitoring: SocketAddr,
    attack: [&str; 2],
) -> Result<Vec<[Took; 3]>, Box<dyn Error>> {
    let one = || -> Result<[Took; 3], Box<dyn Error>> {
        Ok([
            measure(service)?,
            while_attacked(control, attack, service)?,
            while_attacked(monitoring, attack, service)?,
        ])
    };
    (0..ROUNDS).map(|_| one()).collect()
}

fn report(name: &str, rounds: &[[Took; 3]]) {
    let at = |which: usize, share| quiet(rounds.iter().map(|one| one[which].at(share)));
    let shown = |which| format!("{:.0} {:.0}", at(which, 0.5), at(which, 0.99));
    let listener = quiet(rounds.iter().map(|one| one[2].listener));
    println!(
        "{name:<14}{:>12}{:>12}{:>12}{:>17.2}{:>22.2}{:>12.1} %",
        shown(0),
        shown(1),
        shown(2),
        at(1, 0.99) / at(0, 0.99),
        at(2, 0.99) / at(1, 0.99),
        listener * 100.0
    );
}

/// The lower quartile.
fn quiet(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 4]
}

fn while_attacked(
    target: SocketAddr,
    attack: [&str; 2],
    service: SocketAddr,
) -> Result<Took, Box<dyn Error>> {
    let mut attacker = Command::new(std::env::current_exe()?)
        .arg(target.to_string())
        .args(attack)
        .spawn()?;
    thread::sleep(WARM_UP);
    let took = measure(service);
    attacker.kill()?;
    attacker.wait()?;
    Ok(took?)
}

/// Asks the service over one connection.
fn measure(service: SocketAddr) -> std::io::Result<Took> {
    let mut stream = TcpStream::connect(service)?;
    stream.set_nodelay(true)?;
    let mut requests = Vec::new();
    let (used, begun) = (listener_time(), Instant::now());
    while begun.elapsed() < PHASE {
        thread::sleep(EVERY);
        let asked = Instant::now();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: service\r\n\r\n")?;
        read_answer(&mut stream)?;
        requests.push(asked.elapsed());
    }
    let used = listener_time().saturating_sub(used);
    requests.sort();
    Ok(Took {
        requests,
        listener: used.as_secs_f64() / begun.elapsed().as_secs_f64(),
    })
}

/// How long the threads of the listener have run so far; zero where the system does not say.
fn listener_time() -> Duration {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return Duration::ZERO;
    };
    let time = |thread: std::io::Result<std::fs::DirEntry>| {
        let path = thread.ok()?.path();
        let name = std::fs::read_to_string(path.join("comm")).ok()?;
        let times = std::fs::read_to_string(path.join("schedstat")).ok()?;
        let nanos = times.split(' ').next()?.parse().ok()?;
        name.starts_with("obs-http")
            .then(|| Duration::from_nanos(nanos))
    };
    threads.filter_map(time).sum()
}

/// Reads up to the end of the twenty digits behind the head.
fn read_answer(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut answer = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let read = stream.read(&mut piece)?;
        answer.extend_from_slice(&piece[..read]);
        let head = answer.windows(4).position(|end| end == b"\r\n\r\n");
        if read == 0 || head.is_some_and(|head| answer.len() >= head + 4 + 20) {
            return Ok(());
        }
    }
}

fn attack(target: SocketAddr, request: &str, pace: Duration) {
    let mut held = VecDeque::new();
    loop {
        if let Ok(mut stream) = TcpStream::connect(target) {
            let _ = stream.write_all(request.as_bytes());
            held.push_back(stream);
        }
        if held.len() > HELD {
            held.pop_front();
        }
        thread::sleep(pace);
    }
}
