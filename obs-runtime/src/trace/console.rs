//! Kept traces on standard output: as a tree for people, or as lines of JSON for machines.
//!
//! The collector's thread puts a trace into text and that into a bounded queue, a thread of its own writes
//! it. A reader that does not keep up costs traces on the console, which are counted, and nothing else.

mod json;
mod queue;
mod tree;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;

use obs_schema::monitoring::{TraceExporter, Tracing};

use self::queue::Queue;
pub(crate) use self::queue::{FAILED, FULL, WRITTEN};
use super::Trace;
use super::collector::packed::Packed;
use super::collector::{self, Taker};
use crate::paint::{self, Paint};

/// What a trace looks like.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// For people.
    Tree(Paint),
    /// A line per span.
    Json,
}

impl Form {
    fn write(self, out: &mut String, trace: &Trace) {
        match self {
            Self::Tree(paint) => tree::write(out, trace, paint),
            Self::Json => json::write(out, trace),
        }
    }
}

/// The thread that writes. It ends when this is dropped, once it has written what waits.
#[derive(Debug)]
pub(crate) struct Console {
    queue: Arc<Queue>,
}

impl Console {
    /// Begins to write kept traces if the configuration says so.
    pub(crate) fn start(tracing: &Tracing) -> io::Result<Option<Self>> {
        let out = io::stdout();
        let form = match tracing.exporter {
            _ if !tracing.enabled => return Ok(None),
            TraceExporter::Console => Form::Tree(Paint {
                colour: paint::is_wanted(out.is_terminal()),
            }),
            TraceExporter::ConsoleJson => Form::Json,
            TraceExporter::None | TraceExporter::Otlp | TraceExporter::Jaeger => return Ok(None),
        };
        let (console, encoder) = Self::to(form, out)?;
        collector::set_taker(Some(Box::new(encoder)));
        Ok(Some(console))
    }

    /// The thread that writes to `out`, and what hands traces to it.
    fn to(form: Form, out: impl Write + Send + 'static) -> io::Result<(Self, Encoder)> {
        let queue = Queue::start(out)?;
        let encoder = Encoder {
            form,
            text: String::new(),
            queue: queue.clone(),
        };
        Ok((Self { queue }, encoder))
    }

    /// Waits until everything that came in before is written or lost, at most for `limit`. Says whether it is.
    pub(crate) fn flush(&self, limit: Duration) -> bool {
        self.queue.flush(limit)
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        collector::set_taker(None);
        self.queue.close();
    }
}

/// Puts kept traces into text, on the collector's thread.
struct Encoder {
    form: Form,
    /// Kept for its memory.
    text: String,
    queue: Arc<Queue>,
}

impl Taker for Encoder {
    fn take(&mut self, packed: &Packed) {
        let spans = packed.spans.len() as u64;
        if !self.queue.has_room() {
            queue::count(&FULL, spans);
            return;
        }
        if let Some(trace) = Trace::new(packed.unpack()) {
            self.text.clear();
            self.form.write(&mut self.text, &trace);
            self.queue.push(&self.text, spans);
        }
    }
}

#[cfg(test)]
mod tests;
