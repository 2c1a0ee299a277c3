//! What somebody can try who has no credentials, and where that is tested.
//!
//! In all of these the listener goes on to answer others, and answers are the clear errors of the documentation or
//! none. What the service's own requests notice is measured by `examples/under_attack.rs`.
//!
//! | attack | tests |
//! |---|---|
//! | bodies of 1 GB | `bodies_of_a_gigabyte_are_not_taken`, `a_huge_body_is_refused` |
//! | heads of 1 MB | `a_huge_head_is_refused` |
//! | slow-loris with 5,000 connections | `thousands_of_connections_that_send_a_byte_at_a_time_keep_nobody_out`, `a_slow_head_is_given_up`, `a_slow_body_is_given_up`, `a_silent_connection_gives_its_place_to_the_next`, `an_address_with_its_share_gives_up_what_was_silent_for_longest` |
//! | a flood of connections | `a_flood_is_taken_in_at_a_bounded_rate`, `there_are_never_more_than_allowed` |
//! | pipelined garbage | `requests_that_follow_each_other_are_answered_up_to_the_first_that_is_none`, `what_is_not_http_costs_its_connection` |
//! | path traversal | `paths_lead_nowhere_else` |
//! | names with newlines and quotes | `names_with_newlines_and_quotes_stay_text`, `secrets_and_length_stay_out` |
//! | wrong tokens at rate | `wrong_tokens_at_rate_are_stopped_and_the_right_one_goes_on`, `guessing_is_stopped_and_honest_callers_notice_nothing` |
//! | DNS rebinding | `a_page_that_made_its_name_point_here_is_turned_away`, `there_is_exactly_one_host` |
//! | cross-site requests of a browser | `a_page_of_another_origin_can_neither_read_nor_change_anything`, `a_page_of_another_site_can_neither_read_nor_change`, `changes_are_made_by_programs_and_not_by_other_sites_pages`, `a_page_of_another_site_changes_nothing` |
//! | clients that never read | `clients_that_never_read_keep_nobody_out`, `a_reader_that_stalls_is_given_up`, `who_does_not_read_is_silent` |
//! | clients of event streams that never read | `a_client_that_never_reads_is_cut_off`, `who_listens_does_not_hold_up_the_end` |

use std::thread;
use std::time::Instant;

use super::*;

/// Asks until the server answers as it should, and says how long that took.
fn probe(address: SocketAddr) -> Duration {
    let begun = Instant::now();
    let answer = raw(address, b"GET /live HTTP/1.0\r\n\r\n");
    assert!(answer.contains("healthy"), "{answer}");
    begun.elapsed()
}

/// Sends a head and then a body for as long as the server takes it. Says how much it took, and the answer.
fn pour(address: SocketAddr, head: &str, bytes: u64) -> (u64, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_write_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let piece = vec![b'x'; 1 << 20];
    let mut sent = 0;
    while sent < bytes && stream.write_all(&piece).is_ok() {
        sent += piece.len() as u64;
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    (sent, String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn bodies_of_a_gigabyte_are_not_taken() {
    let server = Server::start();
    const GIGABYTE: u64 = 1 << 30;
    let post =
        "POST /monitoring/traces/cleanup HTTP/1.1\r\nhost: localhost\r\nx-obs-request: 1\r\n";
    for head in [
        format!("{post}content-length: {GIGABYTE}\r\n\r\n"),
        format!("{post}transfer-encoding: chunked\r\n\r\n40000000\r\n"),
        format!("GET /live HTTP/1.1\r\nhost: localhost\r\ncontent-length: {GIGABYTE}\r\n\r\n"),
    ] {
        let (sent, answer) = pour(server.address(), &head, GIGABYTE);
        assert!(sent < GIGABYTE / 10, "{sent} bytes were taken");
        assert!(
            answer.is_empty()
                || answer.starts_with("HTTP/1.1 413 ")
                || answer.starts_with("HTTP/1.1 200 "),
            "{answer}"
        );
        probe(server.address());
    }
}

/// The table above names tests that are there.
#[test]
fn every_attack_has_its_tests() {
    crate::covered::check(include_str!("attacks.rs"), 12);
}

/// 5,000, or as many as the process may open at most; a server has its own half of each.
fn many() -> usize {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    usize::try_from(hard.saturating_sub(1000) / 2)
        .unwrap_or(5000)
        .clamp(100, 5000)
}

#[test]
fn thousands_of_connections_that_send_a_byte_at_a_time_keep_nobody_out() {
    let server = Server::start();
    let address = server.address();
    let mut slow: Vec<TcpStream> = Vec::new();
    let mut longest = Duration::ZERO;
    for n in 0..many() {
        let Ok(mut stream) = TcpStream::connect(address) else {
            continue;
        };
        let _ = stream.write_all(b"GET /live HTTP/1.1\r\nhost: localhost\r\nx-slow: ");
        slow.push(stream);
        if n % 500 == 499 {
            for stream in &mut slow {
                let _ = stream.write_all(b"x");
            }
            longest = longest.max(probe(address));
        }
    }
    assert!(longest < Duration::from_secs(5), "{longest:?}");
}

#[test]
fn requests_that_follow_each_other_are_answered_up_to_the_first_that_is_none() {
    let server = Server::start();
    let good = "GET /live HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut all = good.repeat(3);
    all.push_str("\u{0}\u{1}garbage GET / \r\n\r\n");
    all.push_str(&good.repeat(3));
    let answer = server.raw(all.as_bytes());
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 3);
    assert_eq!(answer.matches("HTTP/1.1 400 ").count(), 1);
    // A second request that hides in the body of the first.
    let smuggled = "POST /live HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\
        transfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let answer = server.raw(smuggled.as_bytes());
    assert!(!answer.contains("# TYPE"), "{answer}");
    probe(server.address());
}

#[test]
fn paths_lead_nowhere_else() {
    let server = Server::start();
    for path in [
        "/../../etc/passwd",
        "/monitoring/../../../etc/passwd",
        "/monitoring/traces/../../../../etc/passwd",
        "/monitoring/traces/..%2f..%2fetc%2fpasswd",
        "/monitoring/%2e%2e/%2e%2e/etc/passwd",
        "/monitoring//debug//config",
        "/monitoring/traces/%00",
        "/monitoring/./catalog",
        "//etc/passwd",
        "/MONITORING/catalog",
    ] {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        let answer = server.raw(request.as_bytes());
        let refused = ["HTTP/1.1 404 ", "HTTP/1.1 400 "]
            .iter()
            .any(|line| answer.starts_with(line));
        assert!(refused, "{path}: {answer}");
        assert!(!answer.contains("root:"), "{path}");
    }
}

#[tokio::test]
async fn names_with_newlines_and_quotes_stay_text() {
    let server = Server::start();
    let name = "%0d%0aSet-Cookie:%20a=b%0a%22%3e%3cscript%3e%1b%5b31m%e2%80%ae";
    for path in [
        format!("/monitoring/traces/{name}"),
        format!("/monitoring/traces?operation={name}"),
        format!("/monitoring/{name}"),
        format!("/monitoring/catalog?{name}={name}"),
    ] {
        let answer = server.get(&path).await;
        assert!(answer.headers().get("set-cookie").is_none());
        assert_eq!(
            answer.headers()["content-type"],
            "application/json",
            "{path}"
        );
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        let body = answer.bytes().await.unwrap();
        let control = |byte: &u8| byte.is_ascii_control() && *byte != b'\n';
        assert!(!body.iter().any(control), "{path}");
        serde_json::from_slice::<Value>(&body).unwrap();
    }
    let flag = reqwest::Client::new()
        .post(server.url("/monitoring/debug/flags"))
        .header("content-type", "application/json")
        .body("{\"flag\": \"a\\nINFO forged \\\"x\\u001b[31m\", \"on\": true}");
    let (status, body) = read_json(flag.send().await.unwrap()).await;
    assert_eq!(status, 404, "{body}");
}

#[tokio::test]
async fn a_page_of_another_site_can_neither_read_nor_change() {
    let server = Server::start();
    let client = reqwest::Client::new();
    for path in [
        "/live",
        "/metrics",
        "/monitoring",
        "/monitoring/traces",
        "/monitoring/debug/config",
    ] {
        for (headers, expected) in [
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "no-cors"),
                ][..],
                403,
            ),
            (
                &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")],
                403,
            ),
            (&[("origin", "http://evil.example")], 403),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "iframe"),
                ],
                403,
            ),
            (&[("sec-fetch-site", "same-origin")], 0),
            (
                &[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")],
                0,
            ),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "document"),
                ],
                0,
            ),
        ] {
            let ask = headers
                .iter()
                .fold(client.get(server.url(path)), |ask, (name, value)| {
                    ask.header(*name, *value)
                });
            let answer = ask.send().await.unwrap();
            let status = answer.status().as_u16();
            assert_eq!(
                status == 403,
                expected == 403,
                "{path} {headers:?}: {status}"
            );
            assert!(
                answer
                    .headers()
                    .get("access-control-allow-origin")
                    .is_none()
            );
        }
    }
}

#[test]
fn clients_that_never_read_keep_nobody_out() {
    let server = Server::start();
    let ask = b"GET /monitoring/catalog HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(5);
    let deaf: Vec<_> = (0..200)
        .filter_map(|_| {
            let mut stream = TcpStream::connect(server.address()).ok()?;
            let _ = stream.set_write_timeout(Some(Duration::from_millis(200)));
            let _ = stream.write_all(&ask);
            Some(stream)
        })
        .collect();
    thread::sleep(Duration::from_millis(200));
    let took = probe(server.address());
    assert!(took < Duration::from_secs(5), "{took:?}");
    drop(deaf);
}
