//! Functions with `#[health_check]`: they run by themselves, and the endpoints tell of them.

#![cfg(all(feature = "macros", feature = "http"))]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use obs_runtime::config::Layers;
use obs_runtime::health::{self, Health, Heartbeat, Liveness, Overall, Report, Status};
use obs_runtime::{
    Running, Starter, health_check, trace_request, track_db_query, track_external_api,
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

static IS_MIGRATED: AtomicBool = AtomicBool::new(false);
static DATABASE_ANSWERS: AtomicBool = AtomicBool::new(true);
static ASKED_FOR_EVIDENCE: AtomicU32 = AtomicU32::new(0);
static LOOP: Heartbeat = Heartbeat::new(Duration::from_secs(3_600));

#[health_check("database", timeout = "50ms", interval = "100ms", traffic = "mysql")]
async fn database() -> Result<(), String> {
    tokio::time::sleep(Duration::from_millis(1)).await;
    match DATABASE_ANSWERS.load(SeqCst) {
        true => Ok(()),
        false => Err("the database is gone".to_owned()),
    }
}

#[trace_request("look_at_queue")]
#[health_check("queue", critical = false, interval = "100ms", group = "storage")]
fn queue() -> Health {
    Health::degraded("it is long")
        .with("length", 12_000)
        .with("name", "mail")
}

#[health_check("cache", critical, interval = "100ms", group = "storage")]
fn cache() -> impl Future<Output = Status> {
    async { Status::Healthy }
}

#[health_check("migrations", kind = startup, timeout = "50ms", interval = "100ms", initial_delay = "1ms")]
fn migrations() -> bool {
    IS_MIGRATED.load(SeqCst)
}

#[health_check("process", kind = liveness, interval = "100ms")]
fn process() -> Liveness {
    ASKED_FOR_EVIDENCE.fetch_add(1, SeqCst);
    Liveness::new().heartbeat("loop", &LOOP)
}

#[health_check("broken", kind = liveness)]
fn broken() -> Liveness {
    panic!("a check that cannot say what to look at is left out");
}

macro_rules! ways_out {
    ($($name:literal $function:ident),*) => {$(
        #[health_check($name, interval = "100ms", critical = false)]
        fn $function() -> bool {
            true
        }
    )*};
}
// Two checks in one place.
ways_out!("mails" mails, "texts" texts);

/// One service at a time in this process.
static TURN: Mutex<()> = Mutex::new(());

/// A service that runs until this is dropped, one at a time.
struct Service {
    running: Option<Running>,
    address: SocketAddr,
    _turn: MutexGuard<'static, ()>,
}

impl Service {
    fn start(is_migrated: bool, settings: &[(&'static str, &'static str)]) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        IS_MIGRATED.store(is_migrated, SeqCst);
        let common = [("OBS_LISTEN", "127.0.0.1:0"), ("OTEL_SERVICE_NAME", "shop")];
        let layers = Layers::default().variables(common.iter().chain(settings).copied());
        let running = Starter::new(layers).start().unwrap();
        Self {
            address: running.address().unwrap(),
            running: Some(running),
            _turn: turn,
        }
    }

    fn text(&self, path: &str) -> std::io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(self.address)?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Ok((status, body.to_owned()))
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let (status, body) = self.text(path).unwrap();
        (status, serde_json::from_str(&body).unwrap())
    }

    /// Asks until the answer is as it should be.
    fn wait(&self, path: &str, until: impl Fn(u16, &Value) -> bool) -> Value {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let (status, body) = self.get(path);
            if until(status, &body) {
                return body;
            }
            assert!(Instant::now() < deadline, "{path}: {status} {body:#}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn functions_run_without_a_further_line() {
    let service = Service::start(true, &[]);
    let has_all = |_, body: &Value| {
        let checks = body["checks"].as_object().unwrap();
        checks.len() == 7 && checks.values().all(|check| !check["status"].is_null())
    };
    let body = service.wait("/monitoring/health/detailed", has_all);
    assert_eq!(body["status"], "warning", "{body:#}");
    assert_eq!(body["service"]["name"], "shop");
    assert!(body["uptime_seconds"].as_f64().unwrap() > 0.0);
    let checks = &body["checks"];
    let queue = &checks["queue"];
    assert_eq!(
        (&queue["status"], &queue["critical"]),
        (&json!("degraded"), &json!(false))
    );
    assert_eq!(queue["message"], "it is long");
    assert_eq!(queue["details"], json!({"length": 12_000, "name": "mail"}));
    assert_eq!(queue["groups"], json!(["storage"]));
    assert!(queue["age_seconds"].as_f64().unwrap() < 20.0);
    assert_eq!(checks["database"]["timeout_seconds"], 0.05);
    assert_eq!(checks["process"]["kind"], "liveness");
    assert_eq!(checks["migrations"]["kind"], "startup");
    assert_eq!(ASKED_FOR_EVIDENCE.load(SeqCst), 1, "evidence is named once");

    let statuses = ["/live", "/ready", "/startup", "/health"].map(|path| service.get(path).0);
    assert_eq!(statuses, [200; 4]);
    let (status, storage) = service.get("/health/storage");
    assert_eq!((status, &storage["status"]), (200, &json!("warning")));
    let mut names: Vec<_> = storage["checks"].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["cache", "queue"]);
    let (status, problem) = service.get("/health/nothing");
    assert_eq!(status, 404);
    assert_eq!(
        problem["known"],
        json!(["liveness", "readiness", "startup", "storage"])
    );
    assert_eq!(health::overall(), Overall::Warning);

    let (_, metrics) = service.text("/metrics").unwrap();
    for line in [
        "health_check_status{service=\"shop\",check=\"database\",kind=\"readiness\"} 1",
        "health_check_status{service=\"shop\",check=\"queue\",kind=\"readiness\"} 0.5",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}\n{metrics}"
        );
    }
}

#[test]
fn readiness_follows_its_critical_checks_and_liveness_does_not() {
    let service = Service::start(true, &[]);
    service.wait("/ready", |status, _| status == 200);
    DATABASE_ANSWERS.store(false, SeqCst);
    let body = service.wait("/ready", |status, _| status == 503);
    assert_eq!(body["status"], "unhealthy");
    assert_eq!(
        body["checks"]["database"]["last_error"]["message"],
        "the database is gone"
    );
    assert_eq!(service.get("/live").0, 200);
    assert_eq!(service.get("/health").0, 503);
    DATABASE_ANSWERS.store(true, SeqCst);
    service.wait("/ready", |status, _| status == 200);
}

#[test]
fn nothing_is_ready_before_the_start_has_passed() {
    let service = Service::start(false, &[]);
    service.wait("/health/readiness", |status, _| status == 200);
    let (status, body) = service.get("/ready");
    assert_eq!(
        (status, &body["reason"]),
        (503, &json!("the service is still starting"))
    );
    assert_eq!(service.get("/startup").0, 503);
    assert_eq!(service.get("/live").0, 200);
    IS_MIGRATED.store(true, SeqCst);
    service.wait("/startup", |status, _| status == 200);
    service.wait("/ready", |status, _| status == 200);
    IS_MIGRATED.store(false, SeqCst);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(
        service.get("/startup").0,
        200,
        "what has started stays started"
    );
}

#[test]
fn readiness_ends_before_the_listener_does() {
    let mut service = Service::start(true, &[("OBS__HEALTH__SHUTDOWN_DELAY", "1500ms")]);
    service.wait("/ready", |status, _| status == 200);
    let began = Instant::now();
    let ended = service.running.take().unwrap().shutdown();
    let body = service.wait("/ready", |status, _| status == 503);
    assert_eq!(body["reason"], "the service is shutting down");
    assert_eq!(service.get("/live").0, 200);
    assert!(
        began.elapsed() < Duration::from_millis(1_500),
        "too slow to tell"
    );
    ended.wait();
    assert!(began.elapsed() >= Duration::from_millis(1_500));
    assert!(service.text("/ready").is_err());
}

#[test]
fn probes_answer_where_checks_are_off() {
    let service = Service::start(false, &[("OBS__HEALTH__ENABLED", "false")]);
    let statuses = ["/live", "/ready", "/startup", "/health"].map(|path| service.get(path).0);
    assert_eq!(statuses, [200; 4]);
}

#[test]
fn answers_come_at_once_while_half_of_the_checks_hang() {
    let service = Service::start(true, &[]);
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let added: Vec<_> = (0..20)
        .map(|number| {
            let held = (number % 2 == 0).then(|| held.clone());
            let look = move || {
                if let Some(held) = &held {
                    let _ = held.lock().unwrap().recv();
                }
                true
            };
            let check = health::blocking(format!("many-{number:02}"), look);
            let check = check
                .timeout(Duration::from_millis(50))
                .interval(Duration::from_millis(100));
            check.register().unwrap()
        })
        .collect();
    let hangs =
        |body: &Value, number| body["checks"][format!("many-{number:02}")]["status"] == "unhealthy";
    let all_hang = |_, body: &Value| (0..20).step_by(2).all(|number| hangs(body, number));
    service.wait("/monitoring/health/detailed", all_hang);
    for path in ["/live", "/ready", "/health", "/monitoring/health/detailed"] {
        let mut took: Vec<Duration> = (0..51)
            .map(|_| {
                let began = Instant::now();
                service.text(path).unwrap();
                began.elapsed()
            })
            .collect();
        took.sort();
        // Other tests want the processor too: a check that was waited for would show in all of them.
        assert!(took[12] < Duration::from_millis(5), "{path}: {took:?}");
    }
    drop(hold);
    added.into_iter().for_each(health::Registered::remove);
}

#[test]
fn a_server_of_the_program_tells_no_details() {
    let service = Service::start(true, &[]);
    service.wait("/health", |_, body| body["checks"].is_object());
    let app: axum::Router = obs_runtime::http::router();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = runtime.block_on(async {
        let request = http::Request::get("/health").body(axum::body::Body::empty());
        let answer = app.oneshot(request.unwrap()).await.unwrap();
        axum::body::to_bytes(answer.into_body(), 10_000)
            .await
            .unwrap()
    });
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert!(
        answer["status"].is_string() && answer["checks"].is_null(),
        "{answer}"
    );
}

#[track_external_api("bank")]
fn pay(works: bool) -> Result<(), &'static str> {
    works.then_some(()).ok_or("refused")
}

#[track_db_query("select", "orders", system = "sqlite")]
async fn orders(works: bool) -> Result<(), &'static str> {
    works.then_some(()).ok_or("no such table")
}

/// Waits for the next result of a check that there are `runs` of.
fn next_report(name: &str, runs: u64) -> Report {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let reports = health::reports();
        let found = reports.into_iter().find(|report| report.name == name);
        if let Some(report) = found.filter(|report| report.runs > runs) {
            return report;
        }
        assert!(Instant::now() < deadline, "`{name}` does not run");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn calls_that_the_program_makes_anyway_say_how_a_dependency_is() {
    let _service = Service::start(true, &[]);
    type Call = fn(bool);
    let dependencies: [(&str, Call); 2] = [
        ("bank", |works| assert_eq!(pay(works).is_ok(), works)),
        ("sqlite", |works| {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let answer = runtime.unwrap().block_on(orders(works));
            assert_eq!(answer.is_ok(), works);
        }),
    ];
    for (name, call) in dependencies {
        let looks = Arc::new(AtomicU32::new(0));
        let own = looks.clone();
        // The calls of the check itself say no more than it says.
        let look = move || {
            (0..9).for_each(|_| call(false));
            own.fetch_add(1, SeqCst);
            true
        };
        let check = health::blocking(name, look).interval(Duration::from_secs(1));
        let registered = check.register().unwrap();
        let first = next_report(name, 0);
        assert_eq!((first.runs, looks.load(SeqCst)), (1, 1), "{first:?}");

        (0..9).for_each(|_| call(true));
        let second = next_report(name, first.runs);
        assert_eq!(second.status, Some(Status::Healthy), "{second:?}");
        assert_eq!(looks.load(SeqCst), 1, "calls took the place of the run");

        (0..9).for_each(|number| call(number < 2));
        let third = next_report(name, second.runs);
        let health = third.health.unwrap();
        let why = health.message();
        assert_eq!(third.status, Some(Status::Degraded), "{why}");
        assert!(
            why.starts_with(&format!("7 of 9 calls of `{name}` failed in the last ")),
            "{why}"
        );
        (0..9).for_each(|_| call(false));
        let third = next_report(name, third.runs);
        assert_eq!(third.status, Some(Status::Unhealthy), "{third:?}");
        assert_eq!(looks.load(SeqCst), 1, "and of those that fail");

        let fourth = next_report(name, third.runs);
        assert_eq!(
            fourth.status,
            Some(Status::Healthy),
            "nobody calls any more"
        );
        assert_eq!(looks.load(SeqCst), 2);
        (0..9).for_each(|number| call(number < 6));
        next_report(name, fourth.runs);
        assert_eq!(looks.load(SeqCst), 3, "calls that are not of one mind");
        registered.remove();
    }
}

#[track_db_query("insert", "orders", system = "mysql")]
fn insert() -> Result<(), &'static str> {
    Err("the table is full")
}

#[test]
fn a_check_goes_by_the_calls_of_what_it_names() {
    let service = Service::start(true, &[]);
    service.wait("/ready", |status, _| status == 200);
    (0..50).for_each(|_| assert!(insert().is_err()));
    let is_seen = |_, body: &Value| {
        let why = body["checks"]["database"]["last_error"]["message"].as_str();
        why.is_some_and(|why| why.contains("calls of `mysql` failed in the last 1s"))
    };
    service.wait("/monitoring/health/detailed", is_seen);
    service.wait("/ready", |status, _| status == 200);

    let checks = [
        health::blocking("migrated", || true).startup(),
        health::liveness("loop", &LOOP),
    ];
    for check in checks {
        let error = check.traffic("mysql").register().unwrap_err().to_string();
        assert!(
            error.ends_with("calls of a dependency decide nothing but readiness; leave `traffic` out, or write `kind = readiness`"),
            "{error}"
        );
    }
}

#[track_external_api("mailer")]
fn send() {}

#[test]
fn calls_that_go_well_do_not_hide_what_a_check_found() {
    let _service = Service::start(true, &[]);
    let look = || Health::degraded("its queue is long");
    let check = health::blocking("letters", look).traffic("mailer");
    let check = check.interval(Duration::from_secs(1));
    let registered = check.register().unwrap();
    let first = next_report("letters", 0);
    (0..9).for_each(|_| send());
    let second = next_report("letters", first.runs);
    assert_eq!(second.status, Some(Status::Degraded), "{second:?}");
    assert_eq!(second.health.unwrap().message(), "its queue is long");
    registered.remove();
}
