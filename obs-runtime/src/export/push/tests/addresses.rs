//! What is wrong with variables, and what to type instead.

use super::*;

/// What opening says with these variables.
fn mistake(variables: &[(&str, &str)]) -> String {
    let dispatch = Dispatch::start().unwrap();
    let error = open(&config(variables), &dispatch, &mut Vec::new()).unwrap_err();
    error.to_string()
}

const EXPORTERS: &str = "OBS__METRICS__EXPORTERS";

#[test]
fn an_exporter_without_an_address_says_what_to_set() {
    for (exporter, expected) in [
        (
            "pushgateway",
            "OBS_PUSHGATEWAY_URL: `metrics.exporters` wants it, but there is no address; set it, for example to `http://localhost:9091`",
        ),
        (
            "remote_write",
            "OBS_REMOTE_WRITE_URL: `metrics.exporters` wants it, but there is no address; set it, for example to `http://localhost:9090/api/v1/write`",
        ),
        (
            "graphite",
            "OBS_GRAPHITE_ADDR: `metrics.exporters` wants it, but there is no address; set it, for example to `localhost:2003`",
        ),
        (
            "influx",
            "OBS_INFLUX_URL: `metrics.exporters` wants it, but there is no address; set it, for example to `http://localhost:8086/write?db=metrics`",
        ),
    ] {
        assert_eq!(mistake(&[(EXPORTERS, exporter)]), expected);
    }
}

#[test]
fn credentials_in_an_address_are_refused_and_not_repeated() {
    for (variable, url) in [
        ("OBS_PUSHGATEWAY_URL", "http://me:s3cret@gateway:9091"),
        (
            "OBS_REMOTE_WRITE_URL",
            "https://s3cret@prometheus/api/v1/write",
        ),
        (
            "OBS_INFLUX_URL",
            "http://influx:8086/write?db=m&u=me&p=s3cret",
        ),
        (
            "OBS_INFLUX_URL",
            "http://influx:8086/write?db=m&token=s3cret",
        ),
    ] {
        let message = mistake(&[(variable, url)]);
        assert!(message.starts_with(variable), "{message}");
        assert!(message.contains("_PASSWORD_FILE`"), "{message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn what_cannot_be_meant_is_said() {
    let url = ("OBS_PUSHGATEWAY_URL", "http://gateway:9091");
    for (variable, value, expected) in [
        (
            "OBS_PUSHGATEWAY_URL",
            "gateway:9091",
            "OBS_PUSHGATEWAY_URL: not an address; write for example `http://localhost:9091`",
        ),
        (
            "OBS_PUSHGATEWAY_METHOD",
            "patch",
            "OBS_PUSHGATEWAY_METHOD: not one of the words it knows; write `put` or `post`",
        ),
        (
            "OBS_PUSHGATEWAY_AT_END",
            "stay",
            "OBS_PUSHGATEWAY_AT_END: not one of the words it knows; write `push` or `delete`",
        ),
        (
            "OBS_PUSHGATEWAY_GROUPING",
            "shard",
            "OBS_PUSHGATEWAY_GROUPING: a label has no `=`; write `name=value,name=value` or `none`",
        ),
        (
            "OBS_PUSHGATEWAY_GROUPING",
            "a=1,a=2",
            "OBS_PUSHGATEWAY_GROUPING: `a` is there twice",
        ),
        (
            "OBS_PUSHGATEWAY_GROUPING",
            "job=",
            "OBS_PUSHGATEWAY_GROUPING: a job must have a name",
        ),
        (
            "OBS_PUSHGATEWAY_HEADERS",
            "x",
            "OBS_PUSHGATEWAY_HEADERS: a header has no `=`; write `name=value,name=value`",
        ),
        (
            "OBS_PUSHGATEWAY_USERNAME",
            "me",
            "OBS_PUSHGATEWAY_USERNAME: there is a name but no `.._PASSWORD_FILE`",
        ),
        (
            "OBS_PUSHGATEWAY_PASSWORD_FILE",
            "/x",
            "OBS_PUSHGATEWAY_PASSWORD_FILE: there is a password but no `.._USERNAME`",
        ),
        (
            "OBS_PUSHGATEWAY_TOKEN_FILE",
            "/nowhere/token",
            "OBS_PUSHGATEWAY_TOKEN_FILE: `/nowhere/token`: No such file or directory (os error 2)",
        ),
        (
            "OBS_PUSHGATEWAY_TOKEN_FILE",
            "/dev/null",
            "OBS_PUSHGATEWAY_TOKEN_FILE: `/dev/null`: there is nothing in its first line",
        ),
        (
            "OBS_GRAPHITE_ADDR",
            "carbon",
            "OBS_GRAPHITE_ADDR: not an address; write for example `localhost:2003`, or `udp://localhost:2003`",
        ),
        (
            "OBS_INFLUX_URL",
            "http://influx:8086",
            "OBS_INFLUX_URL: says neither which version nor where to in it; write `/write?db=DATABASE` for version 1, `/api/v2/write?org=ORGANISATION&bucket=BUCKET` or `/api/v3/write_lp?db=DATABASE`",
        ),
    ] {
        let variables = if variable.starts_with("OBS_PUSHGATEWAY") && variable != url.0 {
            vec![url, (variable, value)]
        } else {
            vec![(variable, value)]
        };
        assert_eq!(mistake(&variables), expected);
    }
}

#[test]
fn a_name_and_a_password_become_basic_authorization() {
    use super::receiver::{Receiver, says};
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "open sesame\n").unwrap();
    let receiver = Receiver::start([says(204)]);
    let url = receiver.url("/write?db=m");
    let variables = [
        ("OBS_INFLUX_URL", &*url),
        ("OBS_INFLUX_USERNAME", "Aladdin"),
        ("OBS_INFLUX_PASSWORD_FILE", file.path().to_str().unwrap()),
        (
            "OBS_INFLUX_HEADERS",
            "x-tenant=a%20b,content-type=text/html",
        ),
    ];
    Exporter::start(&variables, sample()).push();
    let request = &receiver.requests()[0];
    // The example of RFC 7617 with a space instead of the dot.
    assert_eq!(
        request.header("authorization"),
        Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    );
    assert_eq!(request.header("x-tenant"), Some("a b"));
    assert_eq!(
        request.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
}

#[test]
fn processes_on_one_host_are_told_apart_by_their_port() {
    use super::super::labels::instance;
    let load = |variables: &[(&str, &str)]| {
        let config = Layers::default().variables(variables.iter().copied());
        instance(&config.load().unwrap()).1
    };
    let host = load(&[("OBS_LISTEN", "127.0.0.1:0")]);
    assert!(!host.is_empty() && !host.contains(':'));
    assert_eq!(load(&[]), format!("{host}:9464"));
    assert_eq!(
        load(&[("OBS_LISTEN", "[::1]:9999")]),
        format!("{host}:9999")
    );
    assert_eq!(instance(&config(&[])).1, "pod-7");
}

#[test]
fn a_certificate_that_cannot_be_read_is_named_with_its_variable() {
    let variables = [
        ("OBS_PUSHGATEWAY_URL", "https://localhost:9091"),
        ("OBS_PUSHGATEWAY_CERTIFICATE", "/dev/null"),
    ];
    assert_eq!(
        mistake(&variables),
        "OBS_PUSHGATEWAY_CERTIFICATE: `/dev/null`: no certificate in it"
    );
}
