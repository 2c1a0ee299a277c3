//! What the service's own requests notice of attacks on its monitoring listener.
//!
//! `cargo run -p obs-runtime --release --example under_attack` prints the percentiles of requests to a service in the
//! same process: in peace, while another process attacks a listener that only accepts, and while it attacks the
//! monitoring listener. What the second adds over the first is the attacker's own use of the machine.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use obs_runtime::Starter;
use obs_runtime::config::Layers;

/// How long each measurement takes, and how often the service is asked.
const PHASE: Duration = Duration::from_secs(5);
const EVERY: Duration = Duration::from_millis(2);
/// What the attacker sends in each of its connections, 1000 a second.
const ATTACKS: [(&str, &str); 3] = [
    (
        "slow heads",
        "GET /live HTTP/1.1\r\nhost: localhost\r\nx-slow: ",
    ),
    ("garbage", "\u{1}\u{2}\u{3} garbage\r\n\r\n"),
    (
        "wrong tokens",
        "GET /monitoring HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer guess\r\n\r\n",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [target, request] = &arguments[..] {
        attack(target.parse()?, request);
        return Ok(());
    }
    let tokens = std::env::temp_dir().join(format!("obs-under-attack-{}", std::process::id()));
    std::fs::write(&tokens, "read 0123456789abcdef0123456789abcdef\n")?;
    let settings = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
        ("OBS_AUTH_TOKEN_FILE", tokens.to_str().ok_or("odd name")?),
    ];
    let running = Starter::new(Layers::default().variables(settings)).start()?;
    let monitoring = running.address().ok_or("no listener")?;
    let (service, dummy) = (serve(true)?, serve(false)?);
    println!("{:<32}{:>10}{:>10}", "", "p50 us", "p99 us");
    measure("in peace", service)?;
    for (name, request) in ATTACKS {
        for (whom, target) in [
            ("a listener that accepts", dummy),
            ("monitoring", monitoring),
        ] {
            let exe = std::env::current_exe()?;
            let mut attacker = Command::new(exe)
                .args([target.to_string().as_str(), request])
                .spawn()?;
            thread::sleep(Duration::from_millis(500));
            measure(&format!("{name}: {whom}"), service)?;
            attacker.kill()?;
            attacker.wait()?;
        }
    }
    running.shutdown().wait();
    std::fs::remove_file(&tokens)?;
    Ok(())
}

/// A server that answers, or only accepts.
fn serve(answers: bool) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if answers {
                thread::spawn(move || {
                    let mut request = [0; 64];
                    while matches!(stream.read(&mut request), Ok(read) if read > 0) {
                        if stream.write_all(b"answer").is_err() {
                            return;
                        }
                    }
                });
            }
        }
    });
    Ok(address)
}

fn measure(name: &str, service: SocketAddr) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(service)?;
    stream.set_nodelay(true)?;
    let mut took = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < PHASE {
        thread::sleep(EVERY);
        let asked = Instant::now();
        stream.write_all(b"ask")?;
        let mut answer = [0; 6];
        stream.read_exact(&mut answer)?;
        took.push(asked.elapsed());
    }
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_micros();
    println!("{name:<32}{:>10}{:>10}", at(0.5), at(0.99));
    Ok(())
}

fn attack(target: SocketAddr, request: &str) {
    let mut held = std::collections::VecDeque::new();
    loop {
        if let Ok(mut stream) = TcpStream::connect(target) {
            let _ = stream.write_all(request.as_bytes());
            held.push_back(stream);
        }
        if held.len() > 5000 {
            held.pop_front();
        }
        thread::sleep(Duration::from_millis(1));
    }
}
