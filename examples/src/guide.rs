//! The code of the guide and of the README, compiled and run as doctests.

macro_rules! pages {
    ($($name:ident: $file:literal;)+) => {$(
        #[doc = include_str!($file)]
        pub mod $name {}
    )+};
}

pages! {
    start: "../../docs/guide/start.md";
    concepts: "../../docs/guide/concepts.md";
    configuration: "../../docs/guide/configuration.md";
    endpoints: "../../docs/guide/endpoints.md";
    health: "../../docs/guide/health.md";
    caches: "../../docs/guide/caches.md";
    security: "../../docs/guide/security.md";
    logs: "../../docs/guide/logs.md";
    propagation: "../../docs/guide/propagation.md";
    exporters: "../../docs/guide/exporters.md";
    fork: "../../docs/guide/fork.md";
    cost: "../../docs/guide/cost.md";
    testing: "../../docs/guide/testing.md";
    circuit_breakers: "../../docs/guide/circuit-breakers.md";
    resilience: "../../docs/guide/resilience.md";
    service: "../../docs/guide/attributes/service.md";
    trace_request: "../../docs/guide/attributes/trace_request.md";
    monitor_performance: "../../docs/guide/attributes/monitor_performance.md";
    timed_and_counted: "../../docs/guide/attributes/timed_and_counted.md";
    track_db_query: "../../docs/guide/attributes/track_db_query.md";
    track_external_api: "../../docs/guide/attributes/track_external_api.md";
    debug_trace: "../../docs/guide/attributes/debug_trace.md";
    metrics: "../../docs/guide/derives/metrics.md";
    label: "../../docs/guide/derives/label.md";
    labels: "../../docs/guide/derives/labels.md";
    outcome: "../../docs/guide/derives/outcome.md";
    redact: "../../docs/guide/derives/redact.md";
    events: "../../docs/guide/events.md";
}
