//! What functions with a debug flag say in the log.

#![cfg(all(feature = "log", feature = "macros"))]
#![deny(warnings, clippy::pedantic)]
#![forbid(unsafe_code)]
#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self
)]

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::Poll;

use obs_runtime::log::{self, LogConfig, LogGuard, Query, Record};
use obs_runtime::trace::Value;
use obs_runtime::{CallOutcome, debug, debug_trace, service, testing, timed, trace_request};

static LOG: LazyLock<LogGuard> =
    LazyLock::new(|| log::init(LogConfig::new().with_recent(10_000, 1 << 24)).unwrap());

/// The records of the calls that `body` makes while the flag is on, the oldest first.
fn records(flag: &str, body: impl FnOnce()) -> Vec<Arc<Record>> {
    LazyLock::force(&LOG);
    debug::set(flag, true).unwrap();
    body();
    debug::set(flag, false).unwrap();
    let mut records = log::recent(&Query::new().target("debug_trace").limit(10_000));
    records.retain(|record| record.field("flag") == Some(&Value::from(flag.to_owned())));
    records.reverse();
    records
}

fn text(record: &Record, key: &str) -> Option<String> {
    record.field(key).map(ToString::to_string)
}

fn outcomes(records: &[Arc<Record>]) -> Vec<String> {
    let outcome = |record: &Arc<Record>| text(record, "outcome").unwrap();
    records.iter().map(outcome).collect()
}

#[derive(Debug)]
struct Order {
    id: u64,
}

/// Has no `Debug`.
struct Opaque;

#[debug_trace("plain")]
fn place(
    order: &Order,
    (cents, mut times): (u64, u32),
    _note: &str,
    opaque: Opaque,
) -> Result<u64, String> {
    times += 1;
    let Opaque = opaque;
    if cents == 0 {
        return Err(format!("order {} costs nothing", order.id));
    }
    Ok(cents * u64::from(times))
}

#[test]
fn a_call_is_one_record_with_arguments_result_outcome_and_duration() {
    let order = Order { id: 7 };
    let records = records("plain", || {
        assert_eq!(place(&order, (12, 1), "", Opaque), Ok(24));
        assert!(place(&order, (0, 1), "", Opaque).is_err());
    });
    assert_eq!(outcomes(&records), ["ok", "error"]);
    let record = &records[0];
    assert_eq!(record.level, tracing::Level::INFO);
    assert_eq!(record.target, "debug_trace");
    assert_eq!(record.message, "debug_trace::place: ok");
    assert_eq!(text(record, "arg.order").unwrap(), "Order { id: 7 }");
    assert_eq!(text(record, "arg.cents").unwrap(), "12");
    assert_eq!(text(record, "arg.times").unwrap(), "1");
    assert_eq!(text(record, "result").unwrap(), "Ok(24)");
    assert!(matches!(record.field("duration_ms"), Some(Value::F64(ms)) if *ms >= 0.0));
    assert!(record.file.as_ref().unwrap().ends_with("debug_trace.rs"));
    let hidden = ["arg._note", "arg.opaque"];
    assert!(hidden.iter().all(|key| record.field(key).is_none()));
    assert_eq!(
        text(&records[1], "result").unwrap(),
        "Err(\"order 7 costs nothing\")"
    );
}

#[test]
fn nothing_is_logged_while_the_flag_is_off() {
    #[debug_trace("off")]
    fn quiet(number: u32) -> u32 {
        number
    }
    LazyLock::force(&LOG);
    assert_eq!(quiet(1), 1);
    let records = records("off", || {
        assert_eq!(quiet(2), 2);
    });
    assert_eq!(quiet(3), 3);
    assert_eq!(records.len(), 1);
    assert_eq!(text(&records[0], "arg.number").unwrap(), "2");
}

#[debug_trace("skipping", skip(password, token))]
fn login(user: &str, password: &str, token: u64) -> bool {
    user.len() + password.len() > usize::try_from(token).unwrap()
}

#[test]
fn what_is_skipped_is_not_logged() {
    let records = records("skipping", || assert!(login("ada", "secret", 1)));
    assert_eq!(text(&records[0], "arg.user").unwrap(), "\"ada\"");
    assert!(records[0].field("arg.password").is_none());
    assert!(records[0].field("arg.token").is_none());
}

#[debug_trace("secrets")]
fn sign_in(user: &str, password: &str) -> usize {
    user.len() + password.len()
}

#[test]
fn what_is_secret_is_hidden_although_nobody_skips_it() {
    let records = records("secrets", || assert_eq!(sign_in("ada", "hunter2"), 10));
    assert_eq!(text(&records[0], "arg.user").unwrap(), "\"ada\"");
    let password = text(&records[0], "arg.password").unwrap();
    assert!(!password.contains("hunter2"), "{password}");
}

#[debug_trace("panics")]
fn burst(number: u32) -> u32 {
    assert!(number == 0, "burst");
    number
}

#[debug_trace("panics")]
fn never(number: u32) -> ! {
    panic!("{number}")
}

#[debug_trace("panics")]
async fn burst_later(number: u32) -> u32 {
    burst(number)
}

#[test]
fn a_panic_is_an_outcome() {
    let caught = |body: &dyn Fn()| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).unwrap_err();
    };
    let records = records("panics", || {
        caught(&|| assert_eq!(burst(1), 1));
        caught(&|| never(2));
        caught(&|| assert_eq!(futures::executor::block_on(burst_later(3)), 3));
    });
    assert_eq!(outcomes(&records), ["panic"; 4]);
    assert_eq!(text(&records[1], "arg.number").unwrap(), "2");
    assert!(records[0].field("result").is_none());
}

#[debug_trace("futures")]
async fn fetch(key: String) -> Result<usize, String> {
    tokio::task::yield_now().await;
    if key.is_empty() {
        Err(key)
    } else {
        Ok(key.len())
    }
}

#[debug_trace("futures")]
fn fetch_as_future(key: &str) -> impl Future<Output = Result<usize, String>> + use<> {
    let key = key.to_owned();
    async move { fetch_inner(key) }
}

fn fetch_inner(key: String) -> Result<usize, String> {
    if key.is_empty() {
        Err(key)
    } else {
        Ok(key.len())
    }
}

#[debug_trace("futures")]
fn fetch_boxed<'a>(key: &'a str) -> Pin<Box<dyn Future<Output = Option<&'a str>> + Send + 'a>> {
    Box::pin(async move { Some(key).filter(|key| !key.is_empty()) })
}

#[test]
fn futures_are_judged_at_their_end() {
    let records = records("futures", || {
        futures::executor::block_on(async {
            assert_eq!(fetch("key".to_owned()).await, Ok(3));
            assert!(fetch_as_future("").await.is_err());
            assert_eq!(fetch_boxed("key").await, Some("key"));
        });
    });
    assert_eq!(outcomes(&records), ["ok", "error", "ok"]);
    let results: Vec<_> = records
        .iter()
        .map(|record| text(record, "result").unwrap())
        .collect();
    assert_eq!(results, ["Ok(3)", "Err(\"\")", "Some(\"key\")"]);
    assert_eq!(text(&records[0], "arg.key").unwrap(), "\"key\"");
}

#[debug_trace("cancels")]
async fn wait(number: u32) -> u32 {
    std::future::pending::<()>().await;
    number
}

#[test]
fn a_future_that_is_given_up_is_cancelled() {
    let records = records("cancels", || {
        let mut waiting = Box::pin(wait(1));
        assert_eq!(
            futures::executor::block_on(async { futures::poll!(&mut waiting) }),
            Poll::Pending
        );
        drop(waiting);
        // While something else panics it is no panic of this call.
        let outer = std::panic::catch_unwind(|| {
            let mut waiting = Box::pin(wait(2));
            let _ = futures::executor::block_on(async { futures::poll!(&mut waiting) });
            panic!("elsewhere");
        });
        outer.unwrap_err();
    });
    assert_eq!(outcomes(&records), ["cancelled"; 2]);
}

#[trace_request("above", ok_if = |value| *value > 0)]
#[debug_trace("fused")]
fn fused_below(value: i32) -> i32 {
    value
}

#[debug_trace("fused")]
#[timed]
#[trace_request("below")]
async fn fused_above(value: i32) -> Result<i32, String> {
    Ok(value)
}

#[test]
fn with_other_attributes_it_is_inside_of_their_call() {
    let capture = testing::capture();
    let records = records("fused", || {
        fused_below(-1);
        futures::executor::block_on(fused_above(1)).unwrap();
    });
    assert_eq!(
        outcomes(&records),
        ["error", "ok"],
        "judged as the operation is"
    );
    assert_eq!(records[0].operation, Some("above"));
    assert_eq!(records[1].operation, Some("below"));
    let span = capture.span("above");
    assert_eq!(records[0].trace.unwrap().span_id, span.span_id);
    assert_eq!(capture.calls("above", CallOutcome::Error), 1);
    assert_eq!(capture.calls("below", CallOutcome::Ok), 1);
}

struct Shop {
    open: bool,
}

#[service]
impl Shop {
    #[debug_trace("methods")]
    fn sell(&self, item: &str) -> bool {
        self.open && !item.is_empty()
    }

    #[debug_trace("methods")]
    async fn close(&mut self) {
        self.open = false;
    }
}

#[test]
fn methods_of_a_service_are_named_after_it() {
    let capture = testing::capture();
    let mut shop = Shop { open: true };
    let records = records("methods", || {
        assert!(shop.sell("tea"));
        futures::executor::block_on(shop.close());
    });
    let messages: Vec<_> = records.iter().map(|record| &*record.message).collect();
    assert_eq!(
        messages,
        [
            "debug_trace::Shop::sell: ok",
            "debug_trace::Shop::close: ok"
        ]
    );
    assert!(records[0].field("arg.self").is_none());
    assert!(records[1].field("result").is_none(), "nothing is returned");
    assert_eq!(capture.calls("Shop::sell", CallOutcome::Ok), 1);
}

#[debug_trace("generics")]
fn shown<T: std::fmt::Debug, U>(shown: T, hidden: U, list: impl IntoIterator<Item = u8>) -> (T, U) {
    assert!(list.into_iter().count() < 10);
    (shown, hidden)
}

#[debug_trace("generics")]
#[track_caller]
fn caller() -> u32 {
    std::panic::Location::caller().line()
}

#[test]
fn generic_arguments_are_logged_if_they_say_that_they_can_be() {
    let records = records("generics", || {
        assert_eq!(shown(1, Opaque, [2]).0, 1);
        assert_eq!(caller(), line!());
    });
    assert_eq!(text(&records[0], "arg.shown").unwrap(), "1");
    assert!(records[0].field("arg.hidden").is_none());
    assert!(records[0].field("arg.list").is_none());
    assert!(records[0].field("result").is_none());
}

struct Bomb;

impl std::fmt::Debug for Bomb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bomb")?;
        panic!("a bomb");
    }
}

#[debug_trace("bombs")]
fn defuse(bomb: &Bomb, long: String) -> usize {
    let Bomb = bomb;
    long.len()
}

#[test]
fn a_value_that_cannot_be_written_costs_its_own_text() {
    let records = records("bombs", || {
        assert_eq!(defuse(&Bomb, "x".repeat(100_000)), 100_000);
    });
    assert_eq!(outcomes(&records), ["ok"]);
    let bomb = text(&records[0], "arg.bomb").unwrap();
    assert!(bomb.starts_with("Bomb"), "{bomb}");
    assert!(text(&records[0], "arg.long").unwrap().len() < 20_000);
}

struct Deep;

impl std::fmt::Debug for Deep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if dive(&Deep) { "Deep" } else { "" })
    }
}

#[debug_trace("depths")]
fn dive(deep: &Deep) -> bool {
    matches!(deep, Deep)
}

#[test]
fn what_is_called_to_write_a_value_is_not_logged() {
    let records = records("depths", || assert!(dive(&Deep)));
    assert_eq!(outcomes(&records), ["ok"]);
    assert_eq!(text(&records[0], "arg.deep").unwrap(), "Deep");
}

#[test]
fn changes_of_a_flag_are_logged() {
    LazyLock::force(&LOG);
    debug::set("changes", true).unwrap();
    let found = log::recent(&Query::new().target("obs").text("changes"));
    assert_eq!(found[0].message, "debug flag changed");
    assert_eq!(text(&found[0], "before").unwrap(), "off");
    assert_eq!(text(&found[0], "after").unwrap(), "on");
}

#[debug_trace("changes")]
#[expect(dead_code, reason = "a flag is known before the first call")]
fn never_called() {}
