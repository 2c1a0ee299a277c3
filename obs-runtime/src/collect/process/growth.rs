//! Whether the memory of this process grows: the least that it held in each minute, for a day.
//!
//! The least of a minute leaves out what requests take and give back; what still rises is kept. Counted is what no
//! file has a copy of, in memory and swapped out, so a warm file cache is no growth. The slope is that of Theil and Sen,
//! the median over all pairs of points, which a jump at the start hardly moves; whether it is more than chance says the
//! test of Mann and Kendall.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::collect::source::{field_kib, read};
use crate::fork::PerProcess;

/// How far back one can look.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTE: Duration = Duration::from_secs(60);
const MAX_MINUTES: usize = 24 * 60;
/// Points of which a trend is made; the pairs of them are gone through.
const MAX_POINTS: usize = 120;
/// With fewer points, nothing is said.
const MIN_POINTS: usize = 10;
/// Growth is at least this much, and this share of what there was.
const MIN_GROWTH: f64 = 1024.0 * 1024.0;
const MIN_SHARE: f64 = 0.05;
/// What the statistic of Mann and Kendall exceeds by chance once in a hundred times.
const ONE_PERCENT: f64 = 2.326;

static HISTORY: PerProcess<Mutex<History>> = PerProcess::new();

/// The least of each minute, the oldest first.
#[derive(Debug, Default)]
struct History {
    minutes: VecDeque<Minute>,
}

#[derive(Debug, Clone, Copy)]
struct Minute {
    number: u64,
    least: u64,
}

/// How memory has developed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Growth {
    pub(crate) covered: Duration,
    pub(crate) points: usize,
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// `None` with too few points.
    pub(crate) trend: Option<Trend>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trend {
    pub(crate) bytes_per_hour: f64,
    /// Whether that is more than chance, and enough to matter.
    pub(crate) is_growth: bool,
}

/// Notes how much memory the process holds at `now`, a time that never goes back.
pub(crate) fn note(now: Duration) {
    if let Some(bytes) = held(Path::new("/proc/self/status")) {
        history().note(now, bytes);
    }
}

/// How memory has developed within the last `window`; `None` where nothing is known.
pub(crate) fn growth(window: Duration) -> Option<Growth> {
    history().growth(window)
}

fn history() -> MutexGuard<'static, History> {
    let history = HISTORY.get(Mutex::default);
    history.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What no file has a copy of.
fn held(status: &Path) -> Option<u64> {
    let status = read(status)?;
    let resident = field_kib(&status, "RssAnon")?;
    Some(resident + field_kib(&status, "VmSwap").unwrap_or(0))
}

impl History {
    fn note(&mut self, now: Duration, bytes: u64) {
        let number = now.as_secs() / MINUTE.as_secs();
        match self.minutes.back_mut() {
            Some(last) if last.number == number => last.least = last.least.min(bytes),
            _ => self.minutes.push_back(Minute {
                number,
                least: bytes,
            }),
        }
        if self.minutes.len() > MAX_MINUTES {
            self.minutes.pop_front();
        }
    }

    fn growth(&self, window: Duration) -> Option<Growth> {
        let newest = self.minutes.back()?.number;
        let oldest = newest.saturating_sub(window.as_secs() / MINUTE.as_secs());
        let minutes = self.minutes.iter().copied();
        let minutes: Vec<Minute> = minutes
            .filter(|one| one.number > oldest || oldest == 0)
            .collect();
        let points = thinned(&minutes);
        let (first, last) = (points.first()?, points.last()?);
        let covered = MINUTE * u32::try_from(last.number - first.number).unwrap_or(u32::MAX);
        Some(Growth {
            covered,
            points: points.len(),
            first: first.least,
            last: last.least,
            trend: (points.len() >= MIN_POINTS).then(|| trend(&points)),
        })
    }
}

/// The same in fewer points, each the least of several minutes.
fn thinned(minutes: &[Minute]) -> Vec<Minute> {
    let each = minutes.len().div_ceil(MAX_POINTS).max(1);
    let groups = minutes.chunks(each);
    groups
        .filter_map(|group| group.iter().copied().min_by_key(|one| one.least))
        .collect()
}

fn trend(points: &[Minute]) -> Trend {
    let mut slopes = Vec::with_capacity(points.len() * points.len() / 2);
    let mut rises: f64 = 0.0;
    for (at, one) in points.iter().enumerate() {
        for other in points.iter().skip(at + 1) {
            let rise = other.least as f64 - one.least as f64;
            let minutes = other.number.saturating_sub(one.number).max(1);
            slopes.push(rise / minutes as f64);
            rises += if rise == 0.0 { 0.0 } else { rise.signum() };
        }
    }
    let per_minute = median(&mut slopes);
    let n = points.len() as f64;
    let deviation = (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt();
    let first = points.first().map_or(0, |one| one.number);
    let last = points.last().map_or(0, |one| one.number);
    let grown = per_minute * last.saturating_sub(first) as f64;
    let base = points.first().map_or(0.0, |one| one.least as f64);
    Trend {
        bytes_per_hour: per_minute * 60.0,
        is_growth: (rises - 1.0) / deviation > ONE_PERCENT
            && grown >= MIN_GROWTH
            && grown >= base * MIN_SHARE,
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;
    const HOUR: Duration = Duration::from_secs(3600);

    /// What a process holds in each minute, noted six times: requests take up to 50 MiB and give them back.
    fn history(minutes: u64, held: impl Fn(u64) -> u64) -> History {
        let mut history = History::default();
        for tick in 0..minutes * 6 {
            let requests = tick * 7919 % 50;
            let now = Duration::from_secs(tick * 10);
            history.note(now, held(tick / 6) + requests * MIB);
        }
        history
    }

    fn trend_of(history: &History, window: Duration) -> Trend {
        history.growth(window).unwrap().trend.unwrap()
    }

    #[test]
    fn what_is_kept_is_growth() {
        let leaking = history(60, |minute| 100 * MIB + minute * MIB);
        let trend = trend_of(&leaking, HOUR);
        assert!(trend.is_growth);
        let per_hour = trend.bytes_per_hour / MIB as f64;
        assert!((50.0..70.0).contains(&per_hour), "{per_hour}");
    }

    #[test]
    fn what_comes_and_goes_is_none() {
        let steady = history(60, |_| 100 * MIB);
        assert!(!trend_of(&steady, HOUR).is_growth);
    }

    #[test]
    fn a_warm_up_is_none() {
        let warm = history(60, |minute| if minute < 5 { 20 * MIB } else { 100 * MIB });
        assert!(!trend_of(&warm, HOUR).is_growth);
    }

    #[test]
    fn little_is_none_even_if_it_never_stops() {
        let creeping = history(60, |minute| 1000 * MIB + minute * 1024);
        assert!(!trend_of(&creeping, HOUR).is_growth);
    }

    #[test]
    fn of_a_few_minutes_nothing_is_said() {
        let young = history(MIN_POINTS as u64 - 1, |minute| minute * 100 * MIB);
        let growth = young.growth(HOUR).unwrap();
        assert_eq!((growth.points, growth.trend), (MIN_POINTS - 1, None));
        assert_eq!(History::default().growth(HOUR), None);
    }

    #[test]
    fn a_day_is_kept_and_looked_at_in_parts() {
        let hours = |from: u64, minute: u64| minute.saturating_sub(from * 60) * MIB;
        let long = history(30 * 60, |minute| 100 * MIB + hours(28, minute));
        assert_eq!(long.minutes.len(), MAX_MINUTES);
        let day = long.growth(LONGEST).unwrap();
        assert!(
            day.points <= MAX_POINTS && day.covered > HOUR * 23,
            "{day:?}"
        );
        assert!(trend_of(&long, HOUR).is_growth, "of the last hour");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_holds_something() {
        assert!(held(Path::new("/proc/self/status")) > Some(0));
        assert_eq!(held(Path::new("/nowhere")), None);
    }
}
