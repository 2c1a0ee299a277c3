//! Answers of servers that say what a test wants.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use rustls::{ServerConnection, StreamOwned};

use super::*;
use crate::health::Status;
use crate::health::ready::made::Made;

/// An address that gives this answer to whoever asks, and what it was asked.
fn server(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/status", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        serve(stream, answer)
    });
    (url, asked)
}

/// Answers one request, and returns its head.
fn serve(mut stream: impl Read + Write, answer: &str) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read_exact(&mut byte).is_err() {
            break;
        }
        head.push(byte[0]);
    }
    let _ = stream.write_all(answer.as_bytes());
    let _ = stream.flush();
    String::from_utf8(head).unwrap()
}

const UP: &str = "HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"checks\":[{\"state\":\"up\"}]}";

#[tokio::test]
async fn the_status_decides() {
    let (url, asked) = server(UP);
    let check = Http::new(&url)
        .unwrap()
        .header("authorization", "Bearer s3cret")
        .unwrap();
    assert_eq!(check.look().await.status(), Status::Healthy);
    let head = asked.join().unwrap();
    assert!(head.starts_with("GET /status HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("authorization: Bearer s3cret"), "{head}");
    assert!(!format!("{check:?}").contains("s3cret"));

    let (url, _) = server("HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n");
    let health = Http::new(&url).unwrap().look().await;
    assert_eq!(health.message(), "status 302, where 200 to 299 is expected");
    assert_eq!(health.details()[0].1.to_string(), "302");
}

#[tokio::test]
async fn the_content_decides_too() {
    for (pointer, expected, message) in [
        ("/checks/0/state", "up", ""),
        (
            "/checks/0/state",
            "down",
            "`/checks/0/state` is \"up\", where \"down\" is expected",
        ),
        (
            "/checks/1",
            "up",
            "the answer has no `/checks/1`, where \"up\" is expected",
        ),
    ] {
        let (url, _) = server(UP);
        let health = Http::new(&url)
            .unwrap()
            .json(pointer, expected)
            .look()
            .await;
        assert_eq!(health.message(), message);
    }
    let (url, _) = server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno");
    let health = Http::new(&url).unwrap().json("", true).look().await;
    assert_eq!(health.message(), "the answer is not JSON");
}

#[tokio::test]
async fn nobody_there_is_unhealthy() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let health = Http::new(&url).unwrap().look().await;
    assert!(
        health.message().starts_with("no connection: "),
        "{}",
        health.message()
    );
}

#[test]
fn what_is_no_address_is_refused() {
    let refused = |url| Http::new(url).unwrap_err().to_string();
    assert_eq!(
        refused("ftp://x/"),
        "`ftp://x/` has another scheme than `http` and `https`"
    );
    assert_eq!(refused("not a url"), "`not a url` is not a URL");
}

#[tokio::test]
async fn over_https_the_certificate_has_to_be_trusted() {
    let made = Made::until(2999);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("authority.pem");
    std::fs::write(&file, made.certified.cert.pem()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "https://localhost:{}/status",
        listener.local_addr().unwrap().port()
    );
    let config = Arc::new(made.server());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            serve(StreamOwned::new(connection, stream.unwrap()), UP);
        }
    });
    let strict = Http::new(&url).unwrap();
    let health = strict.look().await;
    assert!(
        health.message().starts_with("no connection: "),
        "{}",
        health.message()
    );
    // In either order.
    let trusting = strict
        .clone()
        .certificate(&file)
        .unwrap()
        .header("x-a", "b")
        .unwrap();
    assert_eq!(trusting.look().await, Health::healthy().with("status", 200));
    let trusting = strict
        .header("x-a", "b")
        .unwrap()
        .certificate(&file)
        .unwrap();
    assert_eq!(trusting.look().await.status(), Status::Healthy);
}
