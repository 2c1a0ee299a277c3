//! Points in time as RFC 3339 writes them.

const NANOS_PER_SECOND: u64 = 1_000_000_000;
const SECONDS_PER_DAY: u64 = 86_400;

/// Appends a time as `2026-08-06T12:00:00.123456Z`: UTC, microseconds.
///
/// Six digits, because a seventh is more than the date types of several languages can read.
pub(crate) fn write(out: &mut String, unix_ns: u64) {
    let seconds = unix_ns / NANOS_PER_SECOND;
    let micros = unix_ns % NANOS_PER_SECOND / 1000;
    let (year, month, day) = date(seconds / SECONDS_PER_DAY);
    let second = seconds % SECONDS_PER_DAY;
    number(out, year, 4);
    out.push('-');
    number(out, month, 2);
    out.push('-');
    number(out, day, 2);
    out.push('T');
    number(out, second / 3600, 2);
    out.push(':');
    number(out, second / 60 % 60, 2);
    out.push(':');
    number(out, second % 60, 2);
    out.push('.');
    number(out, micros, 6);
    out.push('Z');
}

/// Year, month and day of a day since 1970-01-01 (Howard Hinnant's `civil_from_days`). A year
/// begins in March here, so that the leap day is its last.
fn date(days: u64) -> (u64, u64, u64) {
    const DAYS_BEFORE_1970: u64 = 719_468; // since 0000-03-01
    const DAYS_PER_ERA: u64 = 146_097; // 400 years
    let days = days + DAYS_BEFORE_1970;
    let era = days / DAYS_PER_ERA;
    let day_of_era = days % DAYS_PER_ERA;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

/// Appends a number with at least `width` digits.
fn number(out: &mut String, number: u64, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number);
    for _ in digits.len()..width {
        out.push('0');
    }
    out.push_str(digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(unix_ns: u64) -> String {
        let mut out = String::new();
        write(&mut out, unix_ns);
        out
    }

    #[test]
    fn known_times() {
        // By `date -u -d @SECONDS`.
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_400, "2000-02-29T00:00:00"),
            (951_868_799, "2000-02-29T23:59:59"),
            (1_078_099_200, "2004-03-01T00:00:00"),
            (1_786_017_600, "2026-08-06T12:00:00"),
            (4_107_542_400, "2100-03-01T00:00:00"),
            (18_446_744_073, "2554-07-21T23:34:33"),
        ] {
            let time = written(seconds * NANOS_PER_SECOND + 1_999);
            assert_eq!(time, format!("{expected}.000001Z"), "{seconds}");
        }
    }

    #[test]
    fn days_follow_each_other() {
        let leap = |year: u64| {
            let by = |n| year.is_multiple_of(n);
            by(4) && (!by(100) || by(400))
        };
        let mut expected = (1970, 1, 1);
        for day in 0..366 * 600 {
            assert_eq!(date(day), expected);
            let (year, month, day) = expected;
            let length = match month {
                2 => 28 + u64::from(leap(year)),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, last) if last == length => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
    }
}
