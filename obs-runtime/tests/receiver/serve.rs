//! The receiver at an address.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

/// What was received, request by request.
pub(crate) type Bodies = Arc<Mutex<Vec<Vec<u8>>>>;

/// Takes every request to `path`, keeps the bodies, and says `answer`.
pub(crate) fn serve(listener: TcpListener, path: &'static str, answer: &'static str) -> Bodies {
    let bodies = Bodies::default();
    let kept = bodies.clone();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let kept = kept.clone();
            thread::spawn(move || {
                while let Some(body) = read(&mut connection, path) {
                    kept.lock().unwrap().push(body);
                    let length = answer.len();
                    let answer =
                        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{answer}");
                    let _ = connection.write_all(answer.as_bytes());
                }
            });
        }
    });
    bodies
}

fn read(connection: &mut impl Read, path: &str) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(head.starts_with(&format!("post {path} ")), "{head}");
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    connection.read_exact(&mut body).ok()?;
    Some(body)
}
