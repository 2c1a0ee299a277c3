//! Where records go, and what is wrong with variables.

use super::*;
use crate::export::receiver::answers;

const URL: (&str, &str) = ("OBS_ELASTIC_URL", "http://elastic:9200");

fn mistake(variables: &[(&str, &str)]) -> String {
    let dispatch = Dispatch::start().unwrap();
    match begin(&config(variables), &dispatch) {
        Ok(_) => panic!("it began"),
        Err(error) => error.to_string(),
    }
}

/// The line and headers of the request with these variables.
fn request(path: &str, variables: &[(&str, &str)]) -> Request {
    let receiver = Receiver::start([answers(200, "", r#"{"errors":false}"#)]);
    let url = receiver.url(path);
    let mut all = vec![("OBS_ELASTIC_URL", &*url)];
    all.extend(variables);
    let exporter = Exporter::on(Dispatch::start().unwrap(), &all);
    assert_eq!(exporter.send(&["hello"]).delivered, 1);
    receiver.requests().remove(0)
}

const FILTER: &str = "filter_path=errors,items.*.status,items.*.error.type,error.type";

#[test]
fn a_service_has_a_data_stream() {
    let found = request("", &[]);
    let expected = format!("POST /logs-shop_front-eu/_bulk?{FILTER}");
    assert_eq!(found.line(), expected);
    assert_eq!(found.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(found.header("authorization"), None);
    assert_eq!(messages(&found), ["hello"]);
}

#[test]
fn the_address_and_the_index_can_be_others() {
    let index = ("OBS_ELASTIC_INDEX", "größe");
    let found = request("/behind/proxy/?pipeline=geo", &[index]);
    let expected = format!("POST /behind/proxy/gr%C3%B6%C3%9Fe/_bulk?pipeline=geo&{FILTER}");
    assert_eq!(found.line(), expected);
}

#[test]
fn it_says_who_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret");
    std::fs::write(&secret, "abc=\n").unwrap();
    let path = secret.to_str().unwrap();
    let found = request("", &[("OBS_ELASTIC_TOKEN_FILE", path)]);
    assert_eq!(found.header("authorization"), Some("ApiKey abc="));
    let pair = [
        ("OBS_ELASTIC_USERNAME", "me"),
        ("OBS_ELASTIC_PASSWORD_FILE", path),
        ("OBS_ELASTIC_HEADERS", "x-tenant=a%20b"),
    ];
    let found = request("", &pair);
    assert_eq!(found.header("authorization"), Some("Basic bWU6YWJjPQ=="));
    assert_eq!(found.header("x-tenant"), Some("a b"));
}

#[test]
fn mistakes_say_what_to_type() {
    assert_eq!(
        mistake(&[("OBS__LOGGING__OUTPUTS", "elastic")]),
        "OBS_ELASTIC_URL: `logging.outputs` wants it, but there is no address; set it, for example to `http://localhost:9200`"
    );
    assert!(
        mistake(&[("OBS_ELASTIC_URL", "elastic:9200")])
            .starts_with("OBS_ELASTIC_URL: not an address; write for example")
    );
    let credentials = mistake(&[("OBS_ELASTIC_URL", "http://me:s3cret@elastic:9200")]);
    assert!(
        credentials.contains("OBS_ELASTIC_PASSWORD_FILE"),
        "{credentials}"
    );
    assert!(!credentials.contains("s3cret"));
    let long = "x".repeat(256);
    for (name, expected) in [
        (
            "a b",
            "a name has no white space and none of `\\ / * ? \" < > | , # :` in it",
        ),
        (
            "logs-*",
            "a name has no white space and none of `\\ / * ? \" < > | , # :` in it",
        ),
        ("_all", "a name does not begin with `-`, `_` or `+`"),
        (
            "..",
            "`.` and `..` are no names; write for example `logs-shop-default`",
        ),
        (
            "Shop",
            "a name has no capitals in it; write it in lower case",
        ),
        (&*long, "a name has at most 255 bytes"),
    ] {
        let said = mistake(&[URL, ("OBS_ELASTIC_INDEX", name)]);
        assert_eq!(said, format!("OBS_ELASTIC_INDEX: {expected}"));
    }
}

#[test]
fn every_service_has_a_name_that_is_taken() {
    use crate::export::elastic::target;
    let long = "ä".repeat(200);
    for name in [
        "",
        "shop",
        "Shop-Front",
        "a b",
        "größe/*?",
        "..",
        "_x",
        &long,
    ] {
        let mut service = config(&[]).service;
        service.name = name.to_owned().leak();
        service.namespace = "";
        let target = target::of(&service);
        assert_eq!(target::check(&target), Ok(()), "{target}");
        assert_eq!(target.matches('-').count(), 2, "{target}");
        assert!(target.starts_with("logs-") && target.ends_with("-default"));
    }
}
