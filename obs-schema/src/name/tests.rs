use super::*;
use crate::def::MetricKind;

const _: () = assert!(
    check_metric(
        "http_server_request_duration_seconds",
        MetricKind::Histogram
    )
    .is_ok()
);
const _: () = assert!(check_metric("orders", MetricKind::Counter).is_err());
const _: () = assert!(check_label_name("region").is_ok());
const _: () = assert!(check_operation_label("outcome").is_err());
const _: () = assert!(check_service_name("shop").is_ok());
const IN_CONST: Message = match check_metric("Shop-orders", MetricKind::Gauge) {
    Ok(()) => Message::new(),
    Err(error) => error.text(),
};

fn metric(name: &str, kind: MetricKind) -> String {
    check_metric(name, kind).unwrap_err().to_string()
}

fn label(name: &str) -> String {
    check_label_name(name).unwrap_err().to_string()
}

#[test]
fn constants_and_run_time_say_the_same() {
    assert_eq!(IN_CONST.as_str(), metric("Shop-orders", MetricKind::Gauge));
    assert_eq!(
        IN_CONST.as_str(),
        "`Shop-orders` is not in snake case; write `shop_orders`"
    );
}

#[test]
fn every_name_of_the_contract_is_accepted() {
    use MetricKind::{Counter, FloatCounter, Gauge, Histogram, Info};
    for (name, kind) in [
        ("operation_calls_total", Counter),
        ("operation_duration_seconds", Histogram),
        ("operation_in_flight", Gauge),
        ("http_server_request_duration_seconds", Histogram),
        ("http_server_active_requests", Gauge),
        ("db_client_operation_duration_seconds", Histogram),
        ("external_api_rate_limit_remaining", Gauge),
        ("circuit_breaker_state", Gauge),
        ("circuit_breaker_failure_ratio", Gauge),
        ("health_check_status", Gauge),
        ("log_records_total", Counter),
        ("process_cpu_seconds_total", FloatCounter),
        ("process_resident_memory_bytes", Gauge),
        ("process_open_fds", Gauge),
        ("build_info", Info),
    ] {
        assert_eq!(check_metric(name, kind), Ok(()), "{name}");
    }
}

#[test]
fn characters_of_a_metric() {
    assert_eq!(
        metric("", MetricKind::Gauge),
        "a metric name is empty; write a name"
    );
    assert_eq!(
        metric("9lives", MetricKind::Gauge),
        "`9lives` begins with a digit; begin with a letter"
    );
    assert_eq!(
        metric("_x", MetricKind::Gauge),
        "`_x` begins with `_`, which is reserved; write `x`"
    );
    assert_eq!(
        metric("queue.length", MetricKind::Gauge),
        "`queue.length` contains `.` at position 6; write `queue_length`"
    );
    assert_eq!(
        metric("größe", MetricKind::Gauge),
        "`größe` contains `ö` at position 3; write `gr_e`"
    );
    assert_eq!(
        metric("queueLength", MetricKind::Gauge),
        "`queueLength` is not in snake case; write `queue_length`"
    );
    assert_eq!(
        metric("日本", MetricKind::Gauge),
        "`日本` contains `日` at position 1; write letters, digits and `_`"
    );
    assert_eq!(
        metric("shop:orders", MetricKind::Gauge),
        "`shop:orders` contains `:`, which Prometheus keeps for recording rules; write `shop_orders`",
    );
}

#[test]
fn suffixes_belong_to_kinds() {
    assert_eq!(
        metric("orders", MetricKind::FloatCounter),
        "`orders` is a counter and must end in `_total`; write `orders_total`"
    );
    assert_eq!(
        metric("orders_", MetricKind::Counter),
        "`orders_` is a counter and must end in `_total`; write `orders_total`"
    );
    assert_eq!(
        metric("queue_total", MetricKind::Gauge),
        "`queue_total` ends in `_total` but is not a counter; write `queue`"
    );
    assert_eq!(
        metric("build", MetricKind::Info),
        "`build` is an info and must end in `_info`; write `build_info`"
    );
    assert_eq!(
        metric("build_info", MetricKind::Gauge),
        "`build_info` ends in `_info` but is not an info; write `build`"
    );
    for suffix in ["_bucket", "_count", "_sum", "_created", "_gcount", "_gsum"] {
        assert_eq!(
            metric(&format!("queue{suffix}"), MetricKind::Histogram),
            format!(
                "`queue{suffix}` ends in `{suffix}`, which the formats add themselves; write `queue`"
            ),
        );
    }
}

#[test]
fn a_name_does_not_repeat_its_kind() {
    assert_eq!(
        metric("queue_gauge", MetricKind::Gauge),
        "`queue_gauge` repeats that it is a gauge; leave that word out"
    );
    assert_eq!(
        metric("orders_counter_total", MetricKind::Counter),
        "`orders_counter_total` repeats that it is a counter; leave that word out",
    );
    assert!(check_metric("counter_resets", MetricKind::Gauge).is_ok());
}

#[test]
fn reserved_labels() {
    assert_eq!(
        label("le"),
        "`le` is reserved for the bounds of histogram buckets; choose another name"
    );
    assert_eq!(
        label("quantile"),
        "`quantile` is reserved for the quantiles of summaries; choose another name"
    );
    for name in ["__name__", "__x"] {
        assert_eq!(
            label(name),
            format!(
                "`{name}` is reserved by Prometheus, like every label that begins with `__`; choose another name"
            ),
        );
    }
    assert_eq!(
        label("_x"),
        "`_x` begins with `_`, which is reserved; write `x`"
    );
}

#[test]
fn characters_of_a_label() {
    assert_eq!(label(""), "a label name is empty; write a name");
    assert_eq!(
        label("1st"),
        "`1st` begins with a digit; begin with a letter"
    );
    assert_eq!(
        label("http.method"),
        "`http.method` contains `.` at position 5; write `http_method`"
    );
    assert_eq!(
        label("a:b"),
        "`a:b` contains `:` at position 2; write `a_b`"
    );
    assert!(check_label_name("statusCode").is_ok());
}

#[test]
fn labels_that_obs_sets_itself() {
    for name in OPERATION_LABELS {
        assert_eq!(
            check_operation_label(name).unwrap_err().to_string(),
            format!(
                "`{name}` is reserved for a label that operations already have; choose another name"
            ),
        );
    }
    assert!(check_operation_label("region").is_ok());
    assert_eq!(check_operation_label("le"), check_label_name("le"));
    assert!(check_metric_label("outcome").is_ok());
    assert_eq!(
        check_metric_label("service").unwrap_err().to_string(),
        "`service` is reserved for the common label that is on every series; choose another name",
    );
}

#[test]
fn services_and_operations_take_any_printable_text() {
    for name in [
        "shop",
        "unknown_service:shop",
        "My Shop",
        "GET /orders/{id}",
        "größe",
    ] {
        assert_eq!(check_service_name(name), Ok(()));
        assert_eq!(check_operation_name(name), Ok(()));
    }
    assert_eq!(
        check_service_name("").unwrap_err().to_string(),
        "a service name is empty; write a name"
    );
    assert_eq!(
        check_operation_name("a\nb").unwrap_err().to_string(),
        "`a?b` has white space at an end or a control character at position 2; remove it",
    );
    assert_eq!(
        check_service_name(&"x".repeat(129))
            .unwrap_err()
            .to_string(),
        "a service name has at most 128 bytes, this one has 129; shorten it",
    );
}

#[test]
fn fixed_label_values() {
    assert_eq!(check_label_value("GET /orders/{id}"), Ok(()));
    assert_eq!(
        check_label_value(OVERFLOW).unwrap_err().to_string(),
        "`__overflow__` is reserved for the values beyond `max_series`; choose another name",
    );
    assert_eq!(
        check_label_value("a\n").unwrap_err().to_string(),
        "`a?` has white space at an end or a control character at position 2; write `a`",
    );
}

#[test]
fn a_prefix_is_a_name_that_ends_in_an_underscore() {
    assert_eq!(check_prefix(""), Ok(()));
    assert_eq!(check_prefix("shop_"), Ok(()));
    assert_eq!(
        check_prefix("shop").unwrap_err().to_string(),
        "the prefix `shop` does not end in `_`; write `shop_`"
    );
    assert_eq!(
        check_prefix("shop-").unwrap_err().to_string(),
        "`shop-` contains `-` at position 5; write `shop_`"
    );
}

#[test]
fn families_of_counters_and_infos_have_no_suffix() {
    assert_eq!(family_name("orders_total", MetricKind::Counter), "orders");
    assert_eq!(family_name("build_info", MetricKind::Info), "build");
    assert_eq!(
        family_name("latency_seconds", MetricKind::Histogram),
        "latency_seconds"
    );
}

type Check = fn(&str) -> Result<(), NameError<'_>>;

#[test]
fn no_input_makes_a_check_panic() {
    let long = "x-".repeat(5_000);
    for name in [
        "\0", "\u{7f}", "é", "a\u{301}", "--", "_", "__", ":", "total", "_total", &long,
    ] {
        let checks: [Check; 7] = [
            check_metric_name,
            |name| check_metric(name, MetricKind::Counter),
            check_label_name,
            check_operation_label,
            check_prefix,
            check_service_name,
            check_operation_name,
        ];
        for check in checks {
            if let Err(error) = check(name) {
                assert!(!error.to_string().contains(char::is_control));
                assert!(error.to_string().len() <= 384);
            }
        }
    }
}
