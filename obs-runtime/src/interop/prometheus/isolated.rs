//! Keeping the panics of one collector from the others of its registry.

use ::prometheus::core::{Collector, Desc};
use ::prometheus::proto;

use crate::metric::{Ledger, Registry};

/// A collector of the crate `prometheus` that loses only its own series when it panics.
///
/// A `prometheus::Registry` gathers all of its collectors in one go and hands out none of them, so
/// a panic of one costs all of them that scrape, in its own exposition and in ours. Register what
/// may panic in this wrapper: its panics are counted in
/// `obs_collector_errors_total{collector="<name>"}`, and what it takes is shown, as for
/// [our own](crate::metric::Registry::register_collector).
///
/// ```
/// use obs_runtime::interop::prometheus::Isolated;
/// use prometheus::core::{Collector, Desc};
/// use prometheus::proto::MetricFamily;
///
/// struct Pool(Desc);
///
/// impl Collector for Pool {
///     fn desc(&self) -> Vec<&Desc> {
///         vec![&self.0]
///     }
///
///     fn collect(&self) -> Vec<MetricFamily> {
///         panic!("the pool is gone")
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let theirs = prometheus::Registry::new();
/// theirs.register(Box::new(prometheus::IntCounter::new("hits_total", "Hits.")?))?;
/// let pool = Desc::new("pool".into(), "Connections.".into(), vec![], Default::default())?;
/// theirs.register(Box::new(Isolated::new("pool", Pool(pool))))?;
/// assert_eq!(theirs.gather().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Isolated<C> {
    collector: C,
    ledger: Ledger,
}

impl<C: Collector> Isolated<C> {
    /// Wraps a collector. `name` is the label `collector` of what is counted about it.
    pub fn new(name: impl Into<String>, collector: C) -> Self {
        Self {
            collector,
            ledger: Registry::global().ledger(&name.into()),
        }
    }
}

impl<C: Collector> Collector for Isolated<C> {
    fn desc(&self) -> Vec<&Desc> {
        self.collector.desc()
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        self.ledger.guard(|| self.collector.collect())
    }
}
