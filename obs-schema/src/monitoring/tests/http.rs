//! The listener and its paths.

use super::*;

#[test]
fn endpoints() {
    let http = |http| Monitoring { http, ..D };
    one(
        http(Http {
            enabled: false,
            listen: "0.0.0.0:80",
            ..Http::DEFAULT
        }),
        "http.listen",
        "`http.listen` is set but `http.enabled` is off; leave `listen` out or turn the listener on",
    );
    for listen in [
        "",
        "9464",
        ":9464",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:99999",
        "127.0.0.1:x",
        "localhost:9464",
        "256.0.0.1:80",
    ] {
        one(
            http(Http {
                listen,
                ..Http::DEFAULT
            }),
            "http.listen",
            &format!("`{listen}` is not an IP address and a port; write `127.0.0.1:9464`"),
        );
    }
    for hosts in ["", "ops", "ops.example.com, monitor-1"] {
        assert!(
            http(Http {
                hosts,
                ..Http::DEFAULT
            })
            .check()
            .is_empty()
        );
    }
    for (hosts, odd) in [
        ("http://ops", ":"),
        ("ops:9464", ":"),
        ("ops/x", "/"),
        ("ops,ä", "ä"),
    ] {
        one(
            http(Http {
                hosts,
                ..Http::DEFAULT
            }),
            "http.hosts",
            &format!(
                "`{odd}` in `http.hosts` is not part of the name of a host; write names without a port, such as `ops.example.com, monitor`"
            ),
        );
    }
    for listen in ["0.0.0.0:0", "[::1]:9464", "10.0.0.1:65535"] {
        assert!(
            http(Http {
                listen,
                ..Http::DEFAULT
            })
            .check()
            .is_empty()
        );
    }
    for (prefix, message) in [
        (
            "monitoring",
            "`monitoring` does not begin with `/`; write a path such as `/metrics`",
        ),
        ("/", "`/` ends in `/`; write a path such as `/metrics`"),
        (
            "/a b",
            "`/a b` contains ` ` at position 3; write a path such as `/metrics`",
        ),
        (
            "/a//b",
            "`/a//b` contains `/` at position 4; write a path such as `/metrics`",
        ),
        (
            "/health",
            "`http.prefix` `/health` is already the path of a probe; write `prefix = \"/monitoring\"`",
        ),
    ] {
        one(
            http(Http {
                prefix,
                ..Http::DEFAULT
            }),
            "http.prefix",
            message,
        );
    }
}
