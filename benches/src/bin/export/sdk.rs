//! The same spans by the OpenTelemetry SDK and its exporter of OTLP.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use obs_benches::figures::Outcome;
use opentelemetry::KeyValue;
use opentelemetry::trace::{TraceContextExt, Tracer, TracerProvider};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider, SpanData, SpanExporter,
};

use crate::load::{BURST, Load, SPANS};

static MADE: AtomicU64 = AtomicU64::new(0);
static DELIVERED: AtomicU64 = AtomicU64::new(0);

/// Counts what was delivered.
#[derive(Debug)]
struct Counting(opentelemetry_otlp::SpanExporter);

impl SpanExporter for Counting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len() as u64;
        let done = self.0.export(batch).await;
        if done.is_ok() {
            DELIVERED.fetch_add(count, Relaxed);
        }
        done
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

/// Sends to this address, or nothing if it is `none`.
pub(crate) fn run(address: &str, seconds: &str) -> Outcome<()> {
    let provider = provider(address)?;
    let tracer = provider.tracer("benchmark");
    let load = Load {
        pause: Duration::from_millis(1),
        items: BURST,
        make: Box::new(|burst| {
            (0..BURST / SPANS).for_each(|order| checkout(&tracer, burst + order));
        }),
    };
    let flush = || provider.force_flush().is_ok();
    load.measure(seconds.parse()?, &flush, &|| MADE.load(Relaxed))?;
    let (made, delivered) = (MADE.load(Relaxed), DELIVERED.load(Relaxed));
    println!("produced {made}");
    println!("delivered {delivered}");
    println!("dropped {}", made - delivered);
    Ok(())
}

/// With a queue that holds what comes in half a second, and batches as large as ours.
fn provider(address: &str) -> Outcome<SdkTracerProvider> {
    let resource = Resource::builder().with_service_name("shop").build();
    let provider = SdkTracerProvider::builder().with_resource(resource);
    if address == "none" {
        return Ok(provider.build());
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("http://{address}/v1/traces"))
        .build()?;
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(65_536)
        .with_max_export_batch_size(512)
        .with_scheduled_delay(Duration::from_millis(200))
        .build();
    let processor = BatchSpanProcessor::builder(Counting(exporter))
        .with_batch_config(config)
        .build();
    Ok(provider.with_span_processor(processor).build())
}

fn checkout(tracer: &SdkTracer, order: u64) {
    MADE.fetch_add(SPANS, Relaxed);
    tracer.in_span("checkout", |cx| {
        cx.span()
            .set_attribute(KeyValue::new("order", order as i64));
        for item in 1..SPANS {
            tracer.in_span("reserve", |cx| {
                cx.span().set_attribute(KeyValue::new("item", item as i64));
                std::hint::black_box(item);
            });
        }
    });
}
