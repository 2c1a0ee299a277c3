//! A receiver of all exporters, in a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

use obs_benches::figures::Outcome;
use obs_benches::http::read_request;

/// Says to each of them that everything was taken: to Elasticsearch's in the body, to remote write's in the headers,
/// and nothing to the others.
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\n\
    x-prometheus-remote-write-samples-written: 1000000\r\n\
    x-prometheus-remote-write-histograms-written: 0\r\n\
    x-prometheus-remote-write-exemplars-written: 0\r\n\
    content-length: 16\r\n\r\n{\"errors\":false}";

/// A receiver in a process of its own.
pub(crate) struct Receiver {
    process: Child,
    pub(crate) address: String,
}

impl Receiver {
    pub(crate) fn start() -> Outcome<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("receiver")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.as_mut().ok_or("no output")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        let address = address.trim_end().to_owned();
        Ok(Self { process, address })
    }

    /// Ends it. Returns how many bytes it was sent.
    pub(crate) fn end(&mut self) -> Outcome<u64> {
        drop(self.process.stdin.take());
        let mut count = String::new();
        if let Some(output) = &mut self.process.stdout {
            output.read_to_string(&mut count)?;
        }
        self.process.wait()?;
        Ok(count.trim_end().parse()?)
    }
}

/// Takes everything on one connection after the other, until its input ends.
pub(crate) fn receive() -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let bytes = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counted = bytes.clone();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let counted = counted.clone();
            thread::spawn(move || {
                let _ = answer(&connection, &counted);
            });
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new())?;
    println!("{}", bytes.load(std::sync::atomic::Ordering::Relaxed));
    Ok(())
}

fn answer(mut connection: &TcpStream, bytes: &std::sync::atomic::AtomicU64) -> Outcome<()> {
    let mut reader = BufReader::with_capacity(256 * 1024, connection);
    while let Some(length) = read_request(&mut reader)? {
        bytes.fetch_add(length as u64, std::sync::atomic::Ordering::Relaxed);
        connection.write_all(ANSWER)?;
    }
    Ok(())
}
