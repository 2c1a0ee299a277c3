//! One run: makes items, waits until they have arrived, and prints the figures.

use std::time::Duration;

use obs_benches::figures::Outcome;
use obs_runtime::config::Layers;
use obs_runtime::metric::Instrument;
use obs_runtime::metric::Registry;
use obs_runtime::metric::definition::{MetricDef, MetricKind};
use obs_runtime::metric::snapshot::Value;
use obs_runtime::{Counter, Family, Labels, Starter, trace_request};

use crate::RATE;
use crate::load::{BURST, Load, SPANS};

/// Series that are read, and for how long one reading stands.
const SERIES: u64 = 1_000;
const READING: Duration = Duration::from_millis(1_000 * SERIES / RATE);
const SOON: Duration = Duration::from_secs(20);

const PRODUCED: &str = "obs_export_items_total";

/// Sends to this address, or nothing if it is `none`.
pub(crate) fn run(signal: &str, address: &str, seconds: &str) -> Outcome<()> {
    let seconds: u64 = seconds.parse()?;
    let variables = match address {
        "none" => Vec::new(),
        address => exporter(signal, address)?,
    };
    let variables = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    let layers = Layers::default().variables(variables.chain([
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "3600000"),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS__LOGGING__FILE", ""),
    ]));
    // Without an output lines are neither made nor written; the records are.
    let log = obs_runtime::log::LogConfig::new().with_service("shop");
    let _log = obs_runtime::log::init(log)?;
    let running = Starter::new(layers).start()?;
    let read = |_| {
        running.flush(SOON);
    };
    let (pause, make): (_, Box<dyn Fn(u64)>) = match signal {
        "traces" => (Duration::from_millis(1), Box::new(checkouts)),
        "logs" | "elastic" => (Duration::from_millis(1), Box::new(declines)),
        _ => {
            series();
            (READING, Box::new(read))
        }
    };
    let items = match signal {
        "traces" | "logs" | "elastic" => BURST,
        _ => SERIES,
    };
    let load = Load { pause, items, make };
    load.measure(seconds, &|| running.flush(SOON), &|| total(PRODUCED))?;
    for (name, metric) in [
        ("produced", PRODUCED),
        ("delivered", "obs_export_delivered_total"),
        ("dropped", "obs_export_dropped_total"),
    ] {
        println!("{name} {}", total(metric));
    }
    drop(load);
    running.shutdown().wait();
    Ok(())
}

/// What turns an exporter on.
fn exporter(signal: &str, address: &str) -> Outcome<Vec<(&'static str, String)>> {
    let otlp = |exporter| {
        vec![
            (exporter, "otlp".to_owned()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{address}")),
        ]
    };
    let url = |name, path| vec![(name, format!("http://{address}{path}"))];
    Ok(match signal {
        "traces" => otlp("OTEL_TRACES_EXPORTER"),
        "logs" => otlp("OTEL_LOGS_EXPORTER"),
        "metrics" => otlp("OTEL_METRICS_EXPORTER"),
        "elastic" => url("OBS_ELASTIC_URL", ""),
        "pushgateway" => url("OBS_PUSHGATEWAY_URL", ""),
        "remote_write" => url("OBS_REMOTE_WRITE_URL", "/api/v1/write"),
        "influx" => url("OBS_INFLUX_URL", "/write?db=metrics"),
        "graphite" => vec![("OBS_GRAPHITE_ADDR", address.to_owned())],
        other => return Err(format!("no exporter is called `{other}`").into()),
    })
}

#[derive(Debug, Labels)]
struct Request<'a> {
    #[label(max_series = 2000)]
    tenant: &'a str,
}

static REQUESTS: MetricDef = MetricDef {
    labels: Request::LABELS,
    ..MetricDef::new("requests_total", "Requests.", MetricKind::Counter)
};

/// Makes the series that are read.
fn series() {
    let family = Family::<Counter, Request<'static>>::register_in(Registry::global(), &REQUESTS);
    for tenant in 0..SERIES {
        let tenant = format!("tenant-{tenant:04}");
        family
            .with(&Request { tenant: &tenant })
            .add(tenant.len() as u64);
    }
}

fn checkouts(burst: u64) {
    (0..BURST / SPANS).for_each(|order| checkout(burst + order));
}

fn declines(burst: u64) {
    (0..BURST).for_each(|item| declined(burst, item));
}

#[trace_request("checkout", attributes(order = order))]
fn checkout(order: u64) {
    for item in 1..SPANS {
        reserve(item);
    }
}

#[trace_request("reserve", attributes(item = item))]
fn reserve(item: u64) {
    std::hint::black_box(item);
}

fn declined(order: u64, item: u64) {
    tracing::info!(order, item, reason = "limit", "card declined");
}

/// The sum of a counter's series.
fn total(metric: &str) -> u64 {
    let snapshot = Registry::global().snapshot();
    let series = snapshot.family(metric).map(|family| &*family.series);
    let values = series.unwrap_or_default().iter();
    values
        .map(|series| match series.value {
            Value::Counter(count) => count,
            _ => 0,
        })
        .sum()
}
