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

#[test]
fn settings_that_need_each_other() {
    let case = |http: Http, key, message: &str| one(Monitoring { http, ..D }, key, message);
    let http = Http::DEFAULT;
    case(
        Http {
            metrics_username: "scraper",
            ..http
        },
        "http.metrics_username",
        "`http.metrics_username` is set but `http.metrics_password_file` is not; set `OBS_METRICS_PASSWORD_FILE` too",
    );
    case(
        Http {
            metrics_password_file: "password",
            ..http
        },
        "http.metrics_password_file",
        "`http.metrics_password_file` is set but `http.metrics_username` is not; set `OBS_METRICS_USERNAME` too",
    );
    case(
        Http {
            tls_certificate: "cert.pem",
            ..http
        },
        "http.tls_certificate",
        "`http.tls_certificate` is set but `http.tls_key` is not; name the file with the key of the certificate",
    );
    case(
        Http {
            tls_key: "key.pem",
            ..http
        },
        "http.tls_key",
        "`http.tls_key` is set but `http.tls_certificate` is not; name the file with the certificate of the key",
    );
    case(
        Http {
            client_ca: "ca.pem",
            ..http
        },
        "http.client_ca",
        "`http.client_ca` is set but `http.tls_certificate` is not; name the listener's own certificate and key",
    );
    case(
        Http {
            max_connections: 10,
            ..http
        },
        "http.max_connections_per_address",
        "one address may have 64 connections but there are at most 10; lower it, or raise `max_connections`",
    );
}

#[test]
fn a_second_listener() {
    let case = |http: Http, message: &str| {
        one(Monitoring { http, ..D }, "http.probes_listen", message);
    };
    case(
        Http {
            probes_listen: "9465",
            ..Http::DEFAULT
        },
        "`9465` is not an IP address and a port; write `127.0.0.1:9464`",
    );
    case(
        Http {
            probes_listen: Http::DEFAULT.listen,
            ..Http::DEFAULT
        },
        "`http.probes_listen` is the address of `http.listen`; give the probes a port of their own, such as `0.0.0.0:9465`",
    );
    case(
        Http {
            enabled: false,
            probes_listen: "0.0.0.0:9465",
            ..Http::DEFAULT
        },
        "`http.probes_listen` is set but `http.enabled` is off; leave `probes_listen` out or turn the listener on",
    );
}

#[test]
fn unix_sockets() {
    for (listen, is_one) in [
        ("unix:/run/obs.sock", true),
        ("unix:obs.sock", false),
        ("unix:", false),
        ("unix:/run/", false),
        ("/run/obs.sock", false),
    ] {
        let http = Http {
            listen,
            ..Http::DEFAULT
        };
        assert_eq!(http.check().is_empty(), is_one, "{listen}");
    }
}
