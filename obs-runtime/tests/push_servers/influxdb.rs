//! `InfluxDB` 1.

use serde_json::{Value, json};

use super::server::{Server, quoted};
use super::{AWKWARD, SOON, books, orders, start, turn};

fn influxdb() -> Option<Server> {
    Server::start("influxd", "version", |port, directory| {
        let place = directory.display();
        let settings = format!(
            "reporting-disabled = true
bind-address = \"127.0.0.1:0\"
[meta]
dir = \"{place}/meta\"
[data]
dir = \"{place}/data\"
wal-dir = \"{place}/wal\"
[http]
bind-address = \"127.0.0.1:{port}\"
[monitor]
store-enabled = false
"
        );
        std::fs::write(directory.join("influxdb.conf"), settings).unwrap();
        vec!["-config".to_owned(), "influxdb.conf".to_owned()]
    })
}

/// The values of the only row that a query finds, by their columns.
fn row(server: &Server, query: &str) -> Value {
    let body = server.get(&format!("/query?db=metrics&q={}", quoted(query)));
    let answer: Value = serde_json::from_str(&body).unwrap();
    let series = &answer["results"][0]["series"][0];
    let columns = series["columns"].as_array().unwrap().iter();
    let values = series["values"][0].as_array().unwrap().iter();
    columns
        .map(|column| column.as_str().unwrap().to_owned())
        .zip(values.cloned())
        .collect()
}

#[test]
fn lines_arrive() {
    let Some(server) = influxdb() else { return };
    let _turn = turn();
    let create = format!("/query?q={}", quoted("CREATE DATABASE metrics"));
    assert_eq!(server.request("POST", &create).0, 200);
    let before = orders().get();
    let [_, _, dropped_before, _] = books("influx");
    let url = format!("http://{}/write?db=metrics", server.address);
    let running = start(&[("OBS_INFLUX_URL", &url)]);
    orders().add(2);
    assert!(running.flush(SOON));
    let mut found = row(&server, "SELECT * FROM orders_total");
    let time = found["time"].take();
    assert!(time.as_str().unwrap().starts_with("20"), "{time}");
    assert_eq!(
        found,
        json!({"time": null, "counter": before + 2, "instance": "pod-7", "service": "shop"})
    );
    let found = row(
        &server,
        "SELECT \"0.5\", \"1.0\", \"+Inf\", \"sum\", \"count\" FROM pay_seconds",
    );
    for (field, expected) in [
        ("0.5", 1),
        ("1.0", 2),
        ("+Inf", 3),
        ("sum", 3),
        ("count", 3),
    ] {
        assert_eq!(found[field], json!(expected), "{field}");
    }
    let found = row(&server, "SELECT * FROM queue_depth");
    assert_eq!(found["text"], json!(AWKWARD.replace('\n', "\\n")));
    assert_eq!(found["gauge"], json!(2.5));
    orders().inc();
    running.shutdown().wait();
    let found = row(&server, "SELECT last(counter) FROM orders_total");
    assert_eq!(found["last"], json!(before + 3));
    let [produced, _, dropped, queued] = books("influx");
    assert!(produced > 0);
    assert_eq!((dropped, queued), (dropped_before, 0));
}

#[test]
fn what_the_database_could_not_store_is_counted() {
    let Some(server) = influxdb() else { return };
    let _turn = turn();
    let create = format!("/query?q={}", quoted("CREATE DATABASE metrics"));
    assert_eq!(server.request("POST", &create).0, 200);
    orders();
    // A number is a text there.
    let url = format!("http://{}/write?db=metrics", server.address);
    let [_, _, before, _] = books("influx");
    write_text(&server);
    let running = start(&[("OBS_INFLUX_URL", &url)]);
    running.flush(SOON);
    let after = books("influx");
    assert_eq!(after[2] - before, 1, "{after:?}");
    let found = row(&server, "SELECT * FROM orders_total");
    assert_eq!(found["service"], json!("shop"));
    running.shutdown().wait();
}

/// Makes the field of the gauge a text.
fn write_text(server: &Server) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(&server.address).unwrap();
    let line = "queue_depth gauge=\"text\"";
    let length = line.len();
    write!(
        stream,
        "POST /write?db=metrics HTTP/1.0\r\ncontent-length: {length}\r\n\r\n{line}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("204"), "{answer}");
}
