//! A service: the struct that carries `#[service]`.

use obs_schema::def::ServiceDef;
use obs_schema::monitoring::Monitoring;

/// What `#[service]` makes of a struct: a service with a name, and the way it is monitored.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use obs_runtime::{Service, service};
///
/// #[service(name = "shop", version = "1.2.0", monitoring(tracing(sampler = 0.1)))]
/// struct Shop;
///
/// assert_eq!(Shop::DEF.name, "shop");
/// assert_eq!(Shop::MONITORING.tracing.sampler.to_string(), "0.1");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a service",
    label = "this type has no `#[service]`",
    note = "write `#[service(name = \"..\")]` above the struct"
)]
pub trait Service {
    /// Its name, version and namespace.
    const DEF: ServiceDef;

    /// How it is monitored, before the configuration file and the environment change it.
    const MONITORING: Monitoring;
}
