//! What is wrong is said, with the fix.

use super::*;

#[tokio::test]
async fn an_unknown_path_gets_the_known_ones() {
    let server = Server::start();
    let (status, body) = server.json("/monitoring/tracs").await;
    assert_eq!(status, 404);
    assert_eq!(body["error"], "not_found");
    assert_eq!(
        body["message"],
        "no endpoint `/monitoring/tracs`; did you mean `/monitoring/traces`?"
    );
    let known = body["known"].as_array().unwrap();
    assert!(known.iter().any(|path| path == "/monitoring/catalog"));

    for path in [
        "/",
        "/nothing",
        "/monitoring/traces/1/nothing",
        "/monitoring//traces",
        "/LIVE",
    ] {
        let (status, body) = server.json(path).await;
        assert_eq!(
            (status, body["error"].as_str()),
            (404, Some("not_found")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_wrong_method_gets_the_right_ones() {
    let server = Server::start();
    let client = reqwest::Client::new();
    for (method, path, allow) in [
        ("POST", "/live", "GET, HEAD"),
        ("DELETE", "/metrics", "GET, HEAD"),
        ("GET", "/monitoring/traces/cleanup", "POST"),
        ("HEAD", "/monitoring/traces/cleanup", "POST"),
        ("OPTIONS", "/monitoring", "GET, HEAD"),
        ("get", "/live", "GET, HEAD"),
        ("BREW", "/live", "GET, HEAD"),
    ] {
        let method: reqwest::Method = method.parse().unwrap();
        let response = client
            .request(method.clone(), server.url(path))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 405, "{method} {path}");
        assert_eq!(response.headers()["allow"], allow, "{method} {path}");
        if method != reqwest::Method::HEAD {
            let (_, body) = read_json(response).await;
            assert_eq!(body["error"], "method_not_allowed");
        }
    }
}

#[tokio::test]
async fn parameters_are_read_strictly() {
    let server = Server::start();
    for (path, error, message) in [
        (
            "/live?verbose=1",
            "unknown_parameter",
            "unknown parameter `verbose`; this endpoint takes none",
        ),
        (
            "/monitoring/traces?min_durations=1s",
            "unknown_parameter",
            "unknown parameter `min_durations`; did you mean `min_duration`?",
        ),
        (
            "/monitoring/traces?min_duration=250",
            "bad_value",
            "`min_duration`: the duration `250` has no unit; write `\"250ms\"` or `\"250s\"`",
        ),
        (
            "/monitoring/metrics/summary?window=1h",
            "bad_value",
            "`window`: the duration `1h` is too long; write at most `\"15m\"`",
        ),
        (
            "/monitoring/metrics/summary?window=0s",
            "bad_value",
            "`window`: the duration `0s` is too short; write at least `\"1s\"`",
        ),
        (
            "/monitoring/traces?trace_id=7",
            "bad_value",
            "`trace_id`: expected 32 lower-case hex digits, not all zero",
        ),
        (
            "/monitoring/traces?error=yes",
            "bad_value",
            "`error`: `yes` is neither; write `true` or `false`",
        ),
        (
            "/monitoring/traces?limit=0",
            "bad_value",
            "`limit`: `0` is not a number from 1 to 1000",
        ),
        (
            "/monitoring/traces?limit=-1",
            "bad_value",
            "`limit`: `-1` is not a number from 1 to 1000",
        ),
        (
            "/monitoring/traces?limit=5&limit=6",
            "duplicate_parameter",
            "`limit` is given twice; remove one",
        ),
        (
            "/monitoring/traces?operation=%ff",
            "bad_encoding",
            "`%ff` is not percent-encoded UTF-8; write `%` as `%25`",
        ),
        (
            "/monitoring/traces/xyz",
            "bad_trace_id",
            "`xyz` is not a trace id: expected 32 lower-case hex digits, not all zero",
        ),
    ] {
        let (status, body) = server.json(path).await;
        assert_eq!(
            (status, body["error"].as_str()),
            (400, Some(error)),
            "{path}"
        );
        assert_eq!(body["message"], message, "{path}");
    }
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let server = Server::start();
    let client = reqwest::Client::new();
    let post = |body: String| {
        client
            .post(server.url("/monitoring/traces/cleanup"))
            .header("content-type", "application/json")
            .body(body)
            .send()
    };
    for (body, status, error) in [
        ("", 400, "missing_parameter"),
        ("{", 400, "bad_body"),
        ("\u{0}\u{1}", 400, "bad_body"),
        ("[1]", 400, "bad_body"),
        (r#"{"max_ago": "1h"}"#, 400, "unknown_parameter"),
        (r#"{"max_age": 60}"#, 400, "bad_value"),
        (r#"{"max_age": {"s": 1}}"#, 400, "bad_value"),
        (r#"{"max_age": "-1h"}"#, 400, "bad_value"),
    ] {
        let (actual, answer) = read_json(post(body.to_owned()).await.unwrap()).await;
        assert_eq!(
            (actual, answer["error"].as_str()),
            (status, Some(error)),
            "{body}"
        );
    }
    let deep = "[".repeat(60_000);
    assert_eq!(post(deep).await.unwrap().status(), 400);
}
