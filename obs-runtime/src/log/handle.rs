//! The running log: where records go, and what can be asked and changed.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use obs_schema::monitoring::LogFormat;

use super::config::{ForeignSpans, LogConfig, Output};
use super::draft::{Draft, View};
use super::json::{self, Common};
use super::levels::{InForce, Levels};
use super::process::{Origin, Pipeline, Summaries};
use super::recent::{Query, Recent};
use super::record::Record;
use super::scratch::Line;
use super::writer::{FlushTimeout, Writer, WriterStats};
use super::{count, facade, pretty};
use crate::{diagnostics, fork, redact};

/// The log that the functions of the module speak for: the one that was made last.
static CURRENT: RwLock<Option<LogHandle>> = RwLock::new(None);

/// The log that the functions of the module speak for.
pub(super) fn current() -> Option<LogHandle> {
    CURRENT
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// Makes `handle` the log that the functions of the module speak for. What it hides is hidden in spans too.
pub(super) fn set_current(handle: LogHandle) {
    redact::set_for_spans(handle.log.pipeline.redaction().cloned());
    let former = CURRENT
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(handle);
    drop(former);
    facade::follow_levels();
}

/// A running log. Clones are of the same log.
#[derive(Debug, Clone)]
pub struct LogHandle {
    log: Arc<Log>,
}

#[derive(Debug)]
pub(super) struct Log {
    levels: InForce,
    common: Common,
    outputs: Vec<RunningOutput>,
    recent: Recent,
    foreign_spans: ForeignSpans,
    span_events: bool,
    pipeline: Pipeline,
    /// Tells in time what the pipeline left out.
    _summaries: Option<Summaries>,
}

#[derive(Debug)]
struct RunningOutput {
    format: LogFormat,
    colour: bool,
    writer: Writer,
}

impl RunningOutput {
    fn start(output: Output) -> Self {
        let colour = output.is_coloured();
        let Output {
            format,
            limits,
            sink,
            ..
        } = output;
        let writer = Writer::start(sink, limits).unwrap_or_else(|error| {
            diagnostics::report(&format!(
                "the thread that writes the log cannot be started: {error}"
            ));
            Writer::closed(limits)
        });
        Self {
            format,
            colour,
            writer,
        }
    }

    fn write(&self, record: View<'_>, common: &Common, line: &mut Line) {
        let Line { text, json, usual } = line;
        let bytes = match self.format {
            LogFormat::Json => {
                json.clear();
                json::write(json, record, common, usual);
                json.as_slice()
            }
            LogFormat::Pretty => {
                text.clear();
                pretty::write(text, record, common, self.colour);
                text.as_bytes()
            }
        };
        self.writer.push(record.head.level, bytes);
    }
}

impl LogHandle {
    pub(super) fn of(log: Arc<Log>) -> Self {
        Self { log }
    }

    pub(super) fn start(config: LogConfig) -> Self {
        let common = Common::new(config.service, fork::process_id, config.correlation);
        let pipeline = config.process.start();
        Self {
            log: Arc::new_cyclic(|log| Log {
                _summaries: pipeline
                    .limiter()
                    .map(|limiter| Summaries::start(limiter, log.clone())),
                levels: InForce::new(config.levels),
                common,
                outputs: config
                    .outputs
                    .into_iter()
                    .map(RunningOutput::start)
                    .collect(),
                recent: Recent::new(config.recent_records, config.recent_bytes),
                foreign_spans: config.foreign_spans,
                span_events: config.span_events,
                pipeline,
            }),
        }
    }

    /// Which records are logged.
    #[must_use]
    pub fn levels(&self) -> Levels {
        self.log.levels.get()
    }

    /// Changes which records are logged, from now on.
    pub fn set_levels(&self, levels: Levels) {
        self.log.levels.set(levels);
        facade::follow_levels();
    }

    /// The last records that `query` picks, the newest first.
    #[must_use]
    pub fn recent(&self, query: &Query) -> Vec<Arc<Record>> {
        self.log.recent.find(query)
    }

    /// What became of the lines of all outputs.
    #[must_use]
    pub fn stats(&self) -> WriterStats {
        let outputs = self.log.outputs.iter();
        outputs.fold(WriterStats::default(), |sum, output| {
            sum.plus(&output.writer.stats())
        })
    }

    /// Waits until the records so far are written.
    ///
    /// # Errors
    ///
    /// If an output does not take its lines within `timeout`.
    pub fn flush(&self, timeout: Duration) -> Result<(), FlushTimeout> {
        self.tell_all_left_out();
        self.each_writer(timeout, Writer::flush)
    }

    /// Writes what waits and ends the outputs. Later records are counted as dropped, and still kept
    /// in memory.
    ///
    /// # Errors
    ///
    /// If an output does not take its lines within `timeout`.
    pub fn shutdown(&self, timeout: Duration) -> Result<(), FlushTimeout> {
        self.tell_all_left_out();
        self.each_writer(timeout, Writer::close)
    }

    /// Applies `end` to every output, even after one had no time left.
    fn each_writer(
        &self,
        timeout: Duration,
        end: impl Fn(&Writer, Duration) -> Result<(), FlushTimeout>,
    ) -> Result<(), FlushTimeout> {
        let started = Instant::now();
        let mut left_over = 0;
        for output in &self.log.outputs {
            let left = timeout.saturating_sub(started.elapsed());
            if let Err(FlushTimeout { lines }) = end(&output.writer, left) {
                left_over += lines.max(1);
            }
        }
        match left_over {
            0 => Ok(()),
            lines => Err(FlushTimeout { lines }),
        }
    }

    /// Starts the outputs' threads anew, if this is a forked child that does not have them. Lines until then were
    /// refused.
    pub(crate) fn go_on(&self) {
        for output in &self.log.outputs {
            if let Err(error) = output.writer.go_on() {
                diagnostics::report(&format!("an output of the log stays closed: {error}"));
            }
        }
    }

    pub(super) fn in_force(&self) -> &InForce {
        &self.log.levels
    }

    pub(super) fn foreign_spans(&self) -> ForeignSpans {
        self.log.foreign_spans
    }

    pub(super) fn has_span_events(&self) -> bool {
        self.log.span_events
    }

    pub(super) fn pipeline(&self) -> &Pipeline {
        &self.log.pipeline
    }

    /// Makes of a draft what the outputs get. `false` if they get nothing.
    pub(super) fn process(&self, draft: &mut Draft, origin: Origin) -> bool {
        self.log.pipeline.run(draft, origin, self)
    }

    /// Counts a record, hands it to the outputs and to those who send it away, and keeps it. `line` is memory to use.
    pub(super) fn emit(&self, record: View<'_>, line: &mut Line) {
        count::record(record.head.level);
        for output in &self.log.outputs {
            output.write(record, &self.log.common, line);
        }
        #[cfg(feature = "export")]
        super::ship::hand_over(record);
        self.log.recent.push(record);
    }
}
