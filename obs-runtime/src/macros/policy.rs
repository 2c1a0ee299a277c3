//! The attributes that form a policy around a function.

/// Calls a function again when it fails, after some time and within a budget. See [`policy`](mod@crate::policy).
///
/// Only errors are retried that [`Outcome`](crate::Outcome) calls retryable, or of which `retry_if` says so. A function
/// without one of both does not compile.
///
/// ```
/// use obs_runtime::{Outcome, retry, track_external_api};
///
/// #[derive(Debug, Outcome)]
/// enum StockError {
///     #[outcome(retryable)]
///     Busy,
///     #[outcome(caller_fault)]
///     Unknown,
/// }
///
/// #[track_external_api("stock", method = "GET")]
/// #[retry(attempts = 3, delay = "1ms")]
/// fn stock(item: &str) -> Result<u32, StockError> {
///     # static ASKED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
///     # if ASKED.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0 { return Err(StockError::Busy); }
///     if item.is_empty() { Err(StockError::Unknown) } else { Ok(7) }
/// }
///
/// assert_eq!(stock("tea").unwrap(), 7);
/// ```
///
/// # What is retried
///
/// The same call may be carried out twice, so the function has to say that this does no harm: by `idempotent`, or by
/// `#[track_external_api]` with a method that is safe to repeat, or by a `select` of `#[track_db_query]`.
///
/// Each attempt has parameters of its own: what the body may take is cloned for it. So a parameter that the body may
/// change for its caller cannot be had, nor a `self` that is taken. A function that returns a future without being `async`
/// runs when that is polled, once for each attempt.
///
/// From one attempt to the next `delay` passes, each time `backoff` times longer up to `max_delay`, and shorter at random by
/// up to `jitter` of it. A function that is not `async` blocks its thread meanwhile. Of `retry_after` an error can say how
/// long it takes at least; if that is more than `max_delay`, there is no further attempt.
///
/// # How many retries there are
///
/// Each call allows `budget` retries, and each retry takes one; ten are there at first, and a hundred can be saved up. So
/// when every call fails, there are `budget` times as many retries as calls, however many attempts each may have.
///
/// # Together with other attributes
///
/// It is inside of the observation, which has one outcome for each call: that of the last attempt. Each further attempt is
/// an event `retry` of the span. It is outside of `#[circuit_breaker]`, `#[rate_limit]`, `#[bulkhead]` and `#[timeout]`,
/// each of which every attempt has to pass. A rejected attempt is repeated only if a limit of rate says when it is its
/// turn, and that is within `max_delay` and the `deadline`.
pub use obs_macros::retry;

/// Puts a circuit breaker around a function: while its callee fails, calls are rejected at once instead of waiting for
/// what will not come. See [`breaker`](mod@crate::breaker).
///
/// The function returns a `Result` whose error is made from [`Rejected`](crate::Rejected). Functions with the same name
/// share a breaker.
///
/// ```
/// use obs_runtime::{Rejected, circuit_breaker, trace_request};
///
/// #[derive(Debug)]
/// enum PayError { Unavailable(Rejected), Declined }
///
/// impl From<Rejected> for PayError {
///     fn from(rejected: Rejected) -> Self { Self::Unavailable(rejected) }
/// }
///
/// #[trace_request("pay")]
/// #[circuit_breaker(
///     "payments",
///     window = count(100),
///     failure_rate = 0.5,
///     recovery_timeout = "30s",
///     ignore = |error| matches!(error, PayError::Declined),
/// )]
/// fn pay(cents: u64) -> Result<u64, PayError> {
///     if cents > 100 { Err(PayError::Declined) } else { Ok(cents) }
/// }
///
/// assert!(pay(50).is_ok());
/// obs_runtime::breaker::find("payments").unwrap().force_open();
/// let Err(PayError::Unavailable(rejected)) = pay(50) else { panic!("it is open") };
/// assert_eq!(rejected.name(), "payments");
/// ```
///
/// # What counts
///
/// An `Err` is a failure unless its type derives [`Outcome`](crate::Outcome), where `failure` and `retryable` are.
/// What is ignored decides nothing, and whatever is left is a success. `record` says instead what a failure is, and
/// `ignore` wins over both. Of a function with `ok_if` or `error_if`, these decide in the place of the type. A panic is a
/// failure; a future that is dropped before it is done decides nothing.
///
/// `timeout` drops the future of the body when its time is over, which is a failure; the caller gets a
/// [`Rejected`](crate::Rejected) with the reason `TimedOut`. It takes a runtime of tokio and the feature `tokio`. A
/// function that is not `async` cannot be stopped, so it cannot have one.
///
/// # Together with other attributes
///
/// The breaker is inside of the observation: a call that it rejects is an operation, too, with the outcome `rejected`, and
/// one that took too long has the outcome `timeout`. It is outside of `#[debug_trace]`, which logs the calls that run.
/// Under another name (`use obs_runtime::circuit_breaker as guard`) and below an attribute that observes the call, it is
/// outside of that: rejected calls are counted by the breaker alone.
///
/// `fallback = path` calls a function of the same parameters and the error when the call was rejected, failed or took
/// too long. What the body may take is cloned for it; a parameter that the body may change cannot be had by
/// both. The outcome of the operation is that of the call, whatever the fallback returns.
///
/// A function that returns a future without being `async` runs when it is called; what the breaker lets through or not
/// is the future.
pub use obs_macros::circuit_breaker;

/// Limits how many calls of a function begin in a time. See [`RateLimit`](crate::policy::RateLimit).
///
/// ```
/// use obs_runtime::policy::Reason;
/// use obs_runtime::{Rejected, rate_limit};
///
/// #[rate_limit("mails", calls = 100, per = "1m", burst = 2)]
/// fn send(to: &str) -> Result<usize, Rejected> {
///     Ok(to.len())
/// }
///
/// assert!(send("a@example.org").is_ok() && send("b@example.org").is_ok());
/// assert_eq!(send("c@example.org").unwrap_err().reason(), Reason::RateLimited);
/// ```
///
/// A call beyond the rate waits for its turn up to `wait`, and is rejected if that is longer. A function that is not
/// `async` blocks its thread meanwhile. A call that is given up while it waits leaves its turn to others.
///
/// Functions with the same name share a limit. It is inside of `#[circuit_breaker]`, to which a rejected call says nothing,
/// and outside of `#[bulkhead]`.
pub use obs_macros::rate_limit;

/// Limits how many calls of a function run at the same time. See [`Bulkhead`](crate::policy::Bulkhead).
///
/// ```
/// use obs_runtime::{Rejected, bulkhead};
///
/// #[bulkhead("reports", concurrent = 4, queue = 16, wait = "100ms")]
/// fn report(year: u32) -> Result<u32, Rejected> {
///     Ok(year)
/// }
///
/// assert_eq!(report(2026), Ok(2026));
/// ```
///
/// Beyond `concurrent` calls, `queue` more wait for up to `wait`, in the order in which they came; the others are rejected.
/// A function that is not `async` blocks its thread meanwhile. However a call ends, its place goes to the next one.
///
/// Functions with the same name share a bulkhead. It is inside of `#[rate_limit]` and outside of `#[timeout]`: the time in
/// which a call waits is no part of its limit.
pub use obs_macros::bulkhead;

/// Limits how long a call takes: beyond that its future is dropped, and the caller gets a
/// [`Rejected`](crate::Rejected) with the reason `TimedOut`. See [`TimeLimit`](crate::policy::TimeLimit).
///
#[cfg_attr(feature = "tokio", doc = "```")]
#[cfg_attr(not(feature = "tokio"), doc = "```ignore")]
/// use obs_runtime::{Rejected, timeout};
///
/// #[timeout("2s")]
/// async fn search(text: &str) -> Result<usize, Rejected> {
///     Ok(text.len())
/// }
/// # drop(search("tea"));
/// ```
///
/// It takes a runtime of tokio and the feature `tokio`. A function that is not `async` cannot be stopped, so it cannot have
/// one. It is the innermost policy, and the `timeout` of `#[circuit_breaker]` is the same limit: a function has one of both.
/// What a `#[retry]` outside makes of it is what the error says that is made from the rejection.
pub use obs_macros::timeout;
