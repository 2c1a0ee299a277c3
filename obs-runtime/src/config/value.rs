//! Values as the layers give them, and how they get into the settings.

use obs_schema::monitoring::{
    Anonymous, ClientAccess, Collector, HistogramForm, Level, LogFormat, LogOutput,
    MetricsExporter, Propagator, Rotation, Sampler, SocketAccess, TraceExporter, parse_log_filter,
};
use obs_schema::option::{Given, ValueKind};
use obs_schema::value::{parse_duration, parse_share, parse_size};

use super::leak::{intern, leak};
use super::problem::Origin;
use super::settings::Slot;

/// A value, with the place of each of its parts.
#[derive(Debug)]
pub(super) enum Value<'a> {
    /// One scalar.
    Scalar(Given<'a>),
    /// Several.
    List(Vec<(Origin, Given<'a>)>),
    /// Names with a value each.
    Pairs(Vec<(Origin, &'a str, &'a str)>),
}

/// A scalar without quotes, as the kind of its key reads it.
pub(super) fn plain(kind: ValueKind, text: &str) -> Given<'_> {
    match kind {
        ValueKind::Bool if text.eq_ignore_ascii_case("true") => Given::Bool(true),
        ValueKind::Bool if text.eq_ignore_ascii_case("false") => Given::Bool(false),
        kind => kind.read(text),
    }
}

impl Slot<'_> {
    /// Puts a value that the key's kind has checked into the field. `None` when it is of another kind.
    pub(super) fn set(self, value: &Value<'_>) -> Option<()> {
        match value {
            Value::Scalar(given) => self.set_scalar(given),
            Value::List(items) => self.set_list(items),
            Value::Pairs(pairs) => self.set_pairs(pairs),
        }
    }

    fn set_scalar(self, given: &Given<'_>) -> Option<()> {
        match (self, *given) {
            (Self::Bool(slot), Given::Bool(value)) => *slot = value,
            (Self::OptionalBool(slot), Given::Bool(value)) => *slot = Some(value),
            (Self::Count(slot), Given::Int(number)) => *slot = u32::try_from(number).ok()?,
            (Self::OptionalCount(slot), Given::Int(number)) => {
                *slot = Some(u32::try_from(number).ok()?);
            }
            (Self::Ratio(slot), Given::Float(ratio)) => *slot = ratio,
            (slot, Given::Text(text)) => slot.set_text(text)?,
            _ => return None,
        }
        Some(())
    }

    fn set_text(self, text: &str) -> Option<()> {
        match self {
            Self::Text(slot) => *slot = intern(text),
            Self::Duration(slot) => *slot = parse_duration(text).ok()?,
            Self::Bytes(slot) => *slot = parse_size(text).ok()?,
            Self::Sampler(slot) => *slot = Sampler::parse(text).ok()?,
            Self::LogFormat(slot) => *slot = LogFormat::parse(text).ok()?,
            Self::Rotation(slot) => *slot = Rotation::parse(text).ok()?,
            Self::HistogramForm(slot) => *slot = HistogramForm::parse(text).ok()?,
            Self::TraceExporter(slot) => *slot = TraceExporter::parse(text).ok()?,
            Self::SocketAccess(slot) => *slot = SocketAccess::parse(text).ok()?,
            Self::Anonymous(slot) => *slot = Anonymous::parse(text).ok()?,
            Self::ClientAccess(slot) => *slot = ClientAccess::parse(text).ok()?,
            Self::Filter(logging) => {
                let filter = parse_log_filter(text).ok()?;
                let targets: Vec<(&'static str, Level)> = filter
                    .targets
                    .into_iter()
                    .map(|(target, level)| (intern(target), level))
                    .collect();
                logging.level = filter.level;
                logging.targets = leak(targets);
            }
            _ => return None,
        }
        Some(())
    }

    fn set_list(self, items: &[(Origin, Given<'_>)]) -> Option<()> {
        match self {
            Self::LogOutputs(slot) => *slot = words(items, |word| LogOutput::parse(word).ok())?,
            Self::Collectors(slot) => *slot = words(items, |word| Collector::parse(word).ok())?,
            Self::Propagators(slot) => *slot = words(items, |word| Propagator::parse(word).ok())?,
            Self::MetricsExporters(slot) => {
                *slot = words(items, |word| MetricsExporter::parse(word).ok())?;
            }
            _ => return None,
        }
        Some(())
    }

    fn set_pairs(self, pairs: &[(Origin, &str, &str)]) -> Option<()> {
        let texts = pairs.iter().map(|(_, name, value)| (*name, *value));
        match self {
            Self::Pairs(slot) => {
                let pairs = texts.map(|(name, text)| (intern(name), intern(text)));
                *slot = leak(pairs.collect());
            }
            Self::Ratios(slot) => {
                let ratios =
                    texts.map(|(name, text)| Some((intern(name), parse_share(text).ok()?)));
                *slot = leak(ratios.collect::<Option<_>>()?);
            }
            _ => return None,
        }
        Some(())
    }
}

fn words<T>(
    items: &[(Origin, Given<'_>)],
    parse: impl Fn(&str) -> Option<T>,
) -> Option<&'static [T]> {
    let words: Option<Vec<T>> = items
        .iter()
        .map(|(_, given)| match given {
            Given::Text(word) => parse(word),
            _ => None,
        })
        .collect();
    words.map(leak)
}
