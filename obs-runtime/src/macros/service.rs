//! The attribute of a service.

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
