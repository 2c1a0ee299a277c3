//! Records as they are sent, and receivers that do all that receivers do.

mod addresses;
mod faults;
mod ids;
mod records;

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use flate2::read::GzDecoder;
use tracing::Level;

use super::begin;
use crate::config::{Config, Layers};
use crate::export::delivery::tests::assert_balanced;
use crate::export::delivery::{Books, Dispatch, Loss, Queue};
use crate::export::receiver::{Receiver, Request};
use crate::log::ship::{Ship, draft};
use crate::log::{Record, Thread};

const SOON: Duration = Duration::from_secs(20);

/// The configuration of a service with these variables.
fn config(variables: &[(&str, &str)]) -> Config {
    let service = [
        ("OTEL_SERVICE_NAME", "Shop-Front"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "service.version=1.4,service.namespace=eu,deployment.environment.name=prod,service.instance.id=pod-7,host.name=node-3",
        ),
    ];
    let all = service.iter().chain(variables).copied();
    Layers::default().variables(all).load().unwrap()
}

/// A record of which little is known.
fn plain(message: &str) -> Record {
    Record {
        time_unix_ns: 1_786_017_600_123_456_789,
        level: Level::INFO,
        target: "shop::cart".into(),
        file: None,
        line: None,
        message: message.to_owned(),
        fields: Vec::new(),
        error_chain: Vec::new(),
        thread: Thread { id: 3, name: None },
        trace: None,
        operation: None,
        attributes: Vec::new(),
        request_id: None,
        user_id: None,
        context: Vec::new(),
        spans: Vec::new(),
    }
}

/// An exporter as a start opens it.
pub(in crate::export) struct Exporter {
    pub(in crate::export) dispatch: Dispatch,
    pub(in crate::export) queue: Arc<Queue>,
    records: Arc<dyn Ship>,
}

impl Exporter {
    pub(in crate::export) fn to(receiver: &Receiver, variables: &[(&str, &str)]) -> Self {
        let url = receiver.url("");
        let mut all = vec![("OBS_ELASTIC_URL", &*url)];
        all.extend(variables);
        Self::on(Dispatch::start().unwrap(), &all)
    }

    fn on(dispatch: Dispatch, variables: &[(&str, &str)]) -> Self {
        let lane = begin(&config(variables), &dispatch).unwrap();
        Self {
            queue: lane.queue.clone(),
            records: crate::export::records::begin(vec![lane], &dispatch).unwrap(),
            dispatch,
        }
    }

    pub(in crate::export) fn log(&self, messages: &[&str]) {
        for message in messages {
            let record = draft(&plain(message));
            self.records.ship(record.view());
        }
    }

    /// Sends records, and returns the books when they are settled.
    fn send(&self, messages: &[&str]) -> Books {
        self.log(messages);
        assert!(self.dispatch.flush(SOON), "{:?}", self.books());
        self.books()
    }

    /// The books, in which nothing is ever missing.
    fn books(&self) -> Books {
        let books = self.queue.books();
        assert_balanced(&books);
        books
    }
}

/// The records of a request.
fn documents(request: &Request) -> Vec<serde_json::Value> {
    assert_eq!(request.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    let mut body = GzDecoder::new(&*request.body);
    body.read_to_string(&mut text).unwrap();
    assert!(text.ends_with('\n'));
    let lines: Vec<_> = text.lines().collect();
    let pairs = lines.chunks(2).map(|pair| {
        let action: serde_json::Value = serde_json::from_str(pair[0]).unwrap();
        assert_eq!(action.as_object().unwrap().len(), 1);
        assert!(action["create"]["_id"].is_string(), "{action}");
        serde_json::from_str(pair[1]).unwrap()
    });
    pairs.collect()
}

/// The ids of the records of a request.
fn ids(request: &Request) -> Vec<String> {
    let mut text = String::new();
    let mut body = GzDecoder::new(&*request.body);
    body.read_to_string(&mut text).unwrap();
    let actions = text.lines().step_by(2);
    let ids = actions.map(|action| {
        let action: serde_json::Value = serde_json::from_str(action).unwrap();
        action["create"]["_id"].as_str().unwrap().to_owned()
    });
    ids.collect()
}

pub(in crate::export) fn messages(request: &Request) -> Vec<String> {
    let documents = documents(request);
    let messages = documents.iter().map(|record| record["message"].as_str());
    messages.map(|text| text.unwrap().to_owned()).collect()
}
