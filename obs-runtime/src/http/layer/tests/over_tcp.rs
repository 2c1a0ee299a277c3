//! Over a real connection the server, not the test, decides when a body is read and dropped.

use super::*;

async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

async fn one_span(capture: &Capture) -> SpanData {
    for _ in 0..200 {
        if !capture.spans().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    only(capture)
}

/// A body whose length only the header tells.
struct Lengthless(Option<&'static str>);

impl http_body::Body for Lengthless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        let part = self
            .0
            .take()
            .map(|text| Ok(http_body::Frame::data(text.into())));
        Poll::Ready(part)
    }
}

#[tokio::test]
async fn every_kind_of_complete_answer_ends_well() {
    let app = Router::new()
        .route("/text", get(|| async { "text" }))
        .route("/empty", get(|| async {}))
        .route("/none", get(|| async { StatusCode::NO_CONTENT }))
        .route(
            "/chunked",
            get(|| async { Body::new(Lengthless(Some("abc"))) }),
        )
        .route(
            "/length",
            get(|| async {
                (
                    [("content-length", "3")],
                    Body::new(Lengthless(Some("abc"))),
                )
            }),
        )
        .layer(ServerLayer::new());
    let base = serve(app).await;
    let client = reqwest::Client::new();
    for path in ["text", "empty", "none", "chunked", "length"] {
        for method in [reqwest::Method::GET, reqwest::Method::HEAD] {
            let capture = testing::capture();
            let url = format!("{base}/{path}");
            let response = client.request(method.clone(), url).send().await.unwrap();
            response.bytes().await.unwrap();
            let span = one_span(&capture).await;
            assert_eq!(span.outcome, Some(CallOutcome::Ok), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_client_that_goes_away_cancels() {
    let app = Router::new()
        .route("/wait", get(pending::<()>))
        .route(
            "/forever",
            get(|| async {
                Body::from_stream(stream::repeat(Ok::<_, Infallible>("x".repeat(1000))).then(
                    |part| async {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                        part
                    },
                ))
            }),
        )
        .layer(ServerLayer::new());
    let base = serve(app).await;
    let client = reqwest::Client::new();

    let capture = testing::capture();
    let answer = client.get(format!("{base}/wait")).send();
    assert!(
        tokio::time::timeout(Duration::from_millis(100), answer)
            .await
            .is_err()
    );
    assert_eq!(
        one_span(&capture).await.outcome,
        Some(CallOutcome::Cancelled)
    );
    drop(capture);

    let capture = testing::capture();
    let mut answer = client.get(format!("{base}/forever")).send().await.unwrap();
    answer.chunk().await.unwrap().unwrap();
    drop(answer);
    let span = one_span(&capture).await;
    assert_eq!(span.outcome, Some(CallOutcome::Cancelled));
    assert_eq!(text(&span, "http.response.status_code").unwrap(), "200");
}

#[tokio::test]
async fn a_panicking_handler_costs_one_connection() {
    let handler = || async {
        if true {
            panic!("on purpose");
        }
    };
    let app = Router::new()
        .route("/", get(handler))
        .layer(ServerLayer::new());
    let base = serve(app).await;
    let capture = testing::capture();
    assert!(reqwest::get(base).await.is_err());
    assert_eq!(one_span(&capture).await.outcome, Some(CallOutcome::Panic));
}

/// The request is over with its answer; what the two talk about then is not HTTP.
#[tokio::test]
async fn an_upgraded_connection_goes_on_and_its_request_ends() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let handler = |request: axum::extract::Request| async move {
        tokio::spawn(async move {
            let upgraded = hyper::upgrade::on(request).await.unwrap();
            let mut both = hyper_util::rt::TokioIo::new(upgraded);
            let mut word = [0; 4];
            both.read_exact(&mut word).await.unwrap();
            both.write_all(&word).await.unwrap();
        });
        let head = [("connection", "upgrade"), ("upgrade", "echo")];
        (StatusCode::SWITCHING_PROTOCOLS, head)
    };
    let app = Router::new()
        .route("/echo", get(handler))
        .layer(ServerLayer::new());
    let base = serve(app).await;
    let capture = testing::capture();
    let address = base.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream
        .write_all(
            b"GET /echo HTTP/1.1\r\nhost: shop\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n",
        )
        .await
        .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    let span = one_span(&capture).await;
    assert_eq!(span.outcome, Some(CallOutcome::Ok));
    assert_eq!(text(&span, "http.response.status_code").unwrap(), "101");

    stream.write_all(b"ping").await.unwrap();
    let mut word = [0; 4];
    stream.read_exact(&mut word).await.unwrap();
    assert_eq!(&word, b"ping");
}
