//! Calls whom it is told to call, as a part of the caller's trace: the service under test of the
//! [W3C Trace Context suite](https://github.com/w3c/trace-context/tree/main/test).
//!
//! ```text
//! cargo run --bin w3c_echo 5000
//! SPEC_LEVEL=2 STRICT_LEVEL=2 python test.py http://127.0.0.1:5000/test
//! ```

use std::error::Error;
use std::net::Ipv4Addr;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use obs_runtime::http::ServerLayer;
use obs_runtime::propagate::WithTraceContext;
use obs_runtime::{service, track_external_api};
use reqwest::Client;
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpListener;

#[service(name = "w3c-echo")]
struct Echo;

/// A call to make.
#[derive(Deserialize)]
struct Call {
    url: String,
    /// The body of the call.
    arguments: Value,
}

/// Makes the calls one after the other, and answers when all are done.
async fn test(State(http): State<Client>, Json(calls): Json<Vec<Call>>) -> StatusCode {
    for call in &calls {
        if let Err(error) = send(&http, call).await {
            tracing::warn!(url = call.url, %error, "the call failed");
            return StatusCode::BAD_GATEWAY;
        }
    }
    StatusCode::OK
}

/// Every call is a span of its own, whose id is sent as the parent.
#[track_external_api("caller", endpoint = "/callback", method = "POST")]
async fn send(http: &Client, call: &Call) -> reqwest::Result<()> {
    let request = http.post(&call.url).with_trace_context();
    let response = request.json(&call.arguments).send().await?;
    response.error_for_status().map(drop)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).ok_or("usage: w3c_echo <port>")?;
    let port: u16 = port
        .parse()
        .map_err(|_| format!("`{port}` is not a port; write a number from 0 to 65535"))?;
    let running = obs_runtime::start::<Echo>()?;
    let app = Router::new()
        .route("/test", post(test))
        .layer(ServerLayer::new())
        .with_state(Client::builder().no_proxy().build()?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("listening on http://{}/test", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            // Without signals it runs until it is killed.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        })
        .await?;
    running.shutdown().await;
    Ok(())
}
