//! Traces on the standard output of a whole program: this test's own, started again.

use std::process::Command;
use std::time::Duration;

use obs_runtime::{Starter, config::Layers, trace};

const LIMIT: Duration = Duration::from_secs(10);
/// Set in the program that is looked at.
const PROGRAM: &str = "CONSOLE_TRACES_PROGRAM";

/// What the program does.
fn run() {
    let off = [("OBS__HTTP__ENABLED", "false"), ("OBS_LOG", "off")];
    let exporter = std::env::var("OTEL_TRACES_EXPORTER").unwrap();
    let variables = off
        .into_iter()
        .chain([("OTEL_TRACES_EXPORTER", exporter.as_str())]);
    let running = Starter::new(Layers::default().variables(variables))
        .start()
        .unwrap();
    {
        let _order = trace::span("order").enter();
        trace::set_attribute("password", "hunter2");
        let _charge = trace::span("charge").enter();
        trace::set_error("card declined");
    }
    assert!(running.flush(LIMIT));
    drop(trace::span("last").enter());
    running.shutdown().wait();
    drop(trace::span("after the end").enter());
}

fn output(exporter: &str) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kept_traces_are_on_the_console", "--nocapture"])
        .env(PROGRAM, "1")
        .env("OTEL_TRACES_EXPORTER", exporter)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(
        !text.contains("hunter2") && !text.contains("after the end"),
        "{text}"
    );
    text
}

#[test]
fn kept_traces_are_on_the_console() {
    if std::env::var_os(PROGRAM).is_some() {
        run();
        return;
    }
    let text = output("console");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("trace ") || line.starts_with("  "))
        .collect();
    let [_, order, charge, _, last] = lines.as_slice() else {
        panic!("{text}");
    };
    assert!(
        order.starts_with("  order ") && order.contains(" ok  password="),
        "{text}"
    );
    assert!(charge.starts_with("  └─ charge ") && charge.ends_with("  error  card declined"));
    assert!(last.starts_with("  last "), "{text}");

    let text = output("console_json");
    let spans: Vec<serde_json::Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let names: Vec<_> = spans.iter().map(|span| &span["name"]).collect();
    assert_eq!(names, ["charge", "order", "last"]);
    assert_eq!(spans[0]["parent_id"], spans[1]["span_id"]);

    assert!(!output("none").contains("trace "));
}
