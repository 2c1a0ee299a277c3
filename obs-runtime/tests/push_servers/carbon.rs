//! Carbon, which stores what Graphite shows.

use std::path::{Path, PathBuf};

use super::server::{Server, free_port};
use super::{SOON, books, eventually, orders, start, turn};

fn carbon() -> Option<Server> {
    Server::start("carbon-cache", "--help", |port, directory| {
        let place = directory.display();
        let (pickles, queries) = (free_port(), free_port());
        let settings = format!(
            "[cache]
STORAGE_DIR = {place}
CONF_DIR = {place}
LOG_DIR = {place}
PID_DIR = {place}
LOCAL_DATA_DIR = {place}/whisper
USER =
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = {port}
ENABLE_UDP_LISTENER = True
UDP_RECEIVER_INTERFACE = 127.0.0.1
UDP_RECEIVER_PORT = {port}
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = {pickles}
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = {queries}
MAX_CREATES_PER_MINUTE = inf
MAX_UPDATES_PER_SECOND = inf
ENABLE_TAGS = False
TAG_HASH_FILENAMES = False
"
        );
        std::fs::write(directory.join("carbon.conf"), settings).unwrap();
        let schemas = "[all]\npattern = .*\nretentions = 1s:1h\n";
        std::fs::write(directory.join("storage-schemas.conf"), schemas).unwrap();
        vec![
            "--nodaemon".to_owned(),
            format!("--config={place}/carbon.conf"),
            "start".to_owned(),
        ]
    })
}

/// The file of the series whose name with its tags begins so.
fn file(directory: &Path, start: &str) -> Option<PathBuf> {
    for entry in std::fs::read_dir(directory).ok()?.flatten() {
        let path = entry.path();
        let found = if path.is_dir() {
            file(&path, start)
        } else {
            let name = entry.file_name().into_string().unwrap();
            name.starts_with(start).then_some(path)
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The last number in a file of whisper: a head, the places of the archives, and in them times with numbers.
///
/// Source: <https://graphite.readthedocs.io/en/stable/whisper.html#database-format>
fn last(path: &Path) -> Option<f64> {
    let bytes = std::fs::read(path).ok()?;
    let word = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (offset, points) = (word(16)? as usize, word(24)? as usize);
    let point = |index: usize| {
        let at = offset + index * 12;
        let number = bytes.get(at + 4..at + 12)?.try_into().ok()?;
        Some((word(at)?, f64::from_be_bytes(number)))
    };
    let all = (0..points).filter_map(point).filter(|(time, _)| *time > 0);
    all.max_by_key(|(time, _)| *time).map(|(_, number)| number)
}

fn arrives_by(way: &str) {
    let Some(carbon) = carbon() else { return };
    let _turn = turn();
    orders().inc();
    let [_, _, dropped_before, _] = books("graphite");
    let address = format!("{way}{}", carbon.address);
    let running = start(&[("OBS_GRAPHITE_ADDR", &address)]);
    assert!(running.flush(SOON));
    let number =
        |start: &str| eventually(|| last(&file(&carbon.directory.path().join("whisper"), start)?));
    let count = orders().get() as f64;
    assert_eq!(
        number("orders_total;instance=pod-7;service=shop.wsp"),
        count
    );
    // The name of a file has no other dot.
    let bucket = "pay_seconds_bucket;instance=pod-7;le=0_DOT_5;service=shop.wsp";
    assert_eq!(number(bucket), 1.0);
    assert_eq!(number("pay_seconds_sum;"), 3.0);
    let awkward = "queue_depth;exported_name=breaker;instance=pod-7;service=shop;\
                   text=say%20\"hi\",%20back\\slash%20%3D%20a%2Fb%3B%20new%0Aline%20%2541%20über%20~.wsp";
    assert_eq!(number(awkward), 2.5);
    running.shutdown().wait();
    let [produced, _, dropped, queued] = books("graphite");
    assert!(produced > 0);
    assert_eq!((dropped, queued), (dropped_before, 0));
}

#[test]
fn lines_arrive_over_tcp() {
    arrives_by("");
}

#[test]
fn lines_arrive_over_udp() {
    arrives_by("udp://");
}
