//! The listener itself: its address, its thread, its end.

use std::net::TcpListener;
use std::time::Instant;

use super::*;
use crate::http::ListenError;

fn at(listen: impl Into<String>) -> Result<Listener, ListenError> {
    Listener::start(&Settings {
        listen: listen.into(),
        ..settings()
    })
}

#[test]
fn it_answers_without_a_runtime_of_the_program() {
    let server = Server::start();
    assert_ne!(server.address().port(), 0);
    assert!(
        server
            .raw(b"GET /live HTTP/1.0\r\n\r\n")
            .contains("healthy")
    );
}

#[test]
fn an_address_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = at(address.to_string()).unwrap_err();
    assert!(matches!(error, ListenError::Bind { .. }));
    assert_eq!(
        error.to_string(),
        format!(
            "`{address}` is in use by another listener; set `http.listen` or `OBS_LISTEN` to a free port, \
             or to port 0 for any"
        )
    );
}

#[test]
fn what_is_no_address_is_named() {
    for listen in ["localhost:9464", "127.0.0.1", ":9464", ""] {
        let message = at(listen).unwrap_err().to_string();
        assert!(message.starts_with(&format!("`{listen}` is not an IP address and a port")));
    }
}

#[test]
fn other_machines_are_let_in_on_purpose_only() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.7:0"] {
        let error = at(listen).unwrap_err();
        assert!(matches!(error, ListenError::Public { .. }), "{listen}");
        let message = error.to_string();
        assert!(message.contains("`OBS_AUTH_TOKEN_FILE`"), "{message}");
        assert!(message.contains("both `http.allow_unauthenticated` and `http.allow_remote`"));
    }
    for (one, other) in [(true, false), (false, true)] {
        let half = Settings {
            listen: "0.0.0.0:0".to_owned(),
            allow_unauthenticated: one,
            allow_remote: other,
            ..settings()
        };
        let error = Listener::start(&half).unwrap_err();
        assert!(
            matches!(error, ListenError::Public { .. }),
            "once is not twice"
        );
    }
    let unreachable = Settings {
        listen: "192.0.2.7:0".to_owned(),
        allow_unauthenticated: true,
        allow_remote: true,
        ..settings()
    };
    let error = Listener::start(&unreachable).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot listen on `192.0.2.7:0`: ")
    );
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn it_stops_at_once_when_nothing_is_under_way() {
    let server = Server::start();
    let address = server.address();
    let idle = TcpStream::connect(address).unwrap();
    assert!(
        server
            .raw(b"GET /live HTTP/1.0\r\n\r\n")
            .contains("healthy")
    );
    let begun = Instant::now();
    server.0.stop(Duration::from_secs(10));
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    assert!(TcpStream::connect(address).is_err());
    at(address.to_string()).expect("the address is free again");
    drop(idle);
}

#[test]
fn it_stops_in_time_although_a_request_hangs() {
    let server = Server::start();
    let mut hanging = TcpStream::connect(server.address()).unwrap();
    let head = "POST /monitoring/traces/cleanup HTTP/1.1\r\nhost: localhost\r\nx-obs-request: 1\r\n\
        content-length: 10\r\n\r\n{";
    hanging.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let begun = Instant::now();
    server.0.stop(Duration::from_millis(300));
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_millis(250) && took < Duration::from_secs(5),
        "{took:?}"
    );
}

#[tokio::test]
async fn it_can_be_dropped_inside_a_runtime() {
    let server = Server::start();
    let address = server.address();
    assert_eq!(server.get("/live").await.status(), 200);
    drop(server);
    for _ in 0..200 {
        if TcpStream::connect(address).is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it still listens");
}
