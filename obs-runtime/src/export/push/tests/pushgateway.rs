//! The Pushgateway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;

use super::super::{pushgateway, reply};
use super::receiver::{Receiver, answers, says};
use super::*;
use crate::export::delivery::Answer;
use crate::export::settings::{self, Variables};

fn start(receiver: &Receiver, more: &[(&str, &str)], snapshot: Snapshot) -> Exporter {
    let url = receiver.url("");
    let mut variables = vec![("OBS_PUSHGATEWAY_URL", &*url)];
    variables.extend(more);
    Exporter::start(&variables, snapshot)
}

/// Method and path of the request for these variables.
fn line(path: &str, more: &[(&str, &str)]) -> String {
    let receiver = Receiver::start([says(200)]);
    let url = receiver.url(path);
    let mut variables = vec![("OBS_PUSHGATEWAY_URL", &*url)];
    variables.extend(more);
    Exporter::start(&variables, sample()).push();
    receiver.requests()[0].line().to_owned()
}

#[test]
fn a_reading_is_put_as_text() {
    let receiver = Receiver::start([says(200)]);
    let books = start(&receiver, &[], sample()).push();
    assert_eq!((books.produced, books.delivered, books.requests), (1, 1, 1));
    let request = &receiver.requests()[0];
    assert_eq!(request.line(), "PUT /metrics/job/shop/instance/pod-7");
    assert_eq!(
        request.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let text = request.text();
    for line in [
        "# TYPE orders_total counter\n",
        "\norders_total{service=\"shop\"} 7\n",
        "\ncall_seconds_bucket{service=\"shop\",operation=\"pay\",le=\"+Inf\"} 4\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}

#[test]
fn the_group_and_the_method_are_as_they_are_set() {
    const GROUPING: &str = "OBS_PUSHGATEWAY_GROUPING";
    let post = ("OBS_PUSHGATEWAY_METHOD", "POST");
    assert_eq!(line("", &[post]), "POST /metrics/job/shop/instance/pod-7");
    for (path, grouping, expected) in [
        ("/push/gateway/", "none", "/push/gateway/metrics/job/shop"),
        (
            "/",
            "shard=3, zone=a%2Cb",
            "/metrics/job/shop/shard/3/zone/a%2Cb",
        ),
        (
            "",
            "job=nightly/import",
            "/metrics/job@base64/bmlnaHRseS9pbXBvcnQ",
        ),
        (
            "",
            "path=,dots=..",
            "/metrics/job/shop/path@base64/=/dots@base64/Li4",
        ),
        (
            "",
            "city=K\u{f6}ln am Rhein",
            "/metrics/job/shop/city/K%C3%B6ln%20am%20Rhein",
        ),
    ] {
        assert_eq!(
            line(path, &[(GROUPING, grouping)]),
            format!("PUT {expected}")
        );
    }
}

#[test]
fn labels_of_the_group_are_not_overwritten() {
    let receiver = Receiver::start([says(200)]);
    let mut snapshot = gauge(&[("instance", "own"), ("job", "mine")], 1.0);
    snapshot.common = vec![label("job", "common"), label("service", "shop")];
    start(&receiver, &[], snapshot).push();
    let text = receiver.requests()[0].text();
    let expected = "depth{service=\"shop\",exported_instance=\"own\",exported_job=\"mine\"} 1";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn the_end_of_a_program_is_pushed_or_forgotten() {
    let receiver = Receiver::start([says(200)]);
    let books = start(&receiver, &[], sample()).finish(SOON);
    assert_eq!(books.delivered, 1);
    assert!(receiver.requests()[0].text().contains("orders_total"));

    let receiver = Receiver::start([says(202)]);
    let exporter = start(&receiver, &[("OBS_PUSHGATEWAY_AT_END", "delete")], sample());
    exporter.push();
    exporter.finish(SOON);
    let lines: Vec<_> = receiver
        .requests()
        .iter()
        .map(|r| r.line().to_owned())
        .collect();
    assert_eq!(
        lines,
        [
            "PUT /metrics/job/shop/instance/pod-7",
            "DELETE /metrics/job/shop/instance/pod-7"
        ]
    );
}

#[test]
fn only_the_newest_reading_waits() {
    // Two answers that it is busy, in which further readings come.
    let busy = answers(503, "retry-after: 1\r\n", "");
    let receiver = Receiver::start([busy, says(200)]);
    let exporter = start(&receiver, &[], sample());
    for _ in 0..5 {
        exporter.read();
    }
    let books = exporter.push();
    assert_eq!(books.produced, 6);
    assert_eq!(books.lost(Loss::Replaced) + books.delivered, 6);
    assert!(books.lost(Loss::Replaced) >= 4, "{books:?}");
    assert_eq!(books.requests as usize, receiver.requests().len());
    let times: Vec<_> = receiver
        .requests()
        .iter()
        .map(|request| request.at)
        .collect();
    assert!(times[1] - times[0] >= Duration::from_secs(1));
}

#[tokio::test]
async fn what_the_gateway_says_is_told_without_what_is_secret() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "s3cret-t0ken\n").unwrap();
    let long = format!("pushed metrics are\n inconsistent: {}", "x".repeat(1000));
    let receiver = Receiver::start([
        answers(400, "", &long),
        answers(401, "", "not known: Bearer s3cret-t0ken"),
    ]);
    let url = receiver.url("");
    let config = config(&[
        ("OBS_PUSHGATEWAY_URL", &*url),
        ("OBS_PUSHGATEWAY_TOKEN_FILE", file.path().to_str().unwrap()),
    ]);
    let variables = Variables::of_metrics(&config, "OBS_PUSHGATEWAY");
    let settings = settings::Receiver::read(variables, "Bearer", "").unwrap();
    let client = settings.client(url.parse().unwrap()).unwrap();
    let mut said = Vec::new();
    for _ in 0..2 {
        let reply = client.post(b"text".to_vec(), "text/plain").await.unwrap();
        said.push(match reply::failure(&reply) {
            Some(Answer::Refused { why }) => why,
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(
        receiver.requests()[0].header("authorization"),
        Some("Bearer s3cret-t0ken")
    );
    let shown = format!("pushed metrics are inconsistent: {}", "x".repeat(167));
    assert_eq!(
        said,
        [
            format!("400 Bad Request: {shown}"),
            "401 Unauthorized".to_owned()
        ]
    );
}

proptest! {
    #[test]
    fn every_value_comes_out_of_the_path_as_it_went_in(value in any_text()) {
        let component = pushgateway::component(&value);
        let decoded = match component.strip_prefix("@base64/") {
            Some("=") => Vec::new(),
            Some(code) => URL_SAFE_NO_PAD.decode(code).unwrap(),
            None => percent_decode_str(component.strip_prefix('/').unwrap()).collect(),
        };
        prop_assert_eq!(decoded, value.as_bytes());
        let path = format!("http://gateway/metrics/job{component}");
        prop_assert_eq!(path.parse::<http::Uri>().unwrap().path().matches('/').count(), 3);
    }
}
