//! Every way in which a request can end.

use super::*;

fn app(path: &'static str, make: impl Fn() -> Body + Clone + Send + Sync + 'static) -> Router {
    let handler = move || std::future::ready(Response::new(make()));
    Router::new()
        .route(path, get(handler))
        .layer(ServerLayer::new())
}

#[tokio::test]
async fn a_request_that_is_given_up_is_cancelled() {
    let capture = testing::capture();
    let app = Router::new()
        .route("/slow", get(pending::<()>))
        .layer(ServerLayer::new());
    let mut answer = Box::pin(app.oneshot(request("GET", "/slow")));
    assert!(futures::poll!(&mut answer).is_pending());
    assert!(capture.spans().is_empty());
    drop(answer);

    let span = only(&capture);
    assert_eq!(span.outcome, Some(CallOutcome::Cancelled));
    assert_eq!(span.status, Status::Unset);
    assert_eq!(text(&span, "http.response.status_code"), None);
}

#[tokio::test]
async fn a_panic_is_counted_and_goes_on() {
    let capture = testing::capture();
    let handler = || async {
        if true {
            panic!("on purpose");
        }
    };
    let app = Router::new()
        .route("/panic", get(handler))
        .layer(ServerLayer::new());
    let answer = app.oneshot(request("GET", "/panic"));
    let caught = std::panic::AssertUnwindSafe(answer).catch_unwind().await;
    assert!(caught.is_err());

    let span = only(&capture);
    assert_eq!(span.outcome, Some(CallOutcome::Panic));
    assert_eq!(span.status, Status::Error);
    assert_eq!(text(&span, "error.type").unwrap(), "panic");
}

#[tokio::test]
async fn a_streamed_body_belongs_to_the_request() {
    let capture = testing::capture();
    let stream = || {
        Body::from_stream(stream::iter(["a", "b"]).map(|part| {
            drop(trace::span("part").enter());
            Ok::<_, Infallible>(part)
        }))
    };
    let app = app("/stream", stream);
    let response = app.oneshot(request("GET", "/stream")).await.unwrap();
    assert!(capture.spans().is_empty(), "the body is still to come");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(&*body, b"ab");

    let spans = capture.spans();
    let root = capture.span("GET /stream");
    assert_eq!(spans.len(), 3);
    assert!(
        spans[..2]
            .iter()
            .all(|span| span.parent_id == Some(root.span_id))
    );
    assert_eq!(root.outcome, Some(CallOutcome::Ok));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error() {
    let capture = testing::capture();
    let broken = || {
        let parts = [Ok("a"), Err(std::io::Error::other("disk"))];
        Body::from_stream(stream::iter(parts))
    };
    let response = app("/broken", broken).oneshot(request("GET", "/broken"));
    let body = response.await.unwrap().into_body();
    assert!(body.collect().await.is_err());
    let span = only(&capture);
    assert_eq!(span.outcome, Some(CallOutcome::Error));
    assert_eq!(text(&span, "http.response.status_code").unwrap(), "200");
    assert_eq!(
        text(&span, "error.type").unwrap(),
        "axum_core::error::Error"
    );
}

#[tokio::test]
async fn a_body_that_nobody_reads_to_the_end_is_cancelled() {
    let capture = testing::capture();
    let endless = || Body::from_stream(stream::repeat(Ok::<_, Infallible>("x")));
    let response = app("/endless", endless).oneshot(request("GET", "/endless"));
    let mut body = response.await.unwrap().into_body();
    body.frame().await.unwrap().unwrap();
    drop(body);
    assert_eq!(only(&capture).outcome, Some(CallOutcome::Cancelled));
}

#[tokio::test]
async fn a_panic_in_the_body_is_counted_once() {
    let capture = testing::capture();
    let broken = || {
        Body::from_stream(stream::poll_fn(
            |_| -> Poll<Option<Result<&str, Infallible>>> { panic!("on purpose") },
        ))
    };
    let response = app("/bad", broken)
        .oneshot(request("GET", "/bad"))
        .await
        .unwrap();
    let read = std::panic::AssertUnwindSafe(response.into_body().collect()).catch_unwind();
    assert!(read.await.is_err());
    assert_eq!(only(&capture).outcome, Some(CallOutcome::Panic));
}
