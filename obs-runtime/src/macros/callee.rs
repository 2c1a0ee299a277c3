//! The attributes that observe what a function asks of others.

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
