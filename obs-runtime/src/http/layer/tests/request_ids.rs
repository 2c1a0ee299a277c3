//! Where the request id comes from and where it goes.

use super::*;

/// Answers with the request id that the handler sees.
fn app() -> Router {
    let id = || async { context::request_id().unwrap_or_default() };
    Router::new().route("/", get(id)).layer(ServerLayer::new())
}

async fn ask(id: &[u8]) -> (String, String) {
    let mut asked = request("GET", "/");
    let value = ::http::HeaderValue::from_bytes(id).unwrap();
    asked.headers_mut().insert("x-request-id", value);
    let (_, headers, body) = send(&app(), asked).await;
    let echoed = headers["x-request-id"].to_str().unwrap().to_owned();
    (echoed, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_usable_id_is_taken_over() {
    for id in ["r-17", "7f9c:a/b=c+d@e~_.", &"x".repeat(128)] {
        let (echoed, seen) = ask(id.as_bytes()).await;
        assert_eq!((echoed.as_str(), seen.as_str()), (id, id));
    }
}

#[tokio::test]
async fn any_other_is_replaced() {
    let long = "x".repeat(129);
    let odd: [&[u8]; 6] = [
        b"",
        b"a b",
        b"\"quoted\"",
        b"<script>",
        b"\xff\xfe",
        long.as_bytes(),
    ];
    for id in odd {
        let (echoed, seen) = ask(id).await;
        assert_eq!(echoed, seen);
        assert_eq!(echoed.len(), 32, "{echoed}");
        assert_ne!(echoed.as_bytes(), id);
    }
}

#[tokio::test]
async fn without_one_each_request_gets_its_own() {
    let (_, first, _) = send(&app(), request("GET", "/")).await;
    let (_, second, _) = send(&app(), request("GET", "/")).await;
    assert_ne!(first["x-request-id"], second["x-request-id"]);
}

#[tokio::test]
async fn the_handler_s_own_header_stays() {
    let handler = || async { [("x-request-id", "mine")] };
    let app = Router::new()
        .route("/", get(handler))
        .layer(ServerLayer::new());
    let (_, headers, _) = send(&app, request("GET", "/")).await;
    let all: Vec<_> = headers.get_all("x-request-id").iter().collect();
    assert_eq!(all, ["mine"]);
}

#[tokio::test]
async fn the_span_has_it_too() {
    let capture = testing::capture();
    let (_, headers, _) = send(&app(), request("GET", "/")).await;
    let span = only(&capture);
    assert_eq!(text(&span, "request.id").unwrap(), headers["x-request-id"]);
}
