//! Which records are wanted, by target.

use std::fmt;
use std::str::FromStr;
use std::sync::{PoisonError, RwLock};

use obs_schema::Issue;
use obs_schema::monitoring::{Level as Word, LogFilter, Logging, read_log_filter};
use tracing::Level;
use tracing::level_filters::LevelFilter;

/// The least severe level that is logged, and other levels for some targets.
///
/// Written as in `OBS_LOG`: one level for everything, and `target=level` for a module and
/// everything below it. Of several that fit, the longest target counts; of two levels for one
/// target, the last. Without a level for everything, that is `info`.
///
/// ```
/// use obs_runtime::log::Levels;
/// use tracing::Level;
///
/// let levels: Levels = "info,shop=debug,hyper=off".parse().unwrap();
/// assert!(levels.allow("shop::orders", Level::DEBUG));
/// assert!(!levels.allow("shopping", Level::DEBUG));
/// assert!(!levels.allow("hyper::client", Level::ERROR));
/// assert_eq!(levels.to_string(), "info,shop=debug,hyper=off");
///
/// let error = "inof,shop=debgu".parse::<Levels>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "unknown value `inof`; did you mean `info`?\nunknown value `debgu`; did you mean `debug`?"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    default: Word,
    /// In the order given, each target once.
    targets: Vec<(String, Word)>,
}

/// Levels that cannot be read: everything that is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelsError {
    issues: Vec<Issue>,
}

impl LevelsError {
    /// What is wrong, in the order of the text.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }
}

impl fmt::Display for LevelsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, issue) in self.issues.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            issue.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for LevelsError {}

impl Levels {
    /// One level for everything.
    #[must_use]
    pub const fn all(level: Word) -> Self {
        Self {
            default: level,
            targets: Vec::new(),
        }
    }

    /// The same with another level for a target and everything below it.
    #[must_use]
    pub fn with(mut self, target: impl Into<String>, level: Word) -> Self {
        let target = target.into();
        self.targets.retain(|(known, _)| *known != target);
        self.targets.push((target, level));
        self
    }

    /// Whether a record of this target and level is logged.
    #[must_use]
    pub fn allow(&self, target: &str, level: Level) -> bool {
        level <= filter(self.of(target))
    }

    fn of(&self, target: &str) -> Word {
        self.targets
            .iter()
            .filter(|(prefix, _)| is_below(target, prefix))
            .max_by_key(|(prefix, _)| prefix.len())
            .map_or(self.default, |(_, level)| *level)
    }

    /// The least severe level that any target has.
    fn most_verbose(&self) -> LevelFilter {
        let words = self.targets.iter().map(|(_, level)| *level);
        words
            .chain([self.default])
            .map(filter)
            .max()
            .unwrap_or(LevelFilter::OFF)
    }
}

/// Whether `target` is `prefix` or a module below it: `shop` has `shop::db`, but not `shopping`.
fn is_below(target: &str, prefix: &str) -> bool {
    target
        .strip_prefix(prefix)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn filter(level: Word) -> LevelFilter {
    match level {
        Word::Off => LevelFilter::OFF,
        Word::Error => LevelFilter::ERROR,
        Word::Warn => LevelFilter::WARN,
        Word::Info => LevelFilter::INFO,
        Word::Debug => LevelFilter::DEBUG,
        Word::Trace => LevelFilter::TRACE,
    }
}

impl Default for Levels {
    fn default() -> Self {
        Self::all(Logging::DEFAULT.level)
    }
}

impl From<&LogFilter<'_>> for Levels {
    fn from(parsed: &LogFilter<'_>) -> Self {
        let targets = parsed.targets.iter();
        targets.fold(Self::all(parsed.level), |levels, &(target, level)| {
            levels.with(target, level)
        })
    }
}

impl From<&Logging> for Levels {
    fn from(logging: &Logging) -> Self {
        let targets = logging.targets.iter();
        targets.fold(Self::all(logging.level), |levels, &(target, level)| {
            levels.with(target, level)
        })
    }
}

impl FromStr for Levels {
    type Err = LevelsError;

    fn from_str(text: &str) -> Result<Self, LevelsError> {
        let (parsed, errors) = read_log_filter(text);
        if errors.is_empty() {
            return Ok(Self::from(&parsed));
        }
        let issues = errors.iter().map(|error| error.issue("levels")).collect();
        Err(LevelsError { issues })
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.default)?;
        for (target, level) in &self.targets {
            write!(f, ",{target}={level}")?;
        }
        Ok(())
    }
}

/// The levels in force, which can be changed while the program runs.
#[derive(Debug)]
pub(super) struct InForce(RwLock<Levels>);

impl InForce {
    pub(super) fn new(levels: Levels) -> Self {
        Self(RwLock::new(levels))
    }

    pub(super) fn get(&self) -> Levels {
        self.read().clone()
    }

    /// Puts other levels in force, for every event from now on.
    pub(super) fn set(&self, levels: Levels) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = levels;
        // Asks every subscriber anew about every event and span in the program.
        tracing_core::callsite::rebuild_interest_cache();
    }

    pub(super) fn allow(&self, target: &str, level: Level) -> bool {
        self.read().allow(target, level)
    }

    pub(super) fn most_verbose(&self) -> LevelFilter {
        self.read().most_verbose()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Levels> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(text: &str) -> Levels {
        text.parse().unwrap()
    }

    #[test]
    fn the_longest_target_counts_whatever_the_order() {
        for text in [
            "warn,a=info,a::b=off,a::b::c=trace",
            "a::b::c=trace,a::b=off,a=info,warn",
        ] {
            let levels = levels(text);
            assert!(levels.allow("a::b::c::d", Level::TRACE), "{text}");
            assert!(!levels.allow("a::b", Level::ERROR), "{text}");
            assert!(!levels.allow("a::b::other", Level::ERROR), "{text}");
            assert!(levels.allow("a::bc", Level::INFO), "{text}");
            assert!(!levels.allow("other", Level::INFO), "{text}");
            assert!(levels.allow("other", Level::WARN), "{text}");
        }
    }

    #[test]
    fn the_last_level_of_a_target_counts() {
        let levels = levels("a=debug,a=error");
        assert!(!levels.allow("a", Level::WARN));
        assert_eq!(levels.to_string(), "info,a=error");
    }

    #[test]
    fn what_is_printed_reads_back_the_same() {
        for text in ["info", "off,shop::db=trace,my-app/x=warn"] {
            assert_eq!(levels(text).to_string(), text);
        }
    }

    #[test]
    fn the_most_verbose_target_decides_what_tracing_skips_early() {
        assert_eq!(levels("off").most_verbose(), LevelFilter::OFF);
        assert_eq!(levels("warn,a=trace").most_verbose(), LevelFilter::TRACE);
        assert_eq!(levels("debug,a=off").most_verbose(), LevelFilter::DEBUG);
    }
}
