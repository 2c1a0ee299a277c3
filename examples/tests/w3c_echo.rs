//! The echo service against the strict level 2 cases of the W3C Trace Context suite, with a server in
//! the place of the suite's.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

const TRACE: &str = "12345678901234567890123456789012";
const PARENT: &str = "00-12345678901234567890123456789012-1234567890123456-01";

type Calls = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// The echo service as a process, and the server that it calls back.
struct Echo {
    child: Child,
    url: String,
    callback: String,
    calls: Calls,
}

impl Drop for Echo {
    fn drop(&mut self) {
        // It has ended already, or is of no more use.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn note(State(calls): State<Calls>, headers: HeaderMap, Json(body): Json<Value>) {
    calls.lock().unwrap().push((headers, body));
}

impl Echo {
    async fn start() -> Self {
        let calls = Calls::default();
        let app = Router::new()
            .route("/callback", post(note))
            .with_state(calls.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let callback = format!("http://{}/callback", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });

        let mut command = Command::new(env!("CARGO_BIN_EXE_w3c_echo"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("OBS_") || text.starts_with("OTEL_") {
                command.env_remove(&name);
            }
        }
        let mut child = command
            .arg("0")
            .env("OBS_LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        while !line.starts_with("listening on ") {
            line.clear();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "it does not start");
        }
        let url = line.trim().replace("listening on ", "");
        Self {
            child,
            url,
            callback,
            calls,
        }
    }

    /// The headers of `count` calls that follow a request with these headers.
    async fn calls(&self, sent: &[(&str, &str)], count: usize) -> Vec<HeaderMap> {
        let call = json!({"url": self.callback, "arguments": [{"url": "x", "arguments": []}]});
        let mut request = reqwest::Client::new()
            .post(&self.url)
            .json(&vec![call; count]);
        for (name, value) in sent {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{sent:?}");
        let calls = std::mem::take(&mut *self.calls.lock().unwrap());
        assert_eq!(calls.len(), count, "all calls come before the answer");
        let body = json!([{"url": "x", "arguments": []}]);
        assert!(calls.iter().all(|(_, found)| *found == body));
        calls.into_iter().map(|(headers, _)| headers).collect()
    }

    /// What one call says about its place: trace id, parent id and flags, and all `tracestate`.
    async fn call(&self, sent: &[(&str, &str)]) -> ([String; 3], Option<String>) {
        let headers = self.calls(sent, 1).await.remove(0);
        let state: Vec<_> = headers
            .get_all("tracestate")
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect();
        (
            place(&headers),
            (!state.is_empty()).then(|| state.join(",")),
        )
    }

    /// What `tracestate` becomes next to a valid parent.
    async fn state(&self, values: &[&str]) -> Option<String> {
        let state = values.iter().map(|value| ("tracestate", *value));
        let sent: Vec<_> = [("traceparent", PARENT)].into_iter().chain(state).collect();
        let ([trace, ..], state) = self.call(&sent).await;
        assert_eq!(
            trace, TRACE,
            "a tracestate never breaks the trace: {values:?}"
        );
        state
    }
}

/// Trace id, parent id and flags of exactly one valid `traceparent`.
fn place(headers: &HeaderMap) -> [String; 3] {
    let parents: Vec<_> = headers.get_all("traceparent").iter().collect();
    assert_eq!(parents.len(), 1, "{parents:?}");
    let fields: Vec<_> = parents[0].to_str().unwrap().split('-').collect();
    let [version, trace, parent, flags] = fields[..] else {
        panic!("{parents:?}");
    };
    assert_eq!(
        (version, trace.len(), parent.len(), flags.len()),
        ("00", 32, 16, 2)
    );
    assert!(
        fields
            .concat()
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    );
    assert!(trace.contains(|c| c != '0') && parent.contains(|c| c != '0'));
    [trace, parent, flags].map(str::to_owned)
}

#[tokio::test]
async fn the_trace_goes_on_and_every_call_is_a_span_of_its_own() {
    let echo = Echo::start().await;
    assert!(echo.calls(&[("traceparent", PARENT)], 0).await.is_empty());
    let calls = echo.calls(&[("traceparent", PARENT)], 3).await;
    let mut parents: Vec<_> = calls
        .iter()
        .map(|headers| {
            let [trace, parent, flags] = place(headers);
            assert_eq!((trace.as_str(), flags.as_str()), (TRACE, "01"));
            parent
        })
        .collect();
    parents.push("1234567890123456".to_owned());
    parents.sort();
    parents.dedup();
    assert_eq!(parents.len(), 4);

    for (received, sent) in [
        ("00", "00"),
        ("01", "01"),
        ("02", "02"),
        ("03", "03"),
        ("ff", "03"),
    ] {
        let parent = format!("00-{TRACE}-1234567890123456-{received}");
        let ([trace, _, flags], _) = echo.call(&[("traceparent", &parent)]).await;
        assert_eq!((trace.as_str(), flags.as_str()), (TRACE, sent));
    }
}

#[tokio::test]
async fn what_names_no_parent_begins_a_new_random_trace() {
    let echo = Echo::start().await;
    let twice = [("traceparent", PARENT), ("traceparent", PARENT)];
    let cases: [&[(&str, &str)]; 13] = [
        &[],
        &[("tracestate", "foo=1")],
        &twice,
        &[("traceparent", "")],
        &[(
            "traceparent",
            "ff-12345678901234567890123456789012-1234567890123456-01",
        )],
        &[(
            "traceparent",
            "000-12345678901234567890123456789012-1234567890123456-01",
        )],
        &[(
            "traceparent",
            "0-12345678901234567890123456789012-1234567890123456-01",
        )],
        &[(
            "traceparent",
            "00-00000000000000000000000000000000-1234567890123456-01",
        )],
        &[(
            "traceparent",
            "00-12345678901234567890123456789012-0000000000000000-01",
        )],
        &[(
            "traceparent",
            "00-12345678901234567890123456789012-123456789012345-01",
        )],
        &[(
            "traceparent",
            "00-12345678901234567890123456789012-1234567890123456-001",
        )],
        &[(
            "traceparent",
            "00-12345678901234567890123456789012-1234567890123456-01-",
        )],
        &[(
            "traceparent",
            "00-ABCDEF78901234567890123456789012-1234567890123456-01",
        )],
    ];
    for headers in cases {
        let sent: Vec<_> = headers
            .iter()
            .copied()
            .chain([("tracestate", "bar=2")])
            .collect();
        let ([trace, _, flags], state) = echo.call(&sent).await;
        assert_ne!(trace, TRACE, "{headers:?}");
        assert_eq!(flags, "03", "sampled, and random: {headers:?}");
        assert_eq!(state, None, "{headers:?}");
    }
}

#[tokio::test]
async fn later_versions_and_white_space_are_no_obstacle() {
    let echo = Echo::start().await;
    for parent in [
        "cc-12345678901234567890123456789012-1234567890123456-01",
        "cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
        " 00-12345678901234567890123456789012-1234567890123456-01\t",
    ] {
        for name in ["traceparent", "TraceParent", "TRACEPARENT"] {
            assert_eq!(echo.call(&[(name, parent)]).await.0[0], TRACE, "{parent}");
        }
    }
    let later = "cc-12345678901234567890123456789012-1234567890123456-01.what";
    assert_ne!(echo.call(&[("traceparent", later)]).await.0[0], TRACE);
}

#[tokio::test]
async fn a_valid_state_is_passed_on_and_a_broken_one_dropped_whole() {
    let echo = Echo::start().await;
    let t = |count| "t".repeat(count);
    let members = |count: usize| {
        (0..count)
            .map(|n| format!("k{n}=1"))
            .collect::<Vec<_>>()
            .join(",")
    };
    for kept in [
        "foo=1",
        "foo=1,bar=2",
        "foo=1,foo=2",
        "foo@=1,bar=2",
        "foo@@bar=1,bar=2",
        "t@ttttttttttttttt=1",
        &format!("{}=1", t(256)),
        &format!("foo={}", t(256)),
        &members(32),
    ] {
        assert_eq!(echo.state(&[kept]).await.as_deref(), Some(kept));
    }
    for (values, sent) in [
        (
            &["foo=1,bar=2", "rojo=1,congo=2", "baz=3"][..],
            "foo=1,bar=2,rojo=1,congo=2,baz=3",
        ),
        (&["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"),
        (&["", "foo=1"], "foo=1"),
        (&["foo=  1 2"], "foo=  1 2"),
    ] {
        assert_eq!(echo.state(values).await.as_deref(), Some(sent));
    }
    for broken in [
        "",
        "foo =1",
        "FOO=1",
        "foo.bar=1",
        "@foo=1",
        "foo=",
        "foo=bar=baz",
        "foo",
        &format!("foo=1,{}=1", t(257)),
        &format!("foo={}", t(257)),
        &members(33),
    ] {
        assert_eq!(echo.state(&[broken]).await, None, "{broken}");
    }
}

#[test]
fn a_port_that_is_none_is_refused() {
    for (args, text) in [
        (&[][..], "usage: w3c_echo <port>"),
        (
            &["web"],
            "`web` is not a port; write a number from 0 to 65535",
        ),
    ] {
        let ended = Command::new(env!("CARGO_BIN_EXE_w3c_echo"))
            .args(args)
            .output()
            .unwrap();
        assert!(!ended.status.success());
        let stderr = String::from_utf8(ended.stderr).unwrap();
        assert!(stderr.contains(text), "{stderr}");
    }
}
