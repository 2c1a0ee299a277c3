//! A cluster that stores records, and whose answers are lost.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::*;
use crate::export::delivery::SpoolSettings;
use crate::export::elastic::id::Ids;
use crate::export::receiver::Manner;

/// What is stored, by id.
type Stored = Arc<Mutex<BTreeMap<String, String>>>;

/// A cluster that creates records as Elasticsearch does, one with an id that it has is a conflict. The first
/// `lost` of its answers do not arrive.
fn cluster(stored: &Stored, mut lost: usize) -> Receiver {
    let stored = stored.clone();
    let create = move |request: &Request| {
        let mut stored = stored.lock().unwrap();
        let items = ids(request).into_iter().zip(messages(request));
        let statuses: Vec<u16> = items
            .map(|(id, message)| match stored.contains_key(&id) {
                true => 409,
                false => {
                    stored.insert(id, message);
                    201
                }
            })
            .collect();
        let is_lost = lost > 0;
        lost = lost.saturating_sub(1);
        (!is_lost).then(|| super::faults::bulk(&statuses))
    };
    Receiver::start([Manner::Asks(Arc::new(Mutex::new(create)))])
}

fn messages_in(stored: &Stored) -> Vec<String> {
    let mut all: Vec<_> = stored.lock().unwrap().values().cloned().collect();
    all.sort();
    all
}

#[test]
fn what_arrived_before_its_answer_was_lost_is_not_there_twice() {
    let stored = Stored::default();
    let receiver = cluster(&stored, 2);
    let exporter = Exporter::to(&receiver, &[]);
    let books = exporter.send(&["a", "b", "b"]);
    assert_eq!((books.delivered, books.retries), (3, 2));
    assert_eq!(messages_in(&stored), ["a", "b", "b"]);
    let requests = receiver.requests();
    assert_eq!(requests.len(), 3);
    assert!(
        requests
            .iter()
            .all(|request| ids(request) == ids(&requests[0]))
    );
}

/// An exporter that keeps what is not delivered in this directory.
fn spooling(directory: &Path, receiver: &Receiver) -> Exporter {
    let settings = SpoolSettings {
        directory: directory.to_owned(),
        service: "shop".to_owned(),
        max_bytes: 1 << 20,
    };
    let mut dispatch = Dispatch::start().unwrap();
    dispatch.spool_to(settings).unwrap();
    Exporter::on(dispatch, &[("OBS_ELASTIC_URL", &receiver.url(""))])
}

#[test]
fn a_process_that_finds_records_on_disk_sends_them_with_their_ids() {
    let directory = tempfile::tempdir().unwrap();
    let stored = Stored::default();
    let deaf = cluster(&stored, usize::MAX);
    let first = spooling(directory.path(), &deaf);
    first.log(&["a", "b"]);
    first.dispatch.finish(Duration::from_millis(500));
    drop(first);
    assert_eq!(messages_in(&stored), ["a", "b"]);

    let receiver = cluster(&stored, 0);
    let second = spooling(directory.path(), &receiver);
    second.send(&["c"]);
    assert_eq!(messages_in(&stored), ["a", "b", "c"]);
    let sent: Vec<String> = receiver.requests().iter().flat_map(ids).collect();
    assert_eq!(sent.len(), 3, "those of the first process were sent again");
}

#[test]
fn no_id_is_given_twice() {
    let mut ids = HashSet::new();
    for mut exporter in [(); 3].map(|()| Ids::new()) {
        for _ in 0..100 {
            let mut line = Vec::new();
            exporter.write(&mut line);
            assert!(ids.insert(line));
        }
    }
    let line = String::from_utf8(ids.into_iter().next().unwrap()).unwrap();
    let action: serde_json::Value = serde_json::from_str(&line).unwrap();
    // Elasticsearch takes 512 bytes.
    assert!(action["create"]["_id"].as_str().unwrap().len() < 64);
}
