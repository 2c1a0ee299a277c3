//! Whose events can be asked for before there are any.
#![cfg(all(feature = "macros", feature = "http"))]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use obs_runtime::config::Layers;
use obs_runtime::{Rejected, Starter, circuit_breaker};

#[circuit_breaker("fetch", key = host)]
fn fetch(host: &str) -> Result<usize, Rejected> {
    Ok(host.len())
}

/// The status of an answer to somebody who wants to listen.
fn listen(address: SocketAddr, name: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "GET /monitoring/circuit-breakers/events?name={name} HTTP/1.1\r\nhost: localhost\r\n\
         accept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    String::from_utf8(head.to_vec()).unwrap()
}

#[test]
fn keys_of_a_function_that_nobody_has_called_can_be_listened_to() {
    let variables = [("OBS_LISTEN", "127.0.0.1:0"), ("OBS_LOG", "off")];
    let running = Starter::new(Layers::default().variables(variables))
        .start()
        .unwrap();
    let address = running.address().unwrap();
    assert_eq!(listen(address, "fetch:eu.example.org"), "HTTP/1.1 200");
    assert_eq!(listen(address, "fetsh:eu.example.org"), "HTTP/1.1 404");
    assert_eq!(fetch("eu.example.org").unwrap(), 14);
    running.shutdown().wait();
}
