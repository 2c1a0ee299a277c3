//! The variables of OpenTelemetry.

use std::time::Duration;

use crate::export::otlp::settings::{Form, Mistake, Protocol, Settings, Signal};

fn read(variables: &[(&'static str, &'static str)]) -> Result<Settings, Mistake> {
    Settings::read(Signal::Traces, variables)
}

fn endpoint(variables: &[(&'static str, &'static str)]) -> String {
    read(variables).unwrap().endpoint.to_string()
}

#[test]
fn without_any_it_is_as_the_specification_has_it() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.protocol, Protocol::HttpProtobuf);
    assert_eq!(
        settings.endpoint.to_string(),
        "http://localhost:4318/v1/traces"
    );
    assert_eq!(settings.timeout, Duration::from_secs(10));
    assert!(settings.headers.is_empty() && !settings.gzip);
}

#[test]
fn the_address_of_all_signals_gets_the_path_of_this_one() {
    for (address, expected) in [
        ("http://collector:4318", "http://collector:4318/v1/traces"),
        ("https://host/otlp/", "https://host/otlp/v1/traces"),
        ("HTTPS://Host/otlp", "https://Host/otlp/v1/traces"),
        ("http://[::1]:4318", "http://[::1]:4318/v1/traces"),
        // What a gateway wants to know of who sends.
        (
            "https://host/otlp/?tenant=a&zone=b",
            "https://host/otlp/v1/traces?tenant=a&zone=b",
        ),
    ] {
        assert_eq!(
            endpoint(&[("OTEL_EXPORTER_OTLP_ENDPOINT", address)]),
            expected
        );
    }
}

#[test]
fn the_address_of_this_signal_is_taken_as_it_is_and_comes_first() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://other:4318"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://mine:9/here"),
    ];
    assert_eq!(endpoint(&variables), "http://mine:9/here");
}

#[test]
fn blank_is_as_good_as_unset() {
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", " ")];
    assert_eq!(endpoint(&variables), "http://localhost:4318/v1/traces");
}

#[test]
fn grpc_has_a_port_of_its_own_and_needs_no_scheme() {
    let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    assert_eq!(endpoint(&[grpc]), "http://localhost:4317/");
    let bare = ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317");
    assert_eq!(endpoint(&[grpc, bare]), "https://collector:4317/");
    let insecure = ("OTEL_EXPORTER_OTLP_INSECURE", "true");
    assert_eq!(endpoint(&[grpc, bare, insecure]), "http://collector:4317/");
}

#[test]
fn headers_are_decoded_and_not_shown() {
    let settings = read(&[("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, x=1")]).unwrap();
    assert_eq!(settings.headers["api-key"], "a b");
    assert_eq!(settings.headers["x"], "1");
    assert!(!format!("{settings:?}").contains("a b"));

    let text = "authorization=Basic%20YTpi==, team=a%2Cb%3Dc, NAME=J%C3%BCrgen,,";
    let headers = read(&[("OTEL_EXPORTER_OTLP_HEADERS", text)])
        .unwrap()
        .headers;
    assert_eq!(headers["authorization"], "Basic YTpi==");
    assert_eq!(headers["team"], "a,b=c");
    assert_eq!(headers["name"].as_bytes(), "Jürgen".as_bytes());
    assert_eq!(headers.len(), 3);
}

#[test]
fn headers_of_one_signal_take_the_place_of_those_of_all() {
    let settings = read(&[
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,b=2"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=3"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1500"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "none"),
    ]);
    let settings = settings.unwrap();
    assert_eq!(settings.headers["a"], "3");
    assert_eq!(settings.headers.len(), 1);
    assert_eq!(settings.timeout, Duration::from_millis(250));
    assert!(!settings.gzip);
}

#[test]
fn words_count_in_any_case() {
    for (word, protocol) in [
        ("GRPC", Protocol::Grpc),
        ("HTTP/Protobuf", Protocol::HttpProtobuf),
        ("http/JSON", Protocol::HttpJson),
    ] {
        let variables = [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", word),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "GZip"),
        ];
        let settings = read(&variables).unwrap();
        assert_eq!((settings.protocol, settings.gzip), (protocol, true));
    }
}

#[test]
fn what_makes_no_sense_is_said_with_the_variable() {
    for (variable, value, expected) in [
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "http",
            "`http/protobuf`, `http/json` or `grpc`",
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "collector",
            "not an address",
        ),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "ftp://collector",
            "not an address",
        ),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "`gzip` or `none`"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "milliseconds"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0", "milliseconds"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key", "no `=`"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a b=c", "cannot be sent"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0Ac", "cannot be sent"),
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "Content-Length=7",
            "leave it out",
        ),
        ("OTEL_EXPORTER_OTLP_HEADERS", "te=gzip", "leave it out"),
        (
            "OTEL_EXPORTER_OTLP_CLIENT_KEY",
            "key.pem",
            "CLIENT_CERTIFICATE",
        ),
    ] {
        let mistake = read(&[(variable, value)]).unwrap_err();
        assert_eq!(mistake.variable, variable);
        assert!(mistake.message.contains(expected), "{mistake:?}");
    }
}

#[test]
fn the_form_of_metrics_is_chosen_and_what_there_is_not_is_an_error() {
    const FORM: &str = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
    const KIND: &str = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
    let form = |name, word| Form::read(&[(name, word)]);
    assert_eq!(Form::read(&[]), Ok(Form::Cumulative));
    assert_eq!(form(FORM, "Cumulative"), Ok(Form::Cumulative));
    assert_eq!(form(FORM, "delta"), Ok(Form::Delta));
    assert_eq!(form(FORM, "LowMemory"), Ok(Form::Delta));
    assert_eq!(form(FORM, "often").unwrap_err().variable, FORM);
    assert_eq!(
        form(KIND, "explicit_bucket_histogram"),
        Ok(Form::Cumulative)
    );
    assert_eq!(
        form(KIND, "base2_exponential_bucket_histogram"),
        Ok(Form::Cumulative)
    );
    let error = form(KIND, "exponential").unwrap_err();
    assert_eq!(error.variable, KIND);
    assert_eq!(
        error.message,
        "unknown kind of histogram `exponential`; write `explicit_bucket_histogram` or `base2_exponential_bucket_histogram`"
    );
}

#[test]
fn each_signal_has_its_path_and_its_own_variables() {
    for (signal, path, own) in [
        (
            Signal::Metrics,
            "v1/metrics",
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        ),
        (Signal::Logs, "v1/logs", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"),
    ] {
        let all = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318");
        let traces = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces/");
        let settings = Settings::read(signal, &[all, traces]).unwrap();
        assert_eq!(
            settings.endpoint.to_string(),
            format!("http://all:4318/{path}")
        );
        let settings = Settings::read(signal, &[all, traces, (own, "http://own/in")]).unwrap();
        assert_eq!(settings.endpoint.to_string(), "http://own/in");
    }
}
