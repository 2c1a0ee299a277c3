//! The trace that comes in and goes on.

use super::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03";

/// Answers with the headers that a call to another service would carry.
fn app(layer: ServerLayer) -> Router {
    let sent = || async { crate::http::trace_headers() };
    Router::new().route("/", get(sent)).layer(layer)
}

fn with(headers: &[(&'static str, &str)]) -> Request<Body> {
    let mut request = request("GET", "/");
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn the_caller_s_span_becomes_the_parent() {
    let capture = testing::capture();
    let asked = with(&[
        ("traceparent", PARENT),
        ("tracestate", "a=1"),
        ("tracestate", "b=2"),
    ]);
    let (_, sent, _) = send(&app(ServerLayer::new()), asked).await;

    let span = only(&capture);
    assert_eq!(span.parent_id.unwrap().to_string(), "b7ad6b7169203331");
    assert!(span.parent_is_remote);
    let own = format!("00-{TRACE}-{}-03", span.span_id);
    assert_eq!(sent["traceparent"], own.as_str());
    assert_eq!(sent["tracestate"], "a=1,b=2");
}

#[tokio::test]
async fn a_malformed_parent_starts_a_new_trace() {
    let long = format!("{PARENT}-");
    let twice = [("traceparent", PARENT), ("traceparent", PARENT)];
    let cases: [&[(&'static str, &str)]; 6] = [
        &[("traceparent", "")],
        &[("traceparent", "nonsense")],
        &[("traceparent", &PARENT.to_uppercase())],
        &[("traceparent", &long)],
        &[(
            "traceparent",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        )],
        &twice,
    ];
    for headers in cases {
        let capture = testing::capture();
        let (status, sent, _) = send(&app(ServerLayer::new()), with(headers)).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(only(&capture).parent_id, None, "{headers:?}");
        assert!(!sent["traceparent"].to_str().unwrap().contains(TRACE));
        assert!(!sent.contains_key("tracestate"));
    }
}

#[tokio::test]
async fn at_the_edge_the_caller_chooses_nothing() {
    let capture = testing::capture();
    let app = app(ServerLayer::new().trust(Trust::Restart).strip_baggage(true));
    let asked = [
        ("traceparent", PARENT),
        ("tracestate", "a=1"),
        ("baggage", "tenant=acme"),
    ];
    let (_, sent, _) = send(&app, with(&asked)).await;
    let span = only(&capture);
    assert_eq!(span.parent_id, None);
    assert!(!sent["traceparent"].to_str().unwrap().contains(TRACE));
    assert!(!sent.contains_key("tracestate") && !sent.contains_key("baggage"));
    let links: Vec<_> = span
        .links
        .iter()
        .map(|link| link.context.trace_id.to_string())
        .collect();
    assert_eq!(links, [TRACE], "the foreign trace can still be found");

    send(&app, with(&[])).await;
    let new = capture
        .spans()
        .into_iter()
        .find(|new| new.span_id != span.span_id);
    assert!(new.unwrap().links.is_empty());
}

#[tokio::test]
async fn baggage_goes_on_and_is_neither_shown_nor_a_label() {
    let capture = testing::capture();
    let handler = || async {
        context::set_baggage("own", "a b").unwrap();
        (
            crate::http::trace_headers(),
            context::baggage()
                .unwrap()
                .get("user")
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let app = Router::new()
        .route("/", get(handler))
        .layer(ServerLayer::new());
    let asked = [
        ("baggage", "user=J%C3%BCrgen;p=1, broken"),
        ("baggage", "x=y=z"),
    ];
    let (_, sent, body) = send(&app, with(&asked)).await;
    assert_eq!(sent["baggage"], "user=J%C3%BCrgen;p=1,x=y=z,own=a%20b");
    assert_eq!(body, "Jürgen");
    let shown = format!("{:?}", only(&capture).attributes);
    assert!(!shown.contains("rgen"), "{shown}");
}

#[tokio::test]
async fn injection_replaces_what_was_there() {
    let mut headers = HeaderMap::new();
    headers.append("traceparent", "old".parse().unwrap());
    headers.append("tracestate", "old=1".parse().unwrap());
    crate::http::inject(&mut headers);
    assert_eq!(
        headers["traceparent"], "old",
        "nothing is known outside of a trace"
    );

    let _capture = testing::capture();
    let _span = trace::span("call").enter();
    crate::http::inject(&mut headers);
    let context = trace::current().unwrap();
    let parents: Vec<_> = headers.get_all("traceparent").iter().collect();
    assert_eq!(parents.len(), 1);
    assert!(
        parents[0]
            .to_str()
            .unwrap()
            .contains(&context.span_id.to_string())
    );
    assert!(!headers.contains_key("tracestate"));
}
