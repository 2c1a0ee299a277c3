//! The attributes that observe a function.

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
