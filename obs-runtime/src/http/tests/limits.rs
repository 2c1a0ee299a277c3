//! What one client can cost.

use std::thread;
use std::time::Instant;

use super::*;
use crate::http::listener::{LIMITS, Limits};

fn limited(limits: Limits) -> Server {
    Server(Listener::start_with(&settings(), limits).unwrap())
}

#[test]
fn a_huge_head_is_refused() {
    let server = Server::start();
    let value = "x".repeat(1 << 20);
    let request = format!("GET /live HTTP/1.1\r\nhost: localhost\r\nx-large: {value}\r\n\r\n");
    let answer = server.raw(request.as_bytes());
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
        "{answer}"
    );

    let many = "x: y\r\n".repeat(200);
    let request = format!("GET /live HTTP/1.1\r\nhost: localhost\r\n{many}\r\n");
    assert!(server.raw(request.as_bytes()).starts_with("HTTP/1.1 431 "));

    let path = "x".repeat(100_000);
    let request = format!("GET /{path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let answer = server.raw(request.as_bytes());
    let refused = ["HTTP/1.1 414 ", "HTTP/1.1 431 "]
        .iter()
        .any(|start| answer.starts_with(start));
    assert!(refused || answer.is_empty(), "{answer}");
    assert!(
        server
            .raw(b"GET /live HTTP/1.0\r\n\r\n")
            .contains("healthy"),
        "it goes on"
    );
}

#[test]
fn what_is_not_http_costs_its_connection() {
    let server = Server::start();
    for request in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /live HTTP/9.9\r\n\r\n",
        b"GET /live HTTP/1.1\r\nhost localhost\r\n\r\n",
        b"GET /live HTTP/1.1\r\nhost: local\0host\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        b"POST /live HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
    ] {
        let answer = server.raw(request);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    assert!(
        server
            .raw(b"GET /live HTTP/1.0\r\n\r\n")
            .contains("healthy")
    );
}

#[tokio::test]
async fn a_huge_body_is_refused() {
    let server = Server::start();
    let client = reqwest::Client::new();
    let ask = client
        .post(server.url("/monitoring/traces/cleanup"))
        .header("x-obs-request", "1");
    let (status, body) = read_json(ask.body("x".repeat(70_000)).send().await.unwrap()).await;
    assert_eq!(
        (status, body["error"].as_str()),
        (413, Some("body_too_large"))
    );
}

#[test]
fn a_slow_head_is_given_up() {
    let server = limited(Limits {
        header_timeout: Duration::from_millis(200),
        ..LIMITS
    });
    let begun = Instant::now();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .write_all(b"GET /live HTTP/1.1\r\nhost: localhost\r\nx-slow: ")
        .unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_millis(150) && took < Duration::from_secs(10),
        "{took:?}"
    );
    assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
}

#[test]
fn a_slow_body_is_given_up() {
    let server = limited(Limits {
        request_timeout: Duration::from_millis(200),
        ..LIMITS
    });
    let head = "POST /monitoring/traces/cleanup HTTP/1.1\r\nhost: localhost\r\nx-obs-request: 1\r\n\
        content-length: 10\r\nconnection: close\r\n\r\n{";
    let answer = server.raw(head.as_bytes());
    assert_eq!(status(&answer), "HTTP/1.1 503 Service Unavailable");
    assert!(answer.contains("\"timeout\""));
}

#[test]
fn a_silent_connection_gives_its_place_to_the_next() {
    let server = Server(
        Listener::start(&Settings {
            max_connections: 1,
            max_connections_per_address: 1,
            ..settings()
        })
        .unwrap(),
    );
    let mut holder = TcpStream::connect(server.address()).unwrap();
    holder
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    thread::sleep(Duration::from_millis(50));
    let begun = Instant::now();
    let answer = server.raw(b"GET /live HTTP/1.0\r\n\r\n");
    assert!(answer.contains("healthy"));
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "nobody waits for the end of the silent one"
    );
    let mut rest = Vec::new();
    let ended = holder.read_to_end(&mut rest);
    assert!(
        ended.is_err() || rest.is_empty(),
        "the silent one is closed"
    );
}

#[test]
fn an_old_connection_ends() {
    let server = limited(Limits {
        max_age: Duration::from_millis(200),
        ..LIMITS
    });
    let begun = Instant::now();
    let answer = server.raw(b"GET /live HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert!(answer.contains("healthy"));
    assert!(begun.elapsed() < Duration::from_secs(10));
}
