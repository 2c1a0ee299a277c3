//! What a page in a real browser can do to the monitoring endpoints: nothing. Without `chromium` the test says so and is
//! skipped, or fails with `CHECK_REQUIRE_TOOLS=1`.
#![cfg(feature = "http")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use obs_runtime::Starter;
use obs_runtime::config::Layers;

/// A page that tries what a page can, and then says what came of it.
const PAGE: &str = r#"<!doctype html><title>evil</title><body><pre id=out>running</pre>
<iframe name=frame></iframe>
<form id=form method=post target=frame enctype=text/plain action="TARGET/monitoring/traces/cleanup?max_age=0s">
<input name='{"max_age":"0s","x":"' value='"}'></form>
<script>
const target = "TARGET";
const tries = {
  read: () => fetch(target + "/monitoring/catalog").then(r => r.text()),
  metrics: () => fetch(target + "/metrics").then(r => r.text()),
  blind: () => fetch(target + "/monitoring/catalog", {mode: "no-cors"}).then(r => r.text()),
  json: () => fetch(target + "/monitoring/traces/cleanup", {method: "POST",
    headers: {"content-type": "application/json"}, body: '{"max_age":"0s"}'}).then(r => r.text()),
  header: () => fetch(target + "/monitoring/traces/cleanup?max_age=0s", {method: "POST",
    headers: {"x-obs-request": "1"}}).then(r => r.text()),
  text: () => fetch(target + "/monitoring/traces/cleanup?max_age=0s", {method: "POST", mode: "no-cors",
    headers: {"content-type": "text/plain"}, body: '{}'}).then(r => r.text()),
  beacon: async () => String(navigator.sendBeacon(target + "/monitoring/traces/cleanup?max_age=0s", "{}")),
  image: () => new Promise((ok, no) => { const i = new Image(); i.onload = ok; i.onerror = no;
    i.src = target + "/monitoring/catalog"; }),
};
(async () => {
  document.getElementById("form").submit();
  const said = [];
  for (const [name, go] of Object.entries(tries)) {
    const got = await go().catch(() => "REFUSED");
    said.push(name + "=" + (got === "REFUSED" ? "refused" : "got:" + String(got).length));
  }
  document.getElementById("out").textContent = "said " + said.join(" ") + " end";
})();
</script>"#;

fn browser() -> Option<&'static str> {
    let found = ["chromium", "chromium-browser"].into_iter().find(|name| {
        let mut ask = Command::new(name);
        ask.arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        ask.status().is_ok_and(|status| status.success())
    });
    if found.is_none() {
        assert!(
            std::env::var_os("CHECK_REQUIRE_TOOLS").is_none(),
            "`chromium` is not installed"
        );
        eprintln!("skipped: `chromium` is not installed");
    }
    found
}

/// The page as it is when its scripts are done.
fn visit(browser: &str, url: &str) -> String {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("timeout")
        .args([
            "60",
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ])
        .args([
            "--no-first-run",
            "--disable-background-networking",
            "--virtual-time-budget=10000",
            "--dump-dom",
        ])
        .arg("--host-resolver-rules=MAP evil.example 127.0.0.1")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(url)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Serves the page to whoever asks.
fn serve_page(target: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let page = PAGE.replace("TARGET", &target);
            thread::spawn(move || answer(stream, &page));
        }
    });
    address
}

fn answer(mut stream: TcpStream, page: &str) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut head = [0; 4096];
    if stream.read(&mut head).is_ok_and(|read| read > 0) {
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
            page.len()
        );
    }
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_page_of_another_origin_can_neither_read_nor_change_anything() {
    let Some(browser) = browser() else { return };
    // Everybody may do everything here, so that nothing but the origin is in the way.
    let variables = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS__HTTP__ANONYMOUS", "write"),
        ("OTEL_SERVICE_NAME", "target"),
    ];
    let running = Starter::new(Layers::default().variables(variables));
    let running = running.start().unwrap();
    let target = running.address().unwrap();

    // Another port of this host, and another host of this machine.
    for (of, to) in [("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1")] {
        let page = serve_page(format!("http://{to}:{}", target.port()));
        let shown = visit(browser, &format!("http://{of}:{}/", page.port()));
        let start = shown.find(">said ").unwrap_or_else(|| panic!("{shown}"));
        let said = &shown[start..];
        let said = &said[..said.find(" end").unwrap()];
        for name in ["read", "metrics", "json", "header", "image"] {
            assert!(said.contains(&format!("{name}=refused")), "{said}");
        }
        // What a page may send without asking, it sends; it sees nothing of the answer.
        for name in ["blind", "text"] {
            let sees_nothing = [format!("{name}=refused"), format!("{name}=got:0")];
            assert!(
                sees_nothing.iter().any(|text| said.contains(text)),
                "{said}"
            );
        }
    }
    // A name of the page that was made to point here.
    let rebound = visit(
        browser,
        &format!("http://evil.example:{}/monitoring/catalog", target.port()),
    );
    assert!(rebound.contains("unknown_host"), "{rebound}");
    // A person who looks.
    let looked = visit(
        browser,
        &format!("http://localhost:{}/monitoring", target.port()),
    );
    assert!(looked.contains("<h1>Monitoring</h1>"), "{looked}");

    let trail = get(target, "/monitoring/audit");
    assert!(
        trail.contains("\"all\": 0"),
        "somebody was let through: {trail}"
    );
    running.shutdown().wait();
}
