//! The calls of the library are counted as anywhere else.

use telemetry::metric::snapshot::Value;
use telemetry::metric::Registry;
use ui_tests_renamed::{call, query, short, Shop};

fn counted(operation: &str, outcome: &str) -> u64 {
    let snapshot = Registry::global().snapshot();
    let family = snapshot
        .family("operation_calls_total")
        .expect("operations");
    let found = family.series.iter().filter(|series| {
        series.label("operation") == Some(operation) && series.label("outcome") == Some(outcome)
    });
    found
        .map(|series| match series.value {
            Value::Counter(count) => count,
            ref other => panic!("no count in {other:?}"),
        })
        .sum()
}

#[tokio::test]
async fn under_another_name() {
    let mut shop = Shop::default();
    assert!(shop.place("").is_err());
    shop.place("te").expect("a name").push('a');
    assert_eq!(shop.count().await, 1);
    assert_eq!(shop.longest().await, Some("tea"));
    assert!(short("tea", 5).is_ok() && short("tea", 1).is_err());
    assert_eq!(query("7").await, Ok(7));
    assert_eq!(call(Some(3)).await, Some(3));
    for (operation, outcome) in [
        ("Shop::place", "ok"),
        ("Shop::place", "error"),
        ("Shop::count", "ok"),
        ("Shop::longest", "ok"),
        ("short", "ok"),
        ("short", "error"),
        ("call", "ok"),
    ] {
        assert_eq!(counted(operation, outcome), 1, "{operation} {outcome}");
    }
}
