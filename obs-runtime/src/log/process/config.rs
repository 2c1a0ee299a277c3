//! Which steps there are between an event and the outputs.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use obs_schema::monitoring::Logging;

use super::limit::Limiter;
use super::{Decision, LogSampler, Pipeline, Processor, RecordMut};
use crate::log::config::LogConfig;
use crate::redact::{REDACTED, Redaction};
use crate::trace::{Attribute, Value};

/// The steps that a configuration asks for.
pub(in crate::log) struct Settings {
    event_time: bool,
    redaction: Option<Redaction>,
    per_second: Option<u32>,
    sampler: Option<LogSampler>,
    fields: Vec<Attribute>,
    processors: Vec<Box<dyn Processor>>,
}

impl LogConfig {
    /// Whether the field `timestamp`, `time` or `ts` of an event, the first one that it has, says when it happened: for
    /// events that are passed on from elsewhere. Default: no.
    ///
    /// It is understood as RFC 3339, or as the seconds, milliseconds, microseconds or nanoseconds since 1970,
    /// told apart by their size. A field that is neither, or a time before 2000 or after 2200, stays a field.
    pub fn with_event_time(mut self, event_time: bool) -> Self {
        self.process.event_time = event_time;
        self
    }

    /// What is hidden in records, and in the spans that are stored and exported. Default: what [`Redaction::new`]
    /// says.
    ///
    /// It is hidden before anything else sees the record: outputs, [`recent`](crate::log::recent), processors.
    pub fn with_redaction(mut self, redaction: Redaction) -> Self {
        self.process.redaction = Some(redaction);
        self
    }

    /// Hides nothing, neither in records nor in spans.
    pub fn without_redaction(mut self) -> Self {
        self.process.redaction = None;
        self
    }

    /// How many records of one place in the program are logged per second. Default: no limit. 0 is taken for 1.
    ///
    /// What is beyond is counted in `obs_log_dropped_total` with the reason `rate_limit`, and when the second is over a
    /// record says how many there were, with the message of the first and the field `left_out`. A place is a
    /// line of the source and a level; further ones than 4,096 at a time share what one may log.
    pub fn with_rate_limit(mut self, per_second: u32) -> Self {
        self.process.per_second = Some(per_second.max(1));
        self
    }

    /// Which share of the records is logged. Default: all.
    pub fn with_sampler(mut self, sampler: LogSampler) -> Self {
        self.process.sampler = Some(sampler);
        self
    }

    /// A field of every record that does not have it itself, such as the environment or the host.
    pub fn with_field(
        mut self,
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) -> Self {
        self.process.fields.push((key.into(), value.into()));
        self
    }

    /// A function that adds to every record what is known only where it happens. Like a
    /// [`Processor`] that keeps everything.
    ///
    /// ```
    /// use obs_runtime::log::LogConfig;
    ///
    /// let config = LogConfig::default().with_enricher(|record| record.set_field("shard", 3_u64));
    /// ```
    pub fn with_enricher(
        self,
        enrich: impl Fn(&mut RecordMut<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.with_processor(move |record: &mut RecordMut<'_>| {
            enrich(record);
            Decision::Keep
        })
    }

    /// Another step before the outputs. Steps run in the order in which they are added.
    pub fn with_processor(mut self, processor: impl Processor) -> Self {
        self.process.processors.push(Box::new(processor));
        self
    }
}

impl Settings {
    /// What a service's `monitoring(logging(..))` says.
    pub(in crate::log) fn of(logging: &Logging) -> Self {
        Self {
            redaction: Redaction::of(logging),
            per_second: logging.rate_limit,
            ..Self::default()
        }
    }

    pub(in crate::log) fn start(self) -> Pipeline {
        let redaction = self.redaction;
        let hide = |(key, value): Attribute| match &redaction {
            Some(redaction) => hidden(redaction, key, value),
            None => (key, value),
        };
        Pipeline {
            event_time: self.event_time,
            fields: self.fields.into_iter().map(hide).collect(),
            limiter: self.per_second.map(Limiter::new),
            sampler: self.sampler,
            processors: self.processors,
            redaction: redaction.map(Arc::new),
        }
    }
}

fn hidden(redaction: &Redaction, key: Cow<'static, str>, value: Value) -> Attribute {
    let value = match value {
        value if redaction.hides_value(&key, &value) => REDACTED.into(),
        Value::Str(text) => redaction.hide(&text).into_owned().into(),
        other => other,
    };
    (key, value)
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            event_time: false,
            redaction: Some(Redaction::new()),
            per_second: None,
            sampler: None,
            fields: Vec::new(),
            processors: Vec::new(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("event_time", &self.event_time)
            .field("redaction", &self.redaction)
            .field("per_second", &self.per_second)
            .field("sampler", &self.sampler)
            .field("fields", &self.fields)
            .field("processors", &self.processors.len())
            .finish()
    }
}
