//! Who is answered, and who is turned away.

use super::*;

fn ask(server: &Server, host: &str) -> String {
    let request = format!("GET /live HTTP/1.1\r\n{host}connection: close\r\n\r\n");
    server.raw(request.as_bytes())
}

#[test]
fn the_listener_answers_to_its_own_names() {
    let server = Server::start();
    let port = server.address().port();
    for host in [
        "localhost",
        "LOCALHOST",
        "127.0.0.1",
        "[::1]",
        &format!("localhost:{port}"),
        "[::1]:80",
    ] {
        let answer = ask(&server, &format!("host: {host}\r\n"));
        assert_eq!(status(&answer), "HTTP/1.1 200 OK", "{host}");
    }
}

#[test]
fn a_page_that_made_its_name_point_here_is_turned_away() {
    let server = Server::start();
    for host in [
        "evil.example",
        "evil.example:9464",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "user@localhost.evil.example",
        "192.168.0.7",
        "::1",
        "",
        "\"",
    ] {
        let answer = ask(&server, &format!("host: {host}\r\n"));
        assert_eq!(
            status(&answer),
            "HTTP/1.1 421 Misdirected Request",
            "{host}"
        );
        assert!(answer.contains("unknown_host"));
    }
    let absolute =
        b"GET http://evil.example/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert_eq!(
        status(&server.raw(absolute)),
        "HTTP/1.1 421 Misdirected Request"
    );
}

#[test]
fn there_is_exactly_one_host() {
    let server = Server::start();
    assert_eq!(status(&ask(&server, "")), "HTTP/1.1 400 Bad Request");
    let twice = ask(&server, "host: localhost\r\nhost: localhost\r\n");
    assert_eq!(status(&twice), "HTTP/1.1 400 Bad Request");
    let old = server.raw(b"GET /live HTTP/1.0\r\n\r\n");
    assert_eq!(status(&old), "HTTP/1.0 200 OK");
}

#[test]
fn configured_names_are_answered() {
    let mut monitoring = Monitoring::DEFAULT;
    monitoring.http.listen = "127.0.0.1:0";
    monitoring.http.hosts = "ops.example.com, monitor";
    let server = Server(Listener::start(&Settings::from(&monitoring)).unwrap());
    for host in ["OPS.example.com:9464", "monitor", "localhost"] {
        let answer = ask(&server, &format!("host: {host}\r\n"));
        assert_eq!(status(&answer), "HTTP/1.1 200 OK", "{host}");
    }
    let other = ask(&server, "host: example.com\r\n");
    assert_eq!(status(&other), "HTTP/1.1 421 Misdirected Request");
}

#[test]
fn a_listener_for_all_addresses_is_asked_by_any() {
    let settings = Settings {
        listen: "0.0.0.0:0".to_owned(),
        allow_unauthenticated: true,
        allow_remote: true,
        ..settings()
    };
    let server = Server(Listener::start(&settings).unwrap());
    let address = SocketAddr::from(([127, 0, 0, 1], server.address().port()));
    for (host, expected) in [
        ("192.168.0.7:9464", "HTTP/1.1 200 OK"),
        ("[fe80::1]", "HTTP/1.1 200 OK"),
        ("evil.example", "HTTP/1.1 421 Misdirected Request"),
    ] {
        let request = format!("GET /live HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        assert_eq!(
            status(&raw(address, request.as_bytes())),
            expected,
            "{host}"
        );
    }
}

#[tokio::test]
async fn changes_are_made_by_programs_and_not_by_other_sites_pages() {
    let server = Server::start();
    let client = reqwest::Client::new();
    let own = format!("http://{}", server.address());
    let json = ("content-type", "application/json");
    let cases: [(&[(&str, &str)], u16); 12] = [
        (&[json], 200),
        (&[("content-type", "Application/JSON; charset=utf-8")], 200),
        (&[("x-obs-request", "1")], 200),
        (&[], 415),
        (&[("content-type", "text/plain")], 415),
        (
            &[("content-type", "application/x-www-form-urlencoded")],
            415,
        ),
        (&[json, ("origin", &own)], 200),
        (&[json, ("origin", "http://evil.example")], 403),
        (&[json, ("origin", "null")], 403),
        (&[json, ("sec-fetch-site", "same-origin")], 200),
        (&[json, ("sec-fetch-site", "same-site")], 403),
        (
            &[json, ("sec-fetch-site", "cross-site"), ("origin", &own)],
            403,
        ),
    ];
    for (headers, expected) in cases {
        let mut ask = client.post(server.url("/monitoring/traces/cleanup?max_age=36500d"));
        for (name, value) in headers {
            ask = ask.header(*name, *value);
        }
        let response = ask.send().await.unwrap();
        assert_eq!(response.status(), expected, "{headers:?}");
    }
}
