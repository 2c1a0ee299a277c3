//! The endpoint of business events.

use super::*;
use crate::analytics::Entry;

/// The row of a list with this name.
fn row<'a>(list: &'a Value, name: &str) -> &'a Value {
    let rows = list["list"].as_array().unwrap();
    rows.iter().find(|row| row["name"] == name).unwrap()
}

#[tokio::test]
async fn events_are_summed_up() {
    Entry {
        user: Some("ada"),
        feature: Some("analytics page"),
        error: Some("analytics_page_timeout"),
        model: Some("analytics-page-model"),
        tokens_in: 7,
        tokens_out: 3,
        ..Entry::of("analytics_page")
    }
    .record();
    Entry::of("analytics_page").record();
    let server = Server::start();
    let (status, day) = server
        .json("/monitoring/analytics/summary?limit=1000")
        .await;
    assert_eq!(status, 200);
    assert_eq!(day["window_seconds"], 86_400.0);
    assert!(day["covered_seconds"].as_f64().unwrap() < 86_400.0);
    let event = row(&day["events"]["by_name"], "analytics_page");
    assert_eq!((&event["count"], &event["errors"]), (&2.into(), &1.into()));
    assert_eq!(row(&day["features"], "analytics page")["count"], 1);
    assert_eq!(row(&day["errors"], "analytics_page_timeout")["count"], 1);
    let model = row(&day["models"], "analytics-page-model");
    assert_eq!(
        (
            &model["requests"],
            &model["tokens_in"],
            &model["tokens_out"]
        ),
        (&1.into(), &7.into(), &3.into())
    );
    assert_eq!(
        (&model["cost"], &day["cost"]["currency"]),
        (&Value::Null, &"USD".into())
    );
    assert!(day["cost"]["models_without_price"].as_u64().unwrap() >= 1);
    assert!(day["tokens"]["in"].as_u64().unwrap() >= 7);
    assert!(day["users"]["distinct"].as_u64().unwrap() >= 1);
}

#[tokio::test]
async fn lists_are_cut_and_say_so() {
    for n in 0..3 {
        Entry::of(&format!("analytics_list_{n}")).record();
    }
    let server = Server::start();
    let (_, day) = server
        .json("/monitoring/analytics/summary?window=5m&limit=1")
        .await;
    let events = &day["events"]["by_name"];
    assert_eq!(events["list"].as_array().unwrap().len(), 1);
    assert!(events["left_out"].as_u64().unwrap() >= 2);
}

#[tokio::test]
async fn windows_that_are_not_kept_are_refused() {
    let server = Server::start();
    for (query, part) in [
        ("window=25h", "1d"),
        ("window=1m", "5m"),
        ("window=5", "has no unit"),
        ("limit=0", "from 1 to 1000"),
        ("windw=5m", "did you mean `window`?"),
    ] {
        let (status, problem) = server
            .json(&format!("/monitoring/analytics/summary?{query}"))
            .await;
        assert_eq!(status, 400);
        let message = problem["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    }
}
