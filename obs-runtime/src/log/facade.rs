//! Records of the crate `log`, which libraries log with that do not know `tracing`.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ::log::kv::{Error, Key, Value, VisitSource};
use ::log::{LevelFilter, Log, Metadata, Record};
use tracing::Level;
use tracing::level_filters::LevelFilter as Filter;

use super::bounded;
use super::draft::{Draft, Raw, Text};
use super::layer::Nesting;
use super::suppress::is_suppressed;
use super::{count, handle, own};

/// For how long somebody waits who has the crate's logger flushed.
const FLUSH: Duration = Duration::from_secs(1);

/// Whether records of the crate come here.
static TAKES: AtomicBool = AtomicBool::new(false);

/// Takes in what is logged with the crate [`log`](https://docs.rs/log): from now on it goes where `tracing` events go,
/// with the same levels, redaction and processors, and with the trace, call and request around it. Key-values
/// become fields.
///
/// [`init`](super::init()) does so by itself; a program that adds [`layer`](super::layer()) to a subscriber of its own calls
/// this. Other layers do not see these records.
///
/// Says whether it is so: a logger that the program has set before stays.
///
/// ```
/// use obs_runtime::log::{self, LogConfig};
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let subscriber = tracing_subscriber::registry().with(log::layer(LogConfig::default()));
/// # let _default =
/// tracing::subscriber::set_default(subscriber);
/// assert!(log::take_log_records());
///
/// ::log::warn!(attempt = 2; "no answer");
/// ```
pub fn take_log_records() -> bool {
    if ::log::set_logger(&Facade).is_ok() {
        TAKES.store(true, Relaxed);
    }
    follow_levels();
    TAKES.load(Relaxed)
}

/// Lets the crate skip early what nobody wants now.
pub(super) fn follow_levels() {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    if TAKES.load(Relaxed) {
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = handle::current().map_or(Filter::OFF, |log| log.in_force().most_verbose());
        ::log::set_max_level(filter(wanted));
    }
}

struct Facade;

impl Log for Facade {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let level = level(metadata.level());
        let allows = |log: handle::LogHandle| log.in_force().allow(metadata.target(), level);
        !is_suppressed() && handle::current().is_some_and(allows)
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let Some(_nesting) = Nesting::enter() else {
            return count::nested();
        };
        own::record_at(record.target(), level(record.level()), |draft| {
            describe(draft, record);
        });
    }

    fn flush(&self) {
        if let Some(log) = handle::current() {
            // What is late is written later.
            let _ = log.flush(FLUSH);
        }
    }
}

fn describe(draft: &mut Draft, record: &Record<'_>) {
    draft.head.target = match record.module_path_static() {
        Some(module) if module == record.target() => Text::Static(module),
        _ => draft.keep(record.target()),
    };
    draft.head.file = match record.file_static() {
        Some(file) => Some(Text::Static(file)),
        None => record.file().map(|file| draft.keep(file)),
    };
    draft.head.line = record.line();
    draft.head.message = draft.format(*record.args());
    // A source of key-values is the program's code.
    let _ = bounded::guarded(|| record.key_values().visit(&mut Fields(draft)));
}

/// Makes fields of key-values.
struct Fields<'a>(&'a mut Draft);

impl<'kvs> VisitSource<'kvs> for Fields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let Self(draft) = self;
        let value = raw(draft, &value);
        draft.set_named_field(key.as_str(), value);
        Ok(())
    }
}

fn raw(draft: &mut Draft, value: &Value<'_>) -> Raw {
    let whole = || {
        value
            .to_i64()
            .map(Raw::I64)
            .or_else(|| value.to_u64().map(Raw::U64))
    };
    let known = value.to_bool().map(Raw::Bool).or_else(whole);
    known
        .or_else(|| value.to_f64().map(Raw::F64))
        .unwrap_or_else(|| {
            Raw::Text(match value.to_borrowed_str() {
                Some(text) => draft.keep(text),
                None => draft.format(format_args!("{value}")),
            })
        })
}

fn level(level: ::log::Level) -> Level {
    match level {
        ::log::Level::Error => Level::ERROR,
        ::log::Level::Warn => Level::WARN,
        ::log::Level::Info => Level::INFO,
        ::log::Level::Debug => Level::DEBUG,
        ::log::Level::Trace => Level::TRACE,
    }
}

fn filter(filter: Filter) -> LevelFilter {
    match filter {
        Filter::OFF => LevelFilter::Off,
        Filter::ERROR => LevelFilter::Error,
        Filter::WARN => LevelFilter::Warn,
        Filter::INFO => LevelFilter::Info,
        Filter::DEBUG => LevelFilter::Debug,
        Filter::TRACE => LevelFilter::Trace,
    }
}
