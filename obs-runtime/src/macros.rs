//! The attributes, with what users have to know of each. Options are listed in the reference, which is
//! printed from the same table that the attributes read.

mod policy;

pub use self::policy::*;

/// Names a service and says how it is monitored; makes every method of an `impl` block an operation.
///
/// On a struct it implements [`Service`](crate::Service), from which [`start`](crate::start()) takes its
/// configuration. `monitoring` is a group of options, or the path of a `const`; either is checked while
/// the program compiles.
///
/// ```
/// use obs_runtime::{Service, service};
///
/// #[service(
///     name = "shop",
///     monitoring(
///         logging(level = "info", outputs = ["console"]),
///         metrics(prefix = "shop_", interval = "10s"),
///         tracing(sampler = 0.1, slow = "250ms"),
///     )
/// )]
/// struct Shop;
///
/// assert_eq!(Shop::MONITORING.metrics.prefix, "shop_");
/// ```
///
/// On an `impl` block every method, with a receiver and not `const`, is what
/// [`#[trace_request]`](macro@crate::trace_request) makes of a function, under the name `Type::method`.
///
/// * The other attributes on a method refine that: its name, labels and how it is judged;
///   `#[track_db_query(..)]` and `#[track_external_api(..)]` add their metrics. All of them are one operation
///   with one span, and an option that two of them give is an error.
/// * `#[service(skip)]` leaves a method as it is. Functions without a receiver are left as they are unless
///   they have an attribute of their own.
///
/// ```
/// use obs_runtime::{service, trace_request};
///
/// struct Shop;
///
/// #[service]
/// impl Shop {
///     fn reserve(&self, items: u32) -> Result<u32, String> {
///         if items > 10 { Err("too many".to_owned()) } else { Ok(items) }
///     }
///
///     #[trace_request("pay", labels(large = cents > 10_000))]
///     async fn pay(&self, cents: u64) -> Result<(), String> {
///         Ok(())
///     }
///
///     #[service(skip)]
///     fn is_open(&self) -> bool {
///         true
///     }
/// }
///
/// let capture = obs_runtime::testing::capture();
/// assert!(Shop.reserve(11).is_err() && Shop.is_open());
/// assert_eq!(capture.span("Shop::reserve").status_message.as_deref(), Some("too many"));
/// # drop(Shop.pay(1));
/// ```
///
/// `#[async_trait]` may stand above or below it.
pub use obs_macros::service;

/// Traces and measures a function: a span, `operation_calls_total`, `operation_duration_seconds` and
/// `operation_in_flight`.
///
/// Every call ends in one outcome: `ok`, `error`, `panic` or, if its future was dropped, `cancelled`. An
/// `Err` is an error unless its type derives [`Outcome`](crate::Outcome) or `ok_if` or `error_if` says
/// otherwise.
///
/// ```
/// use obs_runtime::trace_request;
///
/// struct Order { id: u64, express: bool }
///
/// #[trace_request(
///     "place_order",
///     kind = server,
///     labels(express = order.express),
///     attributes(order.id = order.id, customer = %customer),
///     slow = "250ms",
///     buckets = [0.01, 0.1, 1.0],
/// )]
/// fn place(order: &Order, customer: &str) -> Result<u64, String> {
///     if customer.is_empty() { Err("nobody".to_owned()) } else { Ok(order.id) }
/// }
///
/// let capture = obs_runtime::testing::capture();
/// place(&Order { id: 7, express: true }, "ada").unwrap();
/// let span = capture.span("place_order");
/// assert!(span.attributes.iter().any(|(key, value)| key == "order.id" && value.to_string() == "7"));
/// ```
///
/// # Labels and attributes
///
/// Labels are on the metrics and the span, so each must have a closed set of values: a literal, a `bool`
/// or a type that derives [`Label`](macro@crate::Label). All combinations exist at 0 before the first
/// call, and their number is checked against the series budget while the program compiles.
///
/// The type of a label's expression is found from the parameters that it names. Where that cannot be
/// done, because it depends on generics or on `self` outside of a block with `#[service]`, say it:
/// `labels(region: Region = self.region)`. Otherwise its series appear with the first call.
///
/// The attribute of one method does not see the generics of the `impl` block around it. One with a name of
/// several letters, such as `impl<Kind: Label>`, looks like any other type, and the compiler says E0401:
/// "can't use generic parameters from outer item". Leave the type of such a label open,
/// `labels(kind: _ = kind)`, or put `#[service]` on the block.
///
/// Text and numbers can have any number of values; `labels(tenant = tenant, max_series = 100)` caps them,
/// and what comes later is counted under `__overflow__`.
///
/// Attributes are on the span alone and take any value: as it is, `%value` by its `Display`, `?value` by
/// its `Debug`. They are only evaluated while somebody records the span. Keys may have dots.
///
/// # What it works on
///
/// Free functions, methods by any receiver, `async fn`, functions that return `impl Future`,
/// `Pin<Box<dyn Future>>`, `BoxFuture` or `LocalBoxFuture`, in traits and under `#[async_trait]`. A call
/// that returns a future begins when that is first polled, or when the function unwinds before it
/// has a future.
///
/// The signature and the tokens of the body stay as they are; the body of a function whose value can be
/// an error moves into a closure, and that of an `async fn` into an `async` block:
///
/// * `#[track_caller]` shows the caller nevertheless, unless something in the body may leave the function:
///   `return`, `?`, or a macro that is not of the standard library. Then it shows the function itself.
/// * Parameters are dropped in the order of the language, the last first. One that the body never mentions
///   and whose name does not begin with `_` (the compiler warns of it) is dropped after the others.
///
/// # Several attributes on one function
///
/// They make one operation, with one span and one pair of clock reads, in whatever order they stand:
/// `#[timed]` and `#[counted]` add nothing to `#[trace_request]`, and `#[track_db_query]` adds its
/// histogram. A name in `#[trace_request]` is that of the span; without one it is that of the query or the
/// remote call, and the kind is `client`.
///
/// Attributes are recognised by their names. Under another name (`use obs_runtime::timed as t`) they
/// expand one inside the other, with a span each; no series counts a call twice.
///
/// # Outputs
///
/// ```text
/// fn place(order: &Order) -> Result<Id, E> {
///     let mut op = Op::new();
///     {
///         static CALLSITE: Callsite = Callsite::new(&OperationDef { name: "place_order", .. });
///         op.enter(&CALLSITE, SeriesKey::Index(radix(0, &(order.express))), None)
///     };
///     if let Some(recorder) = op.recorder() { recorder.attribute("order.id", &(order.id)); }
///     let value = call(move || -> Result<Id, E> { /* the body */ });
///     op.finish(/* the verdict on */ &value);
///     value
/// }
/// ```
pub use obs_macros::trace_request;

/// Measures a function without a span: `operation_calls_total`, `operation_duration_seconds` and
/// `operation_in_flight`, and the windowed summary of them.
///
/// ```
/// use obs_runtime::metric::Registry;
/// use obs_runtime::monitor_performance;
///
/// #[monitor_performance("parse", error_if = Option::is_none)]
/// fn parse(text: &str) -> Option<u32> {
///     text.parse().ok()
/// }
///
/// parse("no number");
/// let snapshot = Registry::global().snapshot();
/// let calls = snapshot.family("operation_calls_total").unwrap();
/// assert!(calls.with(&[("operation", "parse"), ("outcome", "error")]).is_some());
/// ```
pub use obs_macros::monitor_performance;

/// Measures how long a function takes and nothing else: `operation_duration_seconds`.
///
/// ```
/// #[obs_runtime::timed("pack", buckets = [0.001, 0.01, 0.1])]
/// fn pack(items: &[u8]) -> usize {
///     items.len()
/// }
/// # assert_eq!(pack(&[1]), 1);
/// ```
pub use obs_macros::timed;

/// Counts the calls of a function and nothing else: `operation_calls_total`.
///
/// ```
/// #[obs_runtime::counted("login", labels(admin = admin))]
/// fn login(admin: bool) -> Result<(), String> {
///     if admin { Err("from outside".to_owned()) } else { Ok(()) }
/// }
/// # assert!(login(true).is_err());
/// ```
pub use obs_macros::counted;

/// Traces and measures a database query: `db_client_operation_duration_seconds`, and a client span with
/// the attributes `db.system.name`, `db.operation.name` and `db.collection.name`.
///
/// The span is called `select events` as the semantic conventions say, unless `#[trace_request("..")]` on
/// the same function names it.
///
/// ```
/// use obs_runtime::track_db_query;
///
/// #[track_db_query("select", "events", system = "sqlite", slow = "100ms")]
/// async fn events(since: u64) -> Result<Vec<u64>, std::io::Error> {
///     Ok(vec![since])
/// }
/// # drop(events(1));
/// ```
pub use obs_macros::track_db_query;

/// Traces and measures a call to another service: `external_api_duration_seconds`, a client span, and on
/// request the gauge `external_api_rate_limit_remaining`.
///
/// `rate_limit_remaining` is a function of a reference to the returned value. It gives a number, or an
/// `Option` of one for answers that do not say.
///
/// ```
/// use obs_runtime::track_external_api;
///
/// struct Answer { rate_limit: Option<u32> }
///
/// #[track_external_api(
///     "github",
///     endpoint = "/repos/{owner}/{repo}",
///     method = "GET",
///     rate_limit_remaining = |answer: &Result<Answer, String>| answer.as_ref().ok()?.rate_limit,
/// )]
/// async fn repository(name: &str) -> Result<Answer, String> {
///     Ok(Answer { rate_limit: Some(4_999) })
/// }
/// # drop(repository("obs"));
/// ```
pub use obs_macros::track_external_api;

/// Logs the calls of a function while a debug flag is on: one record at the end of each call, with the arguments,
/// the result, the outcome and the duration. While the flag is off, a call costs a load and a branch.
///
/// The record goes to the [log](crate::log) of obs and to no other subscriber, with the level `info` and the module as
/// its target, so it is written where the module's `info` is. Its fields are `flag`, `outcome`, `duration_ms`, `arg.NAME` for each parameter, and `result`. Values are written by
/// their `Debug`. Left out are `self`, what `skip(..)` names, parameters whose name begins with `_`, and whatever is
/// not `Debug`; a type parameter is only if its bounds say so.
///
/// Arguments are written when the call begins, so they are what the caller gave. A call that began while the flag
/// was off is not logged, nor is one that a `Debug` makes while it writes a value.
///
/// ```
/// use obs_runtime::{debug, debug_trace};
///
/// #[debug_trace("payments", skip(card))]
/// fn pay(cents: u64, card: &str) -> Result<u64, String> {
///     if card.is_empty() { Err("no card".to_owned()) } else { Ok(cents) }
/// }
///
/// debug::set("payments", true)?;
/// pay(1200, "4111");
/// # Ok::<(), debug::UnknownFlag>(())
/// ```
///
/// Beside other attributes, above or below them, it runs inside their call: the record has the ids of that span, and
/// `ok_if` and `error_if` judge it too. Flags are switched by [`debug`](mod@crate::debug) and at
/// `/monitoring/debug/flags`.
pub use obs_macros::debug_trace;

/// Runs a function in the background as a check of the service's [health](mod@crate::health). It needs no
/// further line: the linker lists it, and [`start`](crate::start()) lets it run.
///
/// ```
/// use std::time::Duration;
/// use obs_runtime::health::{Health, Liveness};
/// use obs_runtime::health_check;
///
/// # async fn ping() -> Result<(), std::io::Error> { Ok(()) }
/// # fn queue_length() -> u64 { 7 }
/// #[health_check("database", timeout = "1s", interval = "5s", retries = 1)]
/// async fn database() -> Result<(), std::io::Error> {
///     ping().await
/// }
///
/// #[health_check("queue", critical = false, unhealthy_threshold = 3, group = "storage")]
/// fn queue() -> Health {
///     let length = queue_length();
///     let health = if length < 1_000 { Health::healthy() } else { Health::degraded("it is long") };
///     health.with("length", length)
/// }
///
/// #[health_check("process", kind = liveness)]
/// fn process() -> Liveness {
///     Liveness::new()
/// }
/// ```
///
/// The function has no arguments and returns a `Result` whose error is `Display`, a `bool`, a
/// [`Status`](crate::health::Status) or a [`Health`](crate::health::Health). It may be `async`; one that is not has a
/// thread of its own while it runs, so it may block. What a check needs and no `static` has goes into a closure at
/// [`health::check`](crate::health::check).
///
/// `kind` says which probe it decides: `readiness` (the default), `startup`, or `liveness`. A liveness check returns a
/// [`LocalCheck`](crate::health::LocalCheck) and is called once, at the start: what it returned is looked at from then on.
/// Anything else does not compile, because a restart repairs nothing outside of the process.
pub use obs_macros::health_check;
