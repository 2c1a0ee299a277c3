//! A proxy between exporters and receivers.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use super::*;
use crate::export::delivery::{Answer, Sink};
use crate::export::otlp::settings::Signal;
use crate::export::otlp::tests::exporter::{sender_through, spans_called};
use crate::export::otlp::tests::{grpc, over_http, tls};
use crate::export::receiver::{Receiver, answers, read_head, says};

/// A proxy that goes to one receiver, whatever it is asked for.
struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(receiver: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = asked.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let heard = heard.clone();
                thread::spawn(move || serve(client.unwrap(), receiver, &heard));
            }
        });
        Self { address, asked }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked, in lower case.
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut client: TcpStream, receiver: SocketAddr, heard: &Mutex<Vec<String>>) {
    let Some(head) = read_head(&mut client) else {
        return;
    };
    heard.lock().unwrap().push(head.to_lowercase());
    let mut onward = TcpStream::connect(receiver).unwrap();
    if head.starts_with("CONNECT ") {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    } else {
        let (method, rest) = head.split_once(' ').unwrap();
        let (address, rest) = rest.split_once(' ').unwrap();
        let path = address.parse::<Uri>().unwrap().path().to_owned();
        write!(onward, "{method} {path} {rest}").unwrap();
    }
    let (mut from, mut to) = (client.try_clone().unwrap(), onward.try_clone().unwrap());
    thread::spawn(move || io::copy(&mut from, &mut to));
    let _ = io::copy(&mut onward, &mut client);
}

/// Sends a span to this address through a proxy.
async fn send(mut variables: Vec<(&'static str, String)>, address: &str, proxy: &str) -> Answer {
    variables.retain(|(name, _)| *name != "OTEL_EXPORTER_OTLP_ENDPOINT");
    variables.push(("OTEL_EXPORTER_OTLP_ENDPOINT", address.to_owned()));
    let mut sender = sender_through(Signal::Traces, &variables, proxy);
    sender.send(&spans_called(&["a"])).await
}

fn assert_taken(answer: &Answer) {
    assert!(
        matches!(answer, Answer::Taken { rejected: 0, .. }),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_request_without_tls_is_made_by_the_proxy() {
    let receiver = Receiver::start([says(200)]);
    let proxy = Proxy::start(receiver.address);
    // A name that only the proxy could know.
    let answer = send(vec![], "http://collector.invalid:4318", &proxy.url()).await;
    assert_taken(&answer);
    assert_eq!(over_http::names(&receiver), ["a"]);
    let asked = proxy.asked();
    assert!(
        asked[0].starts_with("post http://collector.invalid:4318/v1/traces http/1.1\r\n"),
        "{asked:?}"
    );
    assert!(asked[0].contains("host: collector.invalid:4318\r\n"));
}

#[tokio::test]
async fn tls_goes_through_a_tunnel_and_is_checked_at_its_end() {
    let issuer = tls::authority();
    let address = tls::serve(tls::Card::of_server(&issuer).server(None));
    let proxy = Proxy::start(address);
    let trusting = |issuer| tls::Told::new(address, issuer);
    let told = trusting(&issuer);
    let answer = send(
        told.variables.clone(),
        "https://localhost:4318",
        &proxy.url(),
    )
    .await;
    assert_taken(&answer);
    let asked = proxy.asked();
    assert!(
        asked[0].starts_with("connect localhost:4318 http/1.1\r\n"),
        "{asked:?}"
    );
    // The proxy may be anybody.
    let other = tls::authority();
    let told = trusting(&other);
    let answer = send(
        told.variables.clone(),
        "https://localhost:4318",
        &proxy.url(),
    )
    .await;
    let Answer::Later { why, .. } = answer else {
        panic!("{answer:?}");
    };
    assert!(why.contains("invalid peer certificate"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn grpc_goes_through_a_tunnel() {
    let receiver = grpc::Receiver::default();
    let proxy = Proxy::start(receiver.serve(None, 0));
    let variables = vec![("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc".to_owned())];
    for (address, place) in [
        ("http://collector.invalid:4317", "collector.invalid:4317"),
        ("http://collector.invalid", "collector.invalid:80"),
    ] {
        let answer = send(variables.clone(), address, &proxy.url()).await;
        assert_taken(&answer);
        let last = proxy.asked().pop().unwrap();
        assert!(last.starts_with(&format!("connect {place} http/1.1\r\n")));
    }
    assert_eq!(receiver.names(), [["a"], ["a"]]);
}

/// Nothing is lost for a password of the proxy that is wrong for a while.
#[tokio::test]
async fn a_proxy_that_refuses_is_asked_again() {
    for (address, expected) in [
        ("https://localhost:1", "proxy authorization required"),
        ("http://localhost:1", "407 Proxy Authentication Required"),
    ] {
        let proxy = Receiver::start([answers(407, "", "")]);
        let answer = send(vec![], address, &proxy.url("")).await;
        let Answer::Later { why, .. } = answer else {
            panic!("{answer:?}");
        };
        assert!(why.contains(expected), "{why}");
    }
}

#[test]
fn a_proxy_that_speaks_no_http_is_an_error() {
    let all = Matcher::builder().all("socks5://localhost:1080").build();
    let receiver = Uri::from_static("http://collector:4318");
    let error = Route::by(&all, &receiver, Version::One).unwrap_err();
    assert_eq!(
        error.to_string(),
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY: only proxies at `http://..` are spoken to; name one, or leave `export.proxy` out"
    );
}

/// In a process of its own, whose environment is known.
#[test]
fn the_environment_counts_only_where_it_is_asked() {
    const CHILD: &str = "OBS_TEST_PROXY";
    if std::env::var_os(CHILD).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        return runtime.unwrap().block_on(ask_environment());
    }
    let receiver = Receiver::start([says(200)]);
    let proxy = Proxy::start(receiver.address);
    let credentials = format!("http://me:s%3Acret@{}", proxy.address);
    let name = "export::proxy::tests::the_environment_counts_only_where_it_is_asked";
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env_remove("REQUEST_METHOD")
        .envs([
            (CHILD, receiver.url("").as_str()),
            ("HTTP_PROXY", &credentials),
            ("NO_PROXY", "inside.test, 127.0.0.0/8"),
        ])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{errors}");
    assert!(!errors.contains("cret"), "{errors}");
    let asked = proxy.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    // `me:s:cret`
    assert!(
        asked[0].contains("proxy-authorization: basic bwu6czpjcmv0\r\n"),
        "{asked:?}"
    );
    assert_eq!(over_http::names(&receiver), ["a", "a", "a"]);
}

async fn ask_environment() {
    let receiver = std::env::var("OBS_TEST_PROXY").unwrap();
    let environment = Export::PROXY_OF_ENVIRONMENT;
    assert_taken(&send(vec![], &receiver, "").await);
    assert_taken(&send(vec![], &receiver, environment).await);
    assert_taken(&send(vec![], "http://collector.invalid", environment).await);
    let route = |address| Route::to(&Uri::from_static(address), Version::One, environment);
    let found = route("http://collector.invalid").unwrap();
    assert!(matches!(found, Route::Forward(_)), "{found:?}");
    assert!(!format!("{found:?}").contains("cret"));
    for outside in ["http://inside.test:1", "https://collector.invalid"] {
        let found = route(outside).unwrap();
        assert!(matches!(found, Route::Direct), "{outside}: {found:?}");
    }
}
