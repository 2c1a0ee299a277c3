//! When a file is to give way because its time is over.

use obs_schema::monitoring::Rotation;

const NANOS_PER_HOUR: u64 = 3600 * 1_000_000_000;

/// The hours or days of a log file.
///
/// The system's clock can be set, so it alone does not decide. Time that comes again begins no file,
/// and a clock that swings to and fro begins at most two files in the length of one period.
#[derive(Debug)]
pub(super) struct Schedule {
    /// The length of a period in nanoseconds; `None` without periods.
    period: Option<u64>,
    /// The number of the period that the file is of, counted from 1970.
    current: u64,
    /// When a file gave way last, by the clock that cannot be set.
    rotated: Option<u64>,
}

impl Schedule {
    pub(super) fn new(rotation: Rotation) -> Self {
        let period = match rotation {
            Rotation::Never => None,
            Rotation::Hourly => Some(NANOS_PER_HOUR),
            Rotation::Daily => Some(24 * NANOS_PER_HOUR),
        };
        Self {
            period,
            current: 0,
            rotated: None,
        }
    }

    /// Notes that a file is written from now on whose last line is of this time.
    pub(super) fn begin(&mut self, unix_ns: u64) {
        if let Some(period) = self.period {
            self.current = unix_ns / period;
        }
    }

    /// Whether the file is to give way, at this time of the system and of the clock that cannot be set.
    pub(super) fn is_due(&mut self, unix_ns: u64, monotonic_ns: u64) -> bool {
        let Some(period) = self.period else {
            return false;
        };
        let number = unix_ns / period;
        if number.saturating_add(1) < self.current {
            // The clock was wrong before: to wait until that time comes could take years.
            self.current = number;
        }
        let is_early = |rotated: u64| monotonic_ns.saturating_sub(rotated) < period / 2;
        if number <= self.current || self.rotated.is_some_and(is_early) {
            return false;
        }
        self.rotated = Some(monotonic_ns);
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: u64 = NANOS_PER_HOUR;
    const NOON: u64 = 1_786_017_600 * 1_000_000_000;

    fn hourly(last: u64) -> Schedule {
        let mut schedule = Schedule::new(Rotation::Hourly);
        schedule.begin(last);
        schedule
    }

    #[test]
    fn the_first_line_of_a_new_hour_begins_a_file() {
        let mut schedule = hourly(NOON - 1);
        assert!(!schedule.is_due(NOON - 1, 1));
        assert!(schedule.is_due(NOON, 2));
        schedule.begin(NOON);
        assert!(!schedule.is_due(NOON + HOUR - 1, HOUR + 1));
        assert!(schedule.is_due(NOON + HOUR, HOUR + 2));
    }

    #[test]
    fn days_end_at_midnight_utc() {
        let mut schedule = Schedule::new(Rotation::Daily);
        schedule.begin(NOON);
        assert!(!schedule.is_due(NOON + 12 * HOUR - 1, 0));
        assert!(schedule.is_due(NOON + 12 * HOUR, 0));
    }

    #[test]
    fn without_periods_no_time_is_over() {
        let mut schedule = Schedule::new(Rotation::Never);
        schedule.begin(NOON);
        assert!(!schedule.is_due(NOON + 1000 * HOUR, 1000 * HOUR));
    }

    #[test]
    fn a_clock_that_is_set_back_begins_no_file() {
        let mut schedule = hourly(NOON);
        assert!(!schedule.is_due(NOON - 1, 0));
        assert!(!schedule.is_due(NOON - 100 * HOUR, 0));
        // From here on hours are those of the clock as it is now.
        assert!(schedule.is_due(NOON - 99 * HOUR, HOUR));
    }

    #[test]
    fn a_clock_that_was_far_ahead_does_not_stop_rotation() {
        let mut schedule = hourly(NOON + 1_000_000 * HOUR);
        assert!(!schedule.is_due(NOON, 0));
        assert!(schedule.is_due(NOON + HOUR, HOUR));
    }

    proptest! {
        /// However the clock jumps, files begin at most every half period of real time.
        #[test]
        fn no_clock_makes_a_storm(steps in proptest::collection::vec((0..40 * HOUR, 0..HOUR / 20), 1..400)) {
            let mut schedule = hourly(NOON);
            let mut monotonic = 0;
            let mut begun = Vec::new();
            for (clock, passed) in steps {
                monotonic += passed;
                let unix = NOON - 20 * HOUR + clock;
                if schedule.is_due(unix, monotonic) {
                    schedule.begin(unix);
                    begun.push(monotonic);
                }
            }
            for pair in begun.windows(2) {
                prop_assert!(pair[1] - pair[0] >= HOUR / 2);
            }
        }
    }
}
