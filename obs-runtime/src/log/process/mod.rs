//! What is done to a record between the event and the outputs.
//!
//! In this order: its [time](time) is put right, its secrets are [hidden](redact), records beyond the
//! [rate](limit) of their place in the program and beyond the [share](sample) that is wanted are left out, fields that
//! every record has are [added](enrich), and the program's own [`Processor`]s see it.

mod config;
mod edit;
mod enrich;
mod left_out;
mod limit;
mod redact;
mod sample;
mod time;

use std::fmt;
use std::sync::Arc;

pub(super) use self::config::Settings;
pub use self::edit::RecordMut;
pub(super) use self::left_out::Summaries;
use self::limit::{Admission, Limiter};
pub use self::sample::LogSampler;
use super::bounded::guarded;
use super::count::{self, Dropped};
use super::draft::Draft;
use super::handle::LogHandle;
use crate::diagnostics;
use crate::redact::{Finders, Redaction};
use crate::trace::Attribute;

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// It goes on.
    Keep,
    /// It goes nowhere, and is counted in `obs_log_dropped_total` with the reason `processor`.
    Drop,
}

/// A step of the program's own between an event and the outputs. It can change a record or have it left out.
///
/// Functions are processors. They run where the event happens, so they should be quick. One that panics
/// changes nothing more of the record, which goes on. None runs for the records of panics, because a second panic there
/// would end the process.
///
/// ```
/// use obs_runtime::log::{Decision, LogConfig, RecordMut};
///
/// let config = LogConfig::default().with_processor(|record: &mut RecordMut<'_>| {
///     if record.target().starts_with("hyper") && record.message().contains("keep-alive") {
///         return Decision::Drop;
///     }
///     record.set_field("team", "checkout");
///     Decision::Keep
/// });
/// ```
pub trait Processor: Send + Sync + 'static {
    /// Looks at a record, changes it, and says what becomes of it.
    fn process(&self, record: &mut RecordMut<'_>) -> Decision;
}

impl<F> Processor for F
where
    F: Fn(&mut RecordMut<'_>) -> Decision + Send + Sync + 'static,
{
    fn process(&self, record: &mut RecordMut<'_>) -> Decision {
        self(record)
    }
}

/// Where a record is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Event,
    /// A panic hook, in which no code of the program may run that can panic.
    Panic,
}

/// The steps, in their order.
pub(super) struct Pipeline {
    event_time: bool,
    redaction: Option<Arc<Redaction>>,
    limiter: Option<Limiter>,
    sampler: Option<LogSampler>,
    fields: Vec<Attribute>,
    processors: Vec<Box<dyn Processor>>,
}

impl Pipeline {
    /// What is hidden.
    pub(super) fn redaction(&self) -> Option<&Arc<Redaction>> {
        self.redaction.as_ref()
    }

    pub(super) fn limiter(&self) -> Option<&Limiter> {
        self.limiter.as_ref()
    }

    /// Makes of a draft what the outputs get. `false` if they get nothing.
    pub(super) fn run(&self, draft: &mut Draft, origin: Origin, log: &LogHandle) -> bool {
        if self.event_time {
            time::normalise(draft);
        }
        self.hide(draft, origin);
        let level = draft.head.level;
        if let Some(limiter) = &self.limiter {
            match limiter.admit(draft.view()) {
                Admission::Passes => {}
                Admission::First(summary) => log.tell_left_out(&summary, origin),
                Admission::LeftOut => return dropped(Dropped::RateLimit, level),
            }
        }
        if let Some(sampler) = &self.sampler
            && origin == Origin::Event
            && !sampler.picks(draft.view())
        {
            return dropped(Dropped::Sampled, level);
        }
        self.finish(draft, origin)
    }

    /// The steps after those that thin records out. `false` if a processor leaves it out.
    pub(super) fn finish(&self, draft: &mut Draft, origin: Origin) -> bool {
        enrich::add(draft, &self.fields);
        origin == Origin::Panic || self.run_own(draft)
    }

    fn hide(&self, draft: &mut Draft, origin: Origin) {
        if let Some(redaction) = &self.redaction {
            let finders = match origin {
                Origin::Event => Finders::Run,
                Origin::Panic => Finders::Rest,
            };
            redact::hide(draft, redaction, finders);
        }
    }

    fn run_own(&self, draft: &mut Draft) -> bool {
        for processor in &self.processors {
            let mut record = RecordMut::new(draft, self.redaction.as_deref());
            match guarded(|| processor.process(&mut record)) {
                Some(Decision::Keep) => {}
                Some(Decision::Drop) => return dropped(Dropped::Processor, draft.head.level),
                None => {
                    count::processor_panicked();
                    diagnostics::report("a processor of the log panicked; the record goes on");
                }
            }
        }
        true
    }
}

/// Counts a record that goes nowhere.
fn dropped(reason: Dropped, level: tracing::Level) -> bool {
    count::dropped(reason, level);
    false
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("event_time", &self.event_time)
            .field("redaction", &self.redaction)
            .field("sampler", &self.sampler)
            .field("fields", &self.fields)
            .field("processors", &self.processors.len())
            .finish_non_exhaustive()
    }
}
