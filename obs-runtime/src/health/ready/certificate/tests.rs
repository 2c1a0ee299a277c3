//! Certificates that were made for it, in files and of real servers.

use std::net::TcpListener;

use super::*;
use crate::health::Status;
use crate::health::ready::made::Made;

/// A server that shows this certificate to the first who asks.
fn server(made: &Made) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = Arc::new(made.server());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut connection = rustls::ServerConnection::new(config).unwrap();
        while connection.is_handshaking() {
            if connection.complete_io(&mut stream).is_err() {
                return;
            }
        }
    });
    format!("localhost:{port}")
}

#[test]
fn the_first_to_run_out_counts() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("chain.pem");
    let both = format!(
        "{}{}",
        Made::until(2999).certified.cert.pem(),
        Made::until(2021).certified.cert.pem()
    );
    std::fs::write(&path, both).unwrap();
    let health = Certificate::file(&path).look();
    assert_eq!(health.status(), Status::Unhealthy);
    assert!(
        health.message().starts_with("the certificate ran out "),
        "{}",
        health.message()
    );
    std::fs::write(&path, Made::until(2999).certified.cert.pem()).unwrap();
    assert_eq!(Certificate::file(&path).look().status(), Status::Healthy);
    std::fs::write(&path, Made::until(2999).certified.cert.der()).unwrap();
    assert_eq!(Certificate::file(&path).look().status(), Status::Healthy);
    std::fs::write(&path, "").unwrap();
    assert_eq!(
        Certificate::file(&path).look().message(),
        "there is no certificate"
    );
}

#[test]
fn a_server_is_asked_even_if_nobody_trusts_it() {
    let good = Certificate::of_server(server(&Made::until(2999))).look();
    assert_eq!(good.status(), Status::Healthy, "{}", good.message());
    let bad = Certificate::of_server(server(&Made::until(2021))).look();
    assert!(
        bad.message().starts_with("the certificate ran out "),
        "{}",
        bad.message()
    );
}

#[test]
fn the_bounds() {
    let day = DAY as i64;
    let check = Certificate::file("x").unhealthy_within(Duration::from_secs(7 * DAY));
    let validity = Validity {
        from: 100 * day,
        to: 200 * day,
    };
    let status = |now| check.judge(validity, now * day).status();
    use Status::{Degraded, Healthy, Unhealthy};
    let found = [99, 100, 169, 170, 192, 193, 200].map(status);
    assert_eq!(
        found,
        [
            Unhealthy, Healthy, Healthy, Degraded, Degraded, Unhealthy, Unhealthy
        ]
    );
    assert_eq!(
        check.judge(validity, 195 * day).message(),
        "the certificate runs out in 5 days"
    );
}
