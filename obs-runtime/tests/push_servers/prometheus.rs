//! Prometheus, as the receiver of remote write.

use serde_json::Value;

use super::server::{Server, quoted};
use super::{AWKWARD, SOON, books, orders, start, turn};

fn prometheus() -> Option<Server> {
    Server::start("prometheus", "--version", |port, directory| {
        std::fs::write(directory.join("prometheus.yml"), "").unwrap();
        vec![
            "--config.file=prometheus.yml".to_owned(),
            "--storage.tsdb.path=data".to_owned(),
            format!("--web.listen-address=127.0.0.1:{port}"),
            "--web.enable-remote-write-receiver".to_owned(),
        ]
    })
}

/// The labels and the number of each series that a query finds.
fn query(server: &Server, query: &str) -> Vec<(Value, String)> {
    let body = server.get(&format!("/api/v1/query?query={}", quoted(query)));
    let answer: Value = serde_json::from_str(&body).unwrap();
    let found = answer["data"]["result"].as_array().unwrap();
    let each = found.iter().map(|series| {
        let number = series["value"][1].as_str().unwrap();
        (series["metric"].clone(), number.to_owned())
    });
    each.collect()
}

fn number(server: &Server, text: &str) -> String {
    let found = query(server, text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found[0].1.clone()
}

#[test]
fn samples_arrive_and_series_end_with_the_program() {
    let Some(server) = prometheus() else { return };
    let _turn = turn();
    let before = orders().get();
    let [_, _, dropped_before, _] = books("remote_write");
    let url = format!("http://{}/api/v1/write", server.address);
    let running = start(&[("OBS_REMOTE_WRITE_URL", &url)]);
    orders().add(2);
    assert!(running.flush(SOON));
    let found = query(&server, "orders_total");
    assert_eq!(
        found[0].0,
        serde_json::json!({"__name__": "orders_total", "instance": "pod-7", "job": "shop", "service": "shop"})
    );
    assert_eq!(found[0].1, (before + 2).to_string());
    assert_eq!(query(&server, "queue_depth")[0].0["text"], AWKWARD);
    for (text, expected) in [
        ("pay_seconds_bucket{le=\"0.5\"}", "1"),
        ("pay_seconds_bucket{le=\"+Inf\"}", "3"),
        ("pay_seconds_sum", "3"),
        ("histogram_quantile(0.5, pay_seconds_bucket)", "0.75"),
    ] {
        assert_eq!(number(&server, text), expected, "{text}");
    }

    // Again and again, each later than the one before.
    for _ in 0..5 {
        orders().inc();
        assert!(running.flush(SOON));
    }
    orders().inc();
    running.shutdown().wait();
    assert_eq!(query(&server, "orders_total"), []);
    let last = number(&server, "last_over_time(orders_total[1h])");
    assert_eq!(last, (before + 8).to_string());
    let [produced, _, dropped, queued] = books("remote_write");
    assert!(produced > 0);
    assert_eq!((dropped, queued), (dropped_before, 0));
}
