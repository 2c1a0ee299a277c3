//! The Pushgateway.

use super::server::Server;
use super::{SOON, books, eventually, orders, start, turn};

fn gateway() -> Option<Server> {
    Server::start("prometheus-pushgateway", "--version", |port, _| {
        vec![format!("--web.listen-address=127.0.0.1:{port}")]
    })
}

/// The lines of a metric.
fn lines(gateway: &Server, name: &str) -> Vec<String> {
    let text = gateway.get("/metrics");
    let lines = text.lines().filter(|line| line.starts_with(name));
    lines.map(str::to_owned).collect()
}

#[test]
fn it_keeps_the_last_word_of_a_program_that_has_ended() {
    let Some(gateway) = gateway() else { return };
    let _turn = turn();
    let url = format!("http://{}", gateway.address);
    let before = orders().get();
    let [_, _, dropped_before, _] = books("pushgateway");
    let running = start(&[("OBS_PUSHGATEWAY_URL", &url)]);
    orders().add(2);
    assert!(running.flush(SOON));
    let with =
        |count| format!("orders_total{{instance=\"pod-7\",job=\"shop\",service=\"shop\"}} {count}");
    assert_eq!(lines(&gateway, "orders_total"), [with(before + 2)]);
    let depth = lines(&gateway, "queue_depth");
    let awkward = r#"text="say \"hi\", back\\slash = a/b; new\nline %41 über ~"} 2.5"#;
    assert!(depth[0].ends_with(awkward), "{depth:?}");
    orders().inc();
    running.shutdown().wait();
    assert_eq!(lines(&gateway, "orders_total"), [with(before + 3)]);
    let [_, _, dropped, queued] = books("pushgateway");
    assert_eq!((dropped, queued), (dropped_before, 0));
}

#[test]
fn groups_with_awkward_names_are_theirs_alone_and_can_be_forgotten() {
    let Some(gateway) = gateway() else { return };
    let _turn = turn();
    orders();
    let url = format!("http://{}/", gateway.address);
    let running = start(&[
        ("OBS_PUSHGATEWAY_URL", &url),
        ("OBS_PUSHGATEWAY_METHOD", "post"),
        ("OBS_PUSHGATEWAY_AT_END", "delete"),
        (
            "OBS_PUSHGATEWAY_GROUPING",
            "job=nightly/import,empty=,dots=..,text=a b%2C%C3%BC%25+?#",
        ),
    ]);
    assert!(running.flush(SOON));
    let expected =
        r#"{dots="..",empty="",instance="",job="nightly/import",service="shop",text="a b,ü%+?#"}"#;
    let found = lines(&gateway, "orders_total");
    assert_eq!(found.len(), 1);
    assert!(found[0].contains(expected), "{found:?}");
    // The label of the series that has the name of one of the group is still there.
    let depth = lines(&gateway, "queue_depth");
    assert!(depth[0].contains("exported_text=\"say"), "{depth:?}");
    running.shutdown().wait();
    assert_eq!(lines(&gateway, "orders_total"), [""; 0]);
}

#[test]
fn it_gets_a_reading_at_every_interval() {
    let Some(gateway) = gateway() else { return };
    let _turn = turn();
    let url = format!("http://{}", gateway.address);
    let running = start(&[
        ("OBS_PUSHGATEWAY_URL", &url),
        ("OBS__METRICS__INTERVAL", "100ms"),
    ]);
    for _ in 0..3 {
        orders().inc();
        let now = format!(" {}", orders().get());
        eventually(|| {
            lines(&gateway, "orders_total")
                .pop()
                .filter(|line| line.ends_with(&now))
        });
    }
    running.shutdown().wait();
}

#[test]
fn a_runtime_that_has_one_thread_can_wait_for_it() {
    let Some(gateway) = gateway() else { return };
    let _turn = turn();
    let url = format!("http://{}", gateway.address);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let running = start(&[("OBS_PUSHGATEWAY_URL", &url)]);
        orders().inc();
        assert!(running.flush(SOON));
        running.shutdown().await;
    });
    let count = format!(" {}", orders().get());
    assert!(lines(&gateway, "orders_total")[0].ends_with(&count));
}
