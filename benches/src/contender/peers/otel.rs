//! The provider of the OpenTelemetry SDK, and an exporter that counts.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanData, SpanExporter,
};

use crate::case::{Finish, equal};
use crate::shape::Made;

static EXPORTED: AtomicU64 = AtomicU64::new(0);

/// Counts what arrives.
#[derive(Debug)]
struct Count;

impl SpanExporter for Count {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        EXPORTED.fetch_add(batch.len() as u64, Relaxed);
        Ok(())
    }
}

/// Spans between two flushes: as many as the queue holds.
pub(super) const QUEUE: usize = 65_536;

/// A provider with a batch processor whose queue is large enough for what comes between two flushes.
pub(super) fn provider(sampled: bool) -> SdkTracerProvider {
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(4_096)
        .with_scheduled_delay(Duration::from_millis(50))
        .build();
    let processor = BatchSpanProcessor::builder(Count)
        .with_batch_config(config)
        .build();
    SdkTracerProvider::builder()
        .with_span_processor(processor)
        .with_sampler(if sampled {
            Sampler::AlwaysOn
        } else {
            Sampler::AlwaysOff
        })
        .build()
}

/// Waits until everything has arrived.
pub(super) fn flush(provider: &SdkTracerProvider) {
    provider.force_flush().expect("the processor runs");
}

/// Checks the spans of kept traces. What is missing was dropped; the SDK logs that without a count.
pub(super) fn delivered(made: Made) -> Result<Finish, String> {
    Finish::arrived("spans", made.traces + made.children, EXPORTED.load(Relaxed))
}

/// Checks that nothing arrived.
pub(super) fn nothing() -> Result<Finish, String> {
    equal("spans exported", 0, EXPORTED.load(Relaxed))
}
