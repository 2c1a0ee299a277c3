//! The endpoints of circuit breakers.

use std::io::{BufRead, BufReader};
use std::sync::Arc;
use std::time::Instant;

use super::*;
use crate::breaker::{Breaker, BreakerSettings, Breakers, MAX_WAITING, State, subscribers};

fn breaker(name: &str) -> Arc<Breaker> {
    let settings = BreakerSettings {
        failure_threshold: 1,
        ..BreakerSettings::DEFAULT
    };
    Breaker::named(name, settings).unwrap()
}

async fn post(server: &Server, path: &str) -> (u16, Value) {
    let ask = reqwest::Client::new().post(server.url(path));
    read_json(ask.header("x-obs-request", "1").send().await.unwrap()).await
}

/// A connection that has asked for events, with the head of the answer read.
fn listen(server: &Server, name: &str, headers: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = format!(
        "GET /monitoring/circuit-breakers/events?name={name} HTTP/1.1\r\nhost: localhost\r\n\
         accept: text/event-stream\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut stream = BufReader::new(stream);
    let head = until(&mut stream, "\r\n");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(
        head.contains("content-type: text/event-stream\r\n"),
        "{head}"
    );
    stream
}

/// Everything up to the first line that is this one.
fn until(stream: &mut BufReader<TcpStream>, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(&format!("\n{end}")) {
        assert!(stream.read_line(&mut text).unwrap() > 0, "ended: {text}");
    }
    text
}

/// The next event of this breaker.
fn next(stream: &mut BufReader<TcpStream>, name: &str) -> String {
    loop {
        let text = until(stream, "\n");
        if text.contains(name) {
            return text
                .lines()
                .filter(|line| line.contains(": "))
                .collect::<Vec<_>>()
                .join("\n");
        }
    }
}

#[tokio::test]
async fn a_breaker_is_shown_and_changed() {
    let server = Server::start();
    let name = "a_breaker_is_shown_and_changed";
    let breaker = breaker(name);
    breaker.enter().unwrap().failure();
    let path = format!("/monitoring/circuit-breakers/{name}");
    let (status, shown) = server.json(&path).await;
    assert_eq!((status, &shown["state"]), (200, &"open".into()));
    assert_eq!(shown["calls"]["error"], 1);
    assert_eq!(shown["settings"]["failure_threshold"], 1);
    assert_eq!(shown["transitions"][0]["to"], "open");
    assert!(shown["until"].is_string());

    let (status, changed) = post(&server, &format!("{path}/reset")).await;
    assert_eq!(
        (status, &changed["before"], &changed["after"]),
        (200, &"open".into(), &"closed".into())
    );
    post(&server, &format!("{path}/force-open")).await;
    assert_eq!(breaker.state(), State::ForcedOpen);
    post(&server, &format!("{path}/disable")).await;
    assert_eq!(breaker.state(), State::Disabled);
    let (_, list) = server.json("/monitoring/circuit-breakers").await;
    let list = list["circuit_breakers"].as_array().unwrap();
    assert!(
        list.iter()
            .any(|one| one["name"] == name && one["state"] == "disabled")
    );
    let (_, events) = server
        .json(&format!("/monitoring/circuit-breakers/events?name={name}"))
        .await;
    let events = events["events"].as_array().unwrap();
    assert!(events.iter().all(|event| event["circuit_breaker"] == name));
    assert_eq!(events.last().unwrap()["to"], "disabled");
    let (_, trail) = server.json("/monitoring/audit?limit=512").await;
    let entries = trail["entries"].as_array().unwrap();
    let reset = entries
        .iter()
        .find(|entry| entry["path"] == format!("{path}/reset"));
    let reset = reset.unwrap();
    assert_eq!(
        (&reset["before"], &reset["after"]),
        (&"open".into(), &"closed".into())
    );
}

/// Names of keys come from outside: with slashes, percent signs and what ends an address.
#[tokio::test]
async fn any_name_can_be_asked_for() {
    let server = Server::start();
    for (name, encoded) in [
        ("fetch:eu/west?x=1#y", "fetch:eu%2Fwest%3Fx%3D1%23y"),
        ("fetch:100%", "fetch:100%25"),
        ("fetch:..", "fetch:.."),
        ("fetch:a\"b\\c", "fetch:a%22b%5Cc"),
        ("fetch:\u{e9}", "fetch:%C3%A9"),
    ] {
        let breaker = breaker(name);
        let path = format!("/monitoring/circuit-breakers/{encoded}");
        let (status, shown) = server.json(&path).await;
        assert_eq!((status, &shown["name"]), (200, &name.into()), "{shown}");
        let (status, _) = post(&server, &format!("{path}/force-open")).await;
        assert_eq!(
            (status, breaker.state()),
            (200, State::ForcedOpen),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_name_that_is_not_there_is_answered_with_those_that_are() {
    let server = Server::start();
    breaker("payments-of-the-shop");
    for path in ["payment-of-the-shop", "events?name=payment-of-the-shop"] {
        let (status, body) = server
            .json(&format!("/monitoring/circuit-breakers/{path}"))
            .await;
        assert_eq!(status, 404, "{path}");
        let message = body["message"].as_str().unwrap();
        assert!(message.contains("did you mean `payments-of-the-shop`?"));
        let known = body["known"].as_array().unwrap();
        assert!(known.contains(&"payments-of-the-shop".into()));
    }
    let (status, nothing_yet) = server
        .json("/monitoring/circuit-breakers/events?name=payments-of-the-shop")
        .await;
    assert_eq!(status, 200);
    assert!(nothing_yet["events"].as_array().unwrap().is_empty());
    let encoded = server
        .json("/monitoring/circuit-breakers/payments%2Dof%2Dthe%2Dshop")
        .await;
    assert_eq!(encoded.0, 200);
}

#[tokio::test]
async fn nobody_listens_to_a_name_that_cannot_have_events() {
    let server = Server::start();
    breaker("tills-of-the-shop");
    let hosts = Breakers::named("banks-of-the-shop", BreakerSettings::DEFAULT, 10).unwrap();
    for (misspelt, meant) in [
        ("till-of-the-shop", "tills-of-the-shop"),
        ("bank-of-the-shop:eu", "banks-of-the-shop:eu"),
    ] {
        let path = format!("/monitoring/circuit-breakers/events?name={misspelt}");
        for accepted in ["text/event-stream", "application/json"] {
            let ask = reqwest::Client::new().get(server.url(&path));
            let answer = ask.header("accept", accepted).send().await.unwrap();
            let (status, body) = read_json(answer).await;
            assert_eq!(status, 404, "{misspelt}");
            let message = body["message"].as_str().unwrap();
            let hint = format!("did you mean `{meant}`?");
            assert!(message.contains(&hint), "{message}");
        }
    }
    // A key may come later.
    let mut events = listen(&server, "banks-of-the-shop:eu", "");
    hosts.get("eu").force_open();
    let event = next(&mut events, "banks-of-the-shop:eu");
    assert!(event.contains("forced_open"), "{event}");
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let server = Server::start();
    let breaker = breaker("a_page_of_another_site");
    let path = server.url("/monitoring/circuit-breakers/a_page_of_another_site/force-open");
    let client = reqwest::Client::new();
    let form = client.post(&path).send().await.unwrap();
    assert_eq!(form.status(), 415);
    let foreign = client
        .post(&path)
        .header("x-obs-request", "1")
        .header("origin", "http://evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn events_come_as_they_happen_and_again_to_who_comes_back() {
    let server = Server::start();
    let name = "events_come_as_they_happen";
    let breaker = breaker(name);
    let mut stream = listen(&server, name, "");
    breaker.force_open();
    let event = next(&mut stream, name);
    assert!(event.contains("event: state_change"), "{event}");
    assert!(event.contains(r#""to":"forced_open""#), "{event}");
    let id = event
        .lines()
        .find_map(|line| line.strip_prefix("id: "))
        .unwrap();
    drop(stream);
    breaker.disable();
    let mut again = listen(&server, name, &format!("last-event-id: {id}\r\n"));
    assert!(next(&mut again, name).contains(r#""to":"disabled""#));
}

#[test]
fn a_client_that_never_reads_is_cut_off() {
    let server = Server::start();
    let name = "a_client_that_never_reads";
    let breaker = breaker(name);
    let _idle = listen(&server, name, "");
    assert_eq!(subscribers(name), 1);
    // More than the buffers of both ends of the connection hold, and than may wait.
    let begin = Instant::now();
    while subscribers(name) > 0 && begin.elapsed() < Duration::from_secs(15) {
        (0..MAX_WAITING * 2).for_each(|_| breaker.reset());
    }
    assert_eq!(subscribers(name), 0, "nothing more is kept for it");
}

#[test]
fn who_listens_does_not_hold_up_the_end() {
    let server = Server::start();
    breaker("nobody");
    let mut stream = listen(&server, "nobody", "");
    let begin = Instant::now();
    server.0.stop(Duration::from_secs(10));
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut stream, &mut rest).unwrap();
}
