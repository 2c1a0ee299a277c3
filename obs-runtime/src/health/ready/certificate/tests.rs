//! Certificates that were made for it, in files and of real servers.

use std::net::TcpListener;

use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;

use super::*;
use crate::health::Status;

/// A certificate for `localhost` that runs out at the beginning of a year.
fn until(year: i32) -> CertifiedKey<KeyPair> {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let signing_key = KeyPair::generate().unwrap();
    let cert = params.self_signed(&signing_key).unwrap();
    CertifiedKey { cert, signing_key }
}

/// A server that shows this certificate to the first who asks.
fn server(certified: &CertifiedKey<KeyPair>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
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
    let both = format!("{}{}", until(2999).cert.pem(), until(2021).cert.pem());
    std::fs::write(&path, both).unwrap();
    let health = Certificate::file(&path).look();
    assert_eq!(health.status(), Status::Unhealthy);
    assert!(
        health.message().starts_with("the certificate ran out "),
        "{}",
        health.message()
    );
    std::fs::write(&path, until(2999).cert.pem()).unwrap();
    assert_eq!(Certificate::file(&path).look().status(), Status::Healthy);
    std::fs::write(&path, until(2999).cert.der()).unwrap();
    assert_eq!(Certificate::file(&path).look().status(), Status::Healthy);
    std::fs::write(&path, "").unwrap();
    assert_eq!(
        Certificate::file(&path).look().message(),
        "there is no certificate"
    );
}

#[test]
fn a_server_is_asked_even_if_nobody_trusts_it() {
    let good = Certificate::of_server(server(&until(2999))).look();
    assert_eq!(good.status(), Status::Healthy, "{}", good.message());
    let bad = Certificate::of_server(server(&until(2021))).look();
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
