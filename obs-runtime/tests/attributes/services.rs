//! `#[service]` on structs and on `impl` blocks.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use obs_runtime::__private::schema::monitoring::{
    Collector, Level, LogFormat, LogOutput, Monitoring, Profiling, Sampler, TraceExporter,
};
use obs_runtime::metric::snapshot::Value;
use obs_runtime::{
    Label, Service, counted, monitor_performance, service, testing, timed, trace_request,
    track_db_query,
};

use crate::counts::{calls, outcomes, panics, series};

#[service(
    name = "shop",
    version = "1.2.3",
    namespace = "retail",
    series_budget = 50,
    monitoring(
        logging(level = "info,hyper=warn", format = "pretty", outputs = ["console", "file"], correlation = true),
        metrics(collectors = ["request", "process"], interval = "5s", prefix = "shop_", labels(region = "eu")),
        tracing(sampler = 0.1, target_per_second = 7, operations(shop.health = "never", pay = 0.5), kept_per_second = 9, exporter = "jaeger", slow = "250ms", max_spans = 10),
        profiling(enabled = true, sample = 0.5),
        health(interval = "1m", timeout = "5s"),
        analytics(store = "2MiB", prices("large*" = "2.5/10"), currency = "EUR"),
        http(listen = "127.0.0.1:0"),
        export(spool = "/var/spool/shop", spool_size = "1GiB", proxy = "environment"),
    )
)]
struct Shop {
    stock: u32,
}

#[test]
fn a_struct_names_the_service() {
    assert_eq!(Shop::DEF.name, "shop");
    assert_eq!(Shop::DEF.version, "1.2.3");
    assert_eq!(Shop::DEF.namespace, "retail");
    assert_eq!(Shop::DEF.series_budget, 50);
    assert!(Shop::DEF.source.module.ends_with("services"));
}

#[test]
fn options_become_the_configuration() {
    let Monitoring {
        logging,
        metrics,
        tracing,
        profiling,
        health,
        analytics,
        http,
        export,
    } = Shop::MONITORING;
    assert_eq!(logging.level, Level::Info);
    assert_eq!(logging.targets, [("hyper", Level::Warn)]);
    assert_eq!(logging.format, LogFormat::Pretty);
    assert_eq!(logging.outputs, [LogOutput::Console, LogOutput::File]);
    assert_eq!(logging.correlation, Some(true));
    assert_eq!(metrics.collectors, [Collector::Request, Collector::Process]);
    assert_eq!(metrics.interval.as_secs(), 5);
    assert_eq!(metrics.prefix, "shop_");
    assert_eq!(metrics.labels, [("region", "eu")]);
    assert_eq!(tracing.sampler, Sampler::ratio(0.1));
    assert_eq!(tracing.target_per_second, Some(7));
    assert_eq!(tracing.operations, [("shop.health", 0.0), ("pay", 0.5)]);
    assert_eq!(tracing.kept_per_second, 9);
    assert_eq!(tracing.exporter, TraceExporter::Jaeger);
    assert_eq!(tracing.slow.as_millis(), 250);
    assert_eq!(tracing.max_spans, 10);
    assert!(profiling.enabled);
    assert!((profiling.sample - 0.5).abs() < f64::EPSILON);
    assert_eq!(health.interval.as_secs(), 60);
    assert_eq!(health.timeout.as_secs(), 5);
    assert_eq!(analytics.prices, [("large*", "2.5/10")]);
    assert_eq!((analytics.store, analytics.currency), (2 << 20, "EUR"));
    assert!(analytics.enabled);
    assert_eq!(http.listen, "127.0.0.1:0");
    assert_eq!(
        (export.spool, export.spool_size, export.proxy),
        ("/var/spool/shop", 1 << 30, "environment")
    );
    assert_eq!(http.prefix, Monitoring::DEFAULT.http.prefix);
}

const QUIET: Monitoring = Monitoring {
    profiling: Profiling {
        enabled: true,
        ..Profiling::DEFAULT
    },
    ..Monitoring::DEFAULT
};

#[service(monitoring = QUIET)]
#[derive(Debug, Default)]
struct Generic<T>
where
    T: Default,
{
    _value: T,
}

#[test]
fn defaults_and_a_const() {
    assert_eq!(Generic::<u8>::DEF.name, "obs-runtime");
    assert_eq!(Generic::<u8>::DEF.version, env!("CARGO_PKG_VERSION"));
    assert_eq!(Generic::<u8>::MONITORING, QUIET);
}

#[derive(Clone, Copy)]
enum Size {
    Small,
    Large,
}

impl Label for Size {
    const VALUES: &'static [&'static str] = &["small", "large"];

    fn index(&self) -> usize {
        *self as usize
    }
}

#[service]
impl Shop {
    const LIMIT: u32 = 10;

    const fn open(stock: u32) -> Self {
        Self { stock }
    }

    fn take(&mut self, n: u32) -> Result<u32, String> {
        assert!(n < Self::LIMIT, "too many");
        self.stock = self.stock.checked_sub(n).ok_or("sold out")?;
        Ok(self.stock)
    }

    pub(crate) async fn restock(&mut self, n: u32) -> u32 {
        tokio::task::yield_now().await;
        self.stock += n;
        self.stock
    }

    fn close(self) -> u32 {
        self.stock
    }

    fn shared(self: Arc<Self>) -> u32 {
        self.stock
    }

    fn pinned(self: Pin<&mut Self>) -> Result<u32, String> {
        Ok(self.stock)
    }

    fn later(&self) -> impl Future<Output = Result<u32, String>> + '_ {
        async move { Ok(self.stock) }
    }

    #[service(skip)]
    fn untouched(&self) -> u32 {
        self.stock
    }

    #[trace_request("named", labels(size = self.size()))]
    fn refined(&self) -> u32 {
        self.stock
    }

    #[service(skip)]
    fn size(&self) -> Size {
        if self.stock > 5 {
            Size::Large
        } else {
            Size::Small
        }
    }

    #[timed(buckets = [0.5, 1.0], labels(size = self.size()))]
    fn timed(&self) -> u32 {
        self.stock
    }

    #[counted("counted_by_name", ok_if = |stock| *stock > 5)]
    fn counted(&self) -> u32 {
        self.stock
    }

    #[monitor_performance]
    fn measured(&self) -> u32 {
        self.stock
    }

    #[track_db_query("update", "stock", system = "sqlite", slow = "1s")]
    #[counted]
    #[timed(labels(large = n > 5))]
    #[monitor_performance("everything")]
    async fn everything(&self, n: u32) -> Result<u32, String> {
        tokio::task::yield_now().await;
        self.stock
            .checked_sub(n)
            .ok_or_else(|| "sold out".to_owned())
    }

    #[track_db_query("select", "stock", system = "sqlite")]
    fn query(&self) -> u32 {
        self.stock
    }

    extern "C-unwind" fn foreign(&self) -> u32 {
        self.stock
    }

    extern "C" fn foreign_without_unwinding(&self) -> u32 {
        self.stock
    }

    fn helper(n: u32) -> u32 {
        n
    }

    #[trace_request]
    fn chosen(n: u32) -> u32 {
        n
    }
}

#[tokio::test]
async fn every_method_is_an_operation() {
    let mut shop = Shop::open(5);
    assert_eq!(shop.take(2), Ok(3));
    assert!(shop.take(9).is_err());
    panics(|| shop.take(10));
    assert_eq!(calls("Shop::take"), [("ok", 1), ("error", 1), ("panic", 1)]);
    assert_eq!(shop.restock(1).await, 4);
    drop(shop.restock(1));
    assert_eq!(
        calls("Shop::restock"),
        [("ok", 1), ("panic", 0), ("cancelled", 0)]
    );
    assert_eq!(Pin::new(&mut shop).pinned(), Ok(4));
    assert_eq!(
        calls("Shop::pinned"),
        [("ok", 1), ("error", 0), ("panic", 0)]
    );
    assert_eq!(shop.later().await, Ok(4));
    assert_eq!(
        calls("Shop::later"),
        [("ok", 1), ("error", 0), ("panic", 0), ("cancelled", 0)]
    );
    assert_eq!(shop.close(), 4);
    assert_eq!(calls("Shop::close"), [("ok", 1), ("panic", 0)]);
    assert_eq!(Shop::open(3).foreign(), 3);
    assert_eq!(calls("Shop::foreign"), [("ok", 1), ("panic", 0)]);
    assert_eq!(Arc::new(Shop::open(1)).shared(), 1);
    assert_eq!(calls("Shop::shared"), [("ok", 1), ("panic", 0)]);
}

#[test]
fn what_is_not_a_method_or_skipped_is_left_alone() {
    let shop = Shop::open(7);
    assert_eq!((shop.untouched(), Shop::helper(1)), (7, 1));
    assert!(matches!(shop.size(), Size::Large));
    assert_eq!(shop.foreign_without_unwinding(), 7);
    for name in [
        "open",
        "untouched",
        "helper",
        "size",
        "foreign_without_unwinding",
    ] {
        assert_eq!(calls(&format!("Shop::{name}")), [], "{name}");
    }
    assert_eq!(Shop::chosen(1), 1);
    assert_eq!(calls("Shop::chosen"), [("ok", 1), ("panic", 0)]);
}

#[test]
fn attributes_on_methods_refine_them() {
    let shop = Shop::open(7);
    assert_eq!(shop.refined(), 7);
    let large = [("operation", "named"), ("size", "large")];
    assert_eq!(
        outcomes("operation_calls_total", &large),
        [("ok", 1), ("panic", 0)]
    );
    let small = [("operation", "named"), ("size", "small")];
    assert_eq!(
        outcomes("operation_calls_total", &small),
        [("ok", 0), ("panic", 0)]
    );

    shop.query();
    assert_eq!(calls("Shop::query"), [("ok", 1), ("panic", 0)]);
    let stock = [
        ("db_system_name", "sqlite"),
        ("db_operation_name", "select"),
        ("db_collection_name", "stock"),
    ];
    assert_eq!(
        outcomes("db_client_operation_duration_seconds", &stock),
        [("ok", 1), ("panic", 0)]
    );
}

#[test]
fn a_single_metric_on_a_method_adds_to_its_operation() {
    let shop = Shop::open(7);
    let capture = testing::capture();
    shop.timed();
    let timed = [("operation", "Shop::timed"), ("size", "large")];
    for family in ["operation_calls_total", "operation_duration_seconds"] {
        assert_eq!(outcomes(family, &timed), [("ok", 1), ("panic", 0)]);
    }
    assert_eq!(series("operation_in_flight", &timed[..1]).len(), 1);
    let Value::Histogram(histogram) = &series("operation_duration_seconds", &timed)[0].value else {
        panic!("no histogram")
    };
    assert_eq!(*histogram.bounds, [0.5, 1.0]);
    assert_eq!(capture.spans().len(), 1);
    assert_eq!(capture.span("Shop::timed").name, "Shop::timed");
}

#[test]
fn the_name_of_a_metric_on_a_method_is_that_of_its_operation() {
    let capture = testing::capture();
    Shop::open(7).counted();
    Shop::open(1).counted();
    assert_eq!(
        calls("counted_by_name"),
        [("ok", 1), ("error", 1), ("panic", 0)]
    );
    assert_eq!(calls("Shop::counted"), []);
    let names: Vec<_> = capture
        .spans()
        .iter()
        .map(|span| span.name.to_string())
        .collect();
    assert_eq!(names, ["counted_by_name", "counted_by_name"]);
}

#[test]
fn measuring_a_method_leaves_it_its_span() {
    let capture = testing::capture();
    Shop::open(7).measured();
    assert_eq!(calls("Shop::measured"), [("ok", 1), ("panic", 0)]);
    assert_eq!(capture.span("Shop::measured").name, "Shop::measured");
}

#[tokio::test]
async fn all_attributes_of_a_method_are_one_operation() {
    let capture = testing::capture();
    let shop = Shop::open(7);
    assert_eq!(shop.everything(2).await, Ok(5));
    assert!(shop.everything(8).await.is_err());
    let names: Vec<_> = capture
        .spans()
        .iter()
        .map(|span| span.name.to_string())
        .collect();
    assert_eq!(names, ["everything", "everything"]);
    for (large, ok, error) in [("false", 1, 0), ("true", 0, 1)] {
        let expected = [("ok", ok), ("error", error), ("panic", 0), ("cancelled", 0)];
        for (family, label) in [
            ("operation_calls_total", ("operation", "everything")),
            ("operation_duration_seconds", ("operation", "everything")),
            (
                "db_client_operation_duration_seconds",
                ("db_operation_name", "update"),
            ),
        ] {
            assert_eq!(
                outcomes(family, &[label, ("large", large)]),
                expected,
                "{family}"
            );
        }
    }
}

struct Repo<'a, T, const N: usize> {
    rows: &'a [T; N],
}

#[service]
impl<'a, T: Clone, const N: usize> Repo<'a, T, N>
where
    T: PartialEq,
{
    fn find(&self, row: &T) -> Result<&'a T, String> {
        let found = self.rows.iter().find(|other| *other == row);
        found.ok_or_else(|| format!("not among {N}"))
    }

    #[trace_request("scan", labels(full = self.rows.len() > 2))]
    fn scan(&self) -> Vec<T> {
        self.rows.to_vec()
    }
}

#[test]
fn a_generic_block() {
    let repo = Repo { rows: &[1, 2, 3] };
    assert_eq!(repo.find(&2), Ok(&2));
    assert!(repo.find(&4).is_err());
    assert_eq!(calls("Repo::find"), [("ok", 1), ("error", 1), ("panic", 0)]);
    assert_eq!(repo.scan().len(), 3);
    assert_eq!(
        outcomes(
            "operation_calls_total",
            &[("operation", "scan"), ("full", "true")]
        ),
        [("ok", 1), ("panic", 0)]
    );
}

#[async_trait]
trait Store: Sync {
    async fn load(&self, key: &str) -> Result<String, String>;

    async fn load_all(&self) -> Vec<String> {
        vec![self.load("a").await.unwrap_or_default()]
    }
}

struct Above;
struct Below;

#[async_trait]
#[service]
impl Store for Above {
    async fn load(&self, key: &str) -> Result<String, String> {
        tokio::task::yield_now().await;
        if key.is_empty() {
            return Err("no key".to_owned());
        }
        Ok(key.to_owned())
    }
}

#[service]
#[async_trait]
impl Store for Below {
    async fn load(&self, key: &str) -> Result<String, String> {
        tokio::task::yield_now().await;
        if key.is_empty() {
            return Err("no key".to_owned());
        }
        Ok(key.to_owned())
    }
}

#[tokio::test]
async fn async_trait_on_either_side() {
    for (store, name) in [
        (&Above as &dyn Store, "Above::load"),
        (&Below, "Below::load"),
    ] {
        assert_eq!(store.load("a").await.unwrap(), "a");
        assert!(store.load("").await.is_err());
        assert_eq!(store.load_all().await, ["a"]);
        drop(store.load("never polled"));
        assert_eq!(
            calls(name),
            [("ok", 2), ("error", 1), ("panic", 0), ("cancelled", 0)],
            "{name}"
        );
    }
}
