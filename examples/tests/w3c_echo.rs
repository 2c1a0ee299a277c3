//! The echo service against every case of the [W3C Trace Context suite](https://github.com/w3c/trace-context/tree/main/test)
//! at `SPEC_LEVEL=2 STRICT_LEVEL=2`, with a server in the place of the suite's. Requests are written byte by byte: an
//! HTTP client would put names into lower case and take white space away.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TRACE: &str = "12345678901234567890123456789012";
const SPAN: &str = "1234567890123456";
const PARENT: &str = "00-12345678901234567890123456789012-1234567890123456-01";

type Calls = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// The echo service as a process, and the server that it calls back.
struct Echo {
    child: Child,
    /// Host and port.
    address: String,
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
        let url = line.trim().strip_prefix("listening on http://").unwrap();
        let address = url.strip_suffix("/test").unwrap().to_owned();
        Self {
            child,
            address,
            callback,
            calls,
        }
    }

    /// The headers of `count` calls that follow a request with these headers.
    async fn calls(&self, sent: &[(&str, &str)], count: usize) -> Vec<HeaderMap> {
        let call = json!({"url": self.callback, "arguments": [{"url": "x", "arguments": []}]});
        let status = self.post(sent, &json!(vec![call; count])).await;
        assert_eq!(status, "HTTP/1.1 200 OK", "{sent:?}");
        let calls = std::mem::take(&mut *self.calls.lock().unwrap());
        assert_eq!(calls.len(), count, "all calls come before the answer");
        let body = json!([{"url": "x", "arguments": []}]);
        assert!(calls.iter().all(|(_, found)| *found == body));
        calls.into_iter().map(|(headers, _)| headers).collect()
    }

    /// Posts a body, with headers that are sent as they are. Returns the first line of the answer.
    async fn post(&self, headers: &[(&str, &str)], body: &Value) -> String {
        let (address, body) = (&self.address, body.to_string());
        let mut request = format!(
            "POST /test HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n",
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}:{value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(&body);
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
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

/// Parents of version 00 in which one field is wrong.
fn malformed_parents() -> Vec<String> {
    let fields = ["00", TRACE, SPAN, "01"];
    let mut parents = vec![
        String::new(),
        format!("ff-{TRACE}-{SPAN}-01"),
        format!("00-{}-{SPAN}-01", "0".repeat(32)),
        format!("00-{TRACE}-{}-01", "0".repeat(16)),
        format!("00-ABCDEF78901234567890123456789012-{SPAN}-01"),
    ];
    for rest in [".", "-", "-what-the-future-will-be-like"] {
        parents.push(format!("{PARENT}{rest}"));
    }
    for (at, field) in fields.into_iter().enumerate() {
        let last = field.len() - 1;
        for wrong in [
            format!("0{field}"),
            format!("{field}1"),
            format!("00{field}"),
            field[1..].to_owned(),
            field[..last].to_owned(),
            format!(".{}", &field[1..]),
            format!("{}.", &field[..last]),
        ] {
            let mut parent = fields.map(str::to_owned);
            parent[at] = wrong;
            parents.push(parent.join("-"));
        }
    }
    parents
}

#[tokio::test]
async fn what_names_no_parent_begins_a_new_random_trace() {
    let echo = Echo::start().await;
    let malformed = malformed_parents();
    let other = PARENT.replace("9012-", "9011-");
    let mut cases: Vec<Vec<(&str, &str)>> = vec![
        vec![],
        vec![("tracestate", "foo=1")],
        vec![("traceparent", PARENT), ("traceparent", PARENT)],
        vec![("traceparent", &other), ("traceparent", PARENT)],
        vec![("trace-parent", PARENT)],
        vec![("trace.parent", PARENT)],
    ];
    cases.extend(
        malformed
            .iter()
            .map(|parent| vec![("traceparent", &**parent)]),
    );
    for mut sent in cases {
        sent.push(("tracestate", "bar=2"));
        let ([trace, _, flags], state) = echo.call(&sent).await;
        assert_ne!(trace, TRACE, "{sent:?}");
        assert_ne!(trace, TRACE.replace("9012", "9011"), "{sent:?}");
        assert_eq!(flags, "03", "sampled, and random: {sent:?}");
        assert_eq!(state, None, "{sent:?}");
    }
}

#[tokio::test]
async fn calls_of_a_request_without_a_parent_are_of_one_trace() {
    let echo = Echo::start().await;
    let zeros = PARENT.replace(TRACE, &"0".repeat(32));
    for sent in [&[][..], &[("traceparent", zeros.as_str())]] {
        let calls = echo.calls(sent, 3).await;
        let mut places: Vec<_> = calls.iter().map(place).collect();
        assert!(places.iter().all(|[trace, ..]| *trace == places[0][0]));
        places.sort();
        places.dedup();
        assert_eq!(places.len(), 3, "each call is a span of its own");
    }
}

#[tokio::test]
async fn later_versions_cases_and_white_space_are_no_obstacle() {
    let echo = Echo::start().await;
    let later = PARENT.replace("00-", "cc-");
    for parent in [&later, &format!("{later}-what-the-future-will-be-like")] {
        assert_eq!(echo.call(&[("traceparent", parent)]).await.0[0], TRACE);
    }
    let dotted = format!("{later}.what-the-future-will-be-like");
    assert_ne!(echo.call(&[("traceparent", &dotted)]).await.0[0], TRACE);

    for (before, after) in [
        ("", ""),
        (" ", ""),
        ("\t", ""),
        ("", " "),
        ("", "\t"),
        ("\t ", " \t"),
    ] {
        for (parent, state) in [
            ("traceparent", "tracestate"),
            ("TraceParent", "TraceState"),
            ("TrAcEpArEnT", "TrAcEsTaTe"),
            ("TRACEPARENT", "TRACESTATE"),
        ] {
            let sent = [
                (parent, format!("{before}{PARENT}{after}")),
                (state, format!("{before}foo=1{after}")),
            ];
            let sent = sent.each_ref().map(|(name, value)| (*name, &**value));
            let ([trace, ..], state) = echo.call(&sent).await;
            assert_eq!(
                (&*trace, state.as_deref()),
                (TRACE, Some("foo=1")),
                "{sent:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_valid_state_is_passed_on_and_a_broken_one_dropped_whole() {
    let echo = Echo::start().await;
    let t = |count| "t".repeat(count);
    let members = |numbers: std::ops::Range<usize>| {
        let members = numbers.map(|n| format!("k{n}=1"));
        members.collect::<Vec<_>>().join(",")
    };
    let letters: String = ('a'..='z').chain('0'..='9').chain("_-*/".chars()).collect();
    let printable = (' '..='~').filter(|c| !",=".contains(*c));
    let printable: String = printable.collect();
    for kept in [
        "foo=1",
        "foo=1,bar=2",
        "foo=1,foo=1",
        "foo=1,foo=2",
        "foo@=1,bar=2",
        "foo@@bar=1,bar=2",
        "foo@bar@baz=1,bar=2",
        "t@ttttttttttttttt=1",
        &format!("foo=1,{}=1", t(256)),
        &format!("foo=1,{}@{}=1", t(241), "v".repeat(14)),
        &format!("foo=1,{}@v=1", t(242)),
        &format!("{letters}={printable}"),
        &format!("{letters}@a-z0-9_-*/={printable}"),
        &format!("foo={}", t(256)),
        &members(0..32),
    ] {
        assert_eq!(echo.state(&[kept]).await.as_deref(), Some(kept));
    }
    for (values, sent) in [
        (
            &["foo=1,bar=2", "rojo=1,congo=2", "baz=3"][..],
            "foo=1,bar=2,rojo=1,congo=2,baz=3",
        ),
        (&["foo=1", "foo=2"], "foo=1,foo=2"),
        (
            &[&members(0..10), &members(10..20), &members(20..32)],
            &members(0..32),
        ),
        (&["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"),
        (&["foo=1\t \t,\t \tbar=2,\t \tbaz=3"], "foo=1,bar=2,baz=3"),
        (&["", "foo=1"], "foo=1"),
        (&["foo=1", ""], "foo=1"),
        (&["foo=  1 2"], "foo=  1 2"),
    ] {
        assert_eq!(echo.state(values).await.as_deref(), Some(sent));
    }
    for broken in [
        "",
        "foo =1",
        "FOO=1",
        "foo.bar=1",
        "@foo=1,bar=2",
        "foo=,bar=3",
        "foo=bar=baz",
        "foo",
        &format!("foo=1,{}=1", t(257)),
        &format!("foo={}", t(257)),
        &members(0..33),
    ] {
        assert_eq!(echo.state(&[broken]).await, None, "{broken}");
    }
    let too_many = [&*members(0..10), &members(10..33)];
    assert_eq!(echo.state(&too_many).await, None);
    for name in ["trace-state", "trace.state"] {
        let sent = [("traceparent", PARENT), (name, "foo=1")];
        assert_eq!(echo.call(&sent).await.1, None, "{name}");
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
