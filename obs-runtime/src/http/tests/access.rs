//! Who may do what, over real connections.

use std::fs;
use std::path::Path;

use reqwest::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{Client, Method, RequestBuilder};
use tempfile::TempDir;

use super::*;
use crate::http::endpoint::ENDPOINTS;
use crate::http::guard::Access;
use crate::http::{CredentialsError, ListenError};

const READER: &str = "0123456789abcdef0123456789abcdef";
const WRITER: &str = "fedcba9876543210fedcba9876543210";
const CLEANUP: &str = "/monitoring/traces/cleanup?max_age=36500d";

/// A listener as it is without settings, and one with a file of tokens.
fn plain(set: impl FnOnce(&mut Monitoring)) -> Result<Server, ListenError> {
    let mut monitoring = Monitoring::DEFAULT;
    monitoring.http.listen = "127.0.0.1:0";
    set(&mut monitoring);
    Listener::start(&Settings::from(&monitoring)).map(Server)
}

fn leak(path: &Path) -> &'static str {
    String::leak(path.to_str().unwrap().to_owned())
}

fn guarded(directory: &TempDir) -> Server {
    let file = directory.path().join("tokens");
    fs::write(&file, format!("read {READER}\nwrite {WRITER} deployer\n")).unwrap();
    plain(|monitoring| monitoring.http.token_file = leak(&file)).unwrap()
}

fn ask(server: &Server, method: &str, path: &str) -> RequestBuilder {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let ask = Client::new().request(method, server.url(path));
    ask.header("content-type", "application/json")
}

async fn status(ask: RequestBuilder) -> u16 {
    ask.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn without_credentials_this_machine_reads_and_nobody_writes() {
    let server = plain(|_| ()).unwrap();
    assert_eq!(
        status(ask(&server, "GET", "/monitoring/catalog")).await,
        200
    );
    let (status, body) = read_json(ask(&server, "POST", CLEANUP).send().await.unwrap()).await;
    assert_eq!(status, 403);
    assert_eq!(
        body,
        serde_json::json!({
            "error": "no_credentials_configured",
            "message": "nobody may change anything here because no credentials are configured; \
                write a line `write TOKEN` into a file and name it by `OBS_AUTH_TOKEN_FILE`",
        })
    );
}

/// Every endpoint there is, with nothing, a token to read and one to write.
#[tokio::test]
async fn every_endpoint_asks_for_its_level() {
    let directory = tempfile::tempdir().unwrap();
    let server = guarded(&directory);
    for endpoint in ENDPOINTS {
        let path = endpoint
            .path()
            .replace("{id}", "0af7651916cd43dd8448eb211c80319c");
        // Who is let in is told of the parameter, and nothing is done.
        let path = format!("{path}?unknown=1");
        let ask = || ask(&server, endpoint.method(), &path);
        let refused = |status: u16| [401, 403].contains(&status);
        let (nothing, reader, writer) = (
            status(ask()).await,
            status(ask().bearer_auth(READER)).await,
            status(ask().bearer_auth(WRITER)).await,
        );
        let (name, access) = (format!("{} {path}", endpoint.method()), endpoint.access());
        assert_eq!(
            refused(nothing),
            access != Access::Open,
            "{name}: {nothing}"
        );
        assert_eq!(reader == 403, access == Access::Write, "{name}: {reader}");
        assert!(!refused(writer), "{name}: {writer}");
    }
}

#[tokio::test]
async fn refusals_say_what_to_bring() {
    let directory = tempfile::tempdir().unwrap();
    let server = guarded(&directory);
    let answer = ask(&server, "GET", "/monitoring").send().await.unwrap();
    assert_eq!(answer.headers()[WWW_AUTHENTICATE], "Bearer realm=\"obs\"");
    let (status, body) = read_json(answer).await;
    assert_eq!(
        (status, body["error"].as_str()),
        (401, Some("missing_credentials"))
    );
    let wrong = ask(&server, "GET", "/monitoring").bearer_auth("wrong");
    let (status, body) = read_json(wrong.send().await.unwrap()).await;
    assert_eq!(
        (status, body["error"].as_str()),
        (401, Some("wrong_credentials"))
    );
    let few = ask(&server, "POST", CLEANUP).bearer_auth(READER);
    let (status, body) = read_json(few.send().await.unwrap()).await;
    assert_eq!((status, body["error"].as_str()), (403, Some("forbidden")));
    assert!(
        body["message"]
            .as_str()
            .unwrap()
            .starts_with("`token of line 1` may not do this")
    );
}

#[tokio::test]
async fn wrong_tokens_at_rate_are_stopped_and_the_right_one_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let server = guarded(&directory);
    let honest = || ask(&server, "GET", "/monitoring/audit").bearer_auth(READER);
    assert_eq!(status(honest()).await, 200);
    let mut last = None;
    for n in 0..100 {
        let guess = ask(&server, "GET", "/monitoring").bearer_auth(format!("guess-{n:026}"));
        last = Some(guess.send().await.unwrap());
        assert_eq!(status(honest()).await, 200);
    }
    let last = last.unwrap();
    assert_eq!(last.status(), 429);
    assert_eq!(
        last.headers()["connection"],
        "close",
        "guessing takes a connection each"
    );
    let wait: u64 = last.headers()[RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_file_that_changes_is_read_again_and_one_that_is_broken_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let server = guarded(&directory);
    let file = directory.path().join("tokens");
    let read = |token| status(ask(&server, "GET", "/monitoring").bearer_auth(token));
    assert_eq!(read(READER).await, 200);
    fs::write(&file, "nonsense\n").unwrap();
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(read(READER).await, 200, "the former tokens stay");
    let new = "00000000111111112222222233333333";
    fs::write(&file, format!("read {new}\n")).unwrap();
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(read(new).await, 200);
    assert_eq!(
        read(READER).await,
        401,
        "a token that is gone is no longer good"
    );
}

#[tokio::test]
async fn the_metrics_can_have_a_user() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    // The first `:` of what comes ends the name, and the password may have more.
    fs::write(&file, "s3:cr\u{e9}t:\n").unwrap();
    let server = plain(|monitoring| {
        monitoring.http.metrics_username = "scraper";
        monitoring.http.metrics_password_file = leak(&file);
    })
    .unwrap();
    for path in ["/metrics", "/monitoring/metrics"] {
        let answer = ask(&server, "GET", path).send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(
            answer.headers()[WWW_AUTHENTICATE],
            "Basic realm=\"obs\", charset=\"UTF-8\""
        );
        let scrape = |password| ask(&server, "GET", path).basic_auth("scraper", Some(password));
        assert_eq!(status(scrape("s3:cr\u{e9}t:")).await, 200);
        assert_eq!(status(scrape("s3")).await, 401);
    }
    assert_eq!(status(ask(&server, "GET", "/live")).await, 200);
    assert_eq!(status(ask(&server, "GET", "/monitoring/traces")).await, 401);
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let error = |path| {
        plain(|monitoring| monitoring.http.token_file = path)
            .err()
            .unwrap()
    };
    let missing = error("/nowhere/tokens");
    assert!(matches!(missing, ListenError::Credentials(_)));
    assert_eq!(
        missing.to_string(),
        "`http.token_file`: `/nowhere/tokens` cannot be read: No such file or directory (os error 2)"
    );
    let source = std::error::Error::source(&missing).unwrap();
    assert!(source.is::<CredentialsError>());
}

#[test]
fn with_tokens_other_machines_may_come() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tokens");
    fs::write(&file, format!("read {READER}\n")).unwrap();
    let server = plain(|monitoring| {
        monitoring.http.listen = "0.0.0.0:0";
        monitoring.http.token_file = leak(&file);
    });
    assert!(server.is_ok());
    let open = plain(|monitoring| {
        monitoring.http.listen = "0.0.0.0:0";
        monitoring.http.token_file = leak(&file);
        monitoring.http.anonymous = Anonymous::Read;
    });
    assert!(matches!(open.err(), Some(ListenError::Public { .. })));
}

#[tokio::test]
async fn the_probes_can_have_an_address_of_their_own() {
    let server = plain(|monitoring| monitoring.http.probes_listen = "0.0.0.0:0").unwrap();
    let probes = SocketAddr::from(([127, 0, 0, 1], server.0.probes_address().unwrap().port()));
    let get = |path: &str| reqwest::get(format!("http://{probes}{path}"));
    for path in ["/live", "/metrics"] {
        assert_eq!(get(path).await.unwrap().status(), 200, "{path}");
    }
    for endpoint in ENDPOINTS.iter().filter(|one| one.access() != Access::Open) {
        let answer = get(&endpoint.path()).await.unwrap();
        assert_eq!(answer.status(), 404, "{}", endpoint.path());
        let (_, body) = read_json(answer).await;
        assert!(!body["known"].to_string().contains("debug"), "{body}");
    }
}

#[tokio::test]
async fn changes_are_written_down() {
    let directory = tempfile::tempdir().unwrap();
    let server = guarded(&directory);
    let change = ask(&server, "POST", CLEANUP).bearer_auth(WRITER);
    assert_eq!(status(change).await, 200);
    let broken = ask(&server, "POST", "/monitoring/traces/cleanup").bearer_auth(WRITER);
    assert_eq!(status(broken).await, 400);
    let trail = ask(&server, "GET", "/monitoring/audit?limit=512").bearer_auth(READER);
    let (_, body) = read_json(trail.send().await.unwrap()).await;
    let entries = body["entries"].as_array().unwrap();
    let of = |status: u16| {
        let mut all = entries.iter();
        all.find(|entry| entry["who"] == "deployer" && entry["status"] == status)
    };
    let done = of(200).unwrap();
    assert_eq!(done["path"], "/monitoring/traces/cleanup");
    assert_eq!(done["params"]["max_age"], "36500d");
    assert!(done["from"].as_str().unwrap().starts_with("127.0.0.1:"));
    assert!(done["before"].is_u64() && done["after"].is_u64(), "{done}");
    assert!(of(400).unwrap()["after"].is_null());
    assert!(!body.to_string().contains(WRITER));
}
