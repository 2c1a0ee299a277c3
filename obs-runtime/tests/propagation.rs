//! What a started program believes of its callers, and which headers it speaks.

#![cfg(feature = "http")]

use std::collections::BTreeMap;
#[cfg(feature = "interop")]
use std::collections::HashMap;
use std::convert::Infallible;

use http::{HeaderMap, Request, Response};
use obs_runtime::config::Layers;
use obs_runtime::context::RequestContext;
use obs_runtime::http::{ServerLayer, Trust, trace_headers};
use obs_runtime::propagate::WithTraceContext;
#[cfg(feature = "interop")]
use obs_runtime::trace::otel::ObsPropagator;
use obs_runtime::{Starter, propagate, trace};
#[cfg(feature = "interop")]
use opentelemetry::propagation::TextMapPropagator;
use tower::{ServiceBuilder, ServiceExt, service_fn};

const IDS: &str = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// The headers that the handler of such a request would send.
async fn sent(trust: Trust, name: &'static str, value: &str) -> HeaderMap {
    let handler = service_fn(|_: Request<String>| async {
        let mut response = Response::new(String::new());
        *response.headers_mut() = trace_headers();
        Ok::<_, Infallible>(response)
    });
    let service = ServiceBuilder::new()
        .layer(ServerLayer::new().trust(trust))
        .service(handler);
    let request = Request::builder().header(name, value).body(String::new());
    let response = service.oneshot(request.unwrap()).await.unwrap();
    response.into_parts().0.headers
}

/// Whether the trace of `headers` goes on, and whether it is sampled.
fn place(headers: &HeaderMap) -> (bool, bool) {
    let b3 = headers["b3"].to_str().unwrap();
    (b3.starts_with(TRACE), b3.ends_with("-1"))
}

#[tokio::test]
async fn callers_decide_as_far_as_they_are_trusted() {
    let settings = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OTEL_PROPAGATORS", "b3"),
        ("OBS_SAMPLER", "parentbased_always_off"),
        (
            "OBS__TRACING__FORWARD",
            "request.id=x-correlation-id,tenant=x-tenant",
        ),
    ];
    let running = Starter::new(Layers::default().variables(settings))
        .start()
        .unwrap();

    for (trust, state, goes_on, sampled) in [
        (Trust::Full, "-1", true, true),
        (Trust::Full, "-d", true, true),
        (Trust::Full, "-0", true, false),
        (Trust::Full, "", true, false),
        (Trust::IgnoreSampled, "-1", true, false),
        (Trust::Restart, "-1", false, false),
    ] {
        let headers = sent(trust, "b3", &format!("{IDS}{state}")).await;
        assert_eq!(place(&headers), (goes_on, sampled), "{trust:?} {state}");
        assert!(!headers.contains_key("traceparent"), "only b3 was chosen");
    }
    for (trust, state, sampled) in [
        (Trust::Full, "1", true),
        (Trust::Full, "0", false),
        (Trust::IgnoreSampled, "1", false),
        (Trust::Restart, "d", false),
    ] {
        let headers = sent(trust, "b3", state).await;
        assert_eq!(place(&headers), (false, sampled), "{trust:?} {state}");
    }
    let parent = format!("00-{IDS}-01");
    let headers = sent(Trust::Full, "traceparent", &parent).await;
    assert_eq!(place(&headers), (false, false), "only b3 was chosen");

    let mut message = HeaderMap::new();
    message.insert("b3", IDS.parse().unwrap());
    let deferred = propagate::extract(&message);
    assert_eq!(deferred.sampled, None);
    {
        let _span = trace::span("process").continues(&deferred).enter();
        assert_eq!(place(&trace_headers()), (true, false));
    }
    assert_eq!(
        forwarded(),
        [("x-correlation-id", "r-17"), ("x-tenant", "acme")].map(own)
    );
    running.shutdown().await;

    for switch in [
        ("OTEL_SDK_DISABLED", "true"),
        ("OBS__TRACING__ENABLED", "false"),
    ] {
        assert_passed_on(switch).await;
    }
}

/// A program that records no spans is no gap in the traces of others.
async fn assert_passed_on(switch: (&'static str, &'static str)) {
    let settings = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OTEL_PROPAGATORS", "b3"),
        switch,
    ];
    let running = Starter::new(Layers::default().variables(settings))
        .start()
        .unwrap();
    let place = format!("{IDS}-1");
    let headers = sent(Trust::Full, "b3", &place).await;
    assert_eq!(headers["b3"], place, "{switch:?}");
    let headers = sent(Trust::Restart, "b3", &place).await;
    assert!(!headers.contains_key("b3"), "{switch:?}");

    {
        let mut message = HeaderMap::new();
        message.insert("b3", place.parse().unwrap());
        let sent = propagate::extract(&message);
        let _inside = sent.context().enter();
        let _nested = RequestContext::new().with("tenant", "acme").enter();
        let _span = trace::span("process").continues(&sent).enter();
        assert_eq!(trace_headers()["b3"], place, "{switch:?}");
    }
    assert!(trace_headers().is_empty());
    running.shutdown().await;
}

fn own((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// What every way out says of a request, which must be the same.
fn forwarded() -> Vec<(String, String)> {
    let request = RequestContext::new()
        .with_request_id("r-17")
        .with_user_id("ada")
        .with("tenant", "acme");
    let _inside = request.enter();
    let mut message = BTreeMap::new();
    propagate::inject(&mut message);
    let builder = Request::get("http://payments/").with_trace_context();
    let request = builder.body(()).unwrap();
    assert_eq!(*request.headers(), trace_headers());
    #[cfg(feature = "interop")]
    {
        let mut theirs = HashMap::<String, String>::new();
        ObsPropagator.inject_context(&opentelemetry::Context::new(), &mut theirs);
        assert_eq!(theirs, message.clone().into_iter().collect());
    }
    for (name, value) in &message {
        assert_eq!(request.headers()[name], value);
    }
    assert_eq!(request.headers().len(), message.len());
    message.into_iter().collect()
}
