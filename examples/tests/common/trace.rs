//! A stored trace, as the endpoint shows it.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::shop::Shop;

/// For how long a trace may be on its way into the store.
const PATIENCE: Duration = Duration::from_secs(5);

/// The spans of a trace.
pub struct Trace {
    spans: Vec<Value>,
}

impl Trace {
    /// The trace with this id, as soon as it has a span of this name.
    pub async fn wait(shop: &Shop, id: &str, name: &str) -> Self {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let response = shop.get(&format!("/monitoring/traces/{id}")).await;
            let answer: Value = response.json().await.unwrap();
            let spans = answer["spans"].as_array().cloned().unwrap_or_default();
            let trace = Self { spans };
            if !trace.all(name).is_empty() {
                return trace;
            }
            assert!(Instant::now() < deadline, "no `{name}` in {answer:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The spans of this name.
    pub fn all(&self, name: &str) -> Vec<&Value> {
        self.spans
            .iter()
            .filter(|span| span["name"] == name)
            .collect()
    }

    /// The last span of this name below `parent`: a payment may have been tried twice.
    pub fn child(&self, name: &str, parent: &Value) -> &Value {
        self.below(parent["span_id"].as_str().unwrap(), name)
    }

    /// The last span of this name below the one with the id `parent`.
    pub fn below(&self, parent: &str, name: &str) -> &Value {
        let all = self.all(name);
        let found = all.iter().rfind(|span| span["parent_id"] == parent);
        found.unwrap_or_else(|| panic!("no `{name}` below {parent} in {:#?}", self.spans))
    }
}
