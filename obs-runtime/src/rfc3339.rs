//! Points in time as RFC 3339 writes them.

const NANOS_PER_SECOND: u64 = 1_000_000_000;
const SECONDS_PER_DAY: u64 = 86_400;
/// Since 0000-03-01.
const DAYS_BEFORE_1970: u64 = 719_468;
/// 400 years.
const DAYS_PER_ERA: u64 = 146_097;

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

/// Reads a time: any offset, up to nine digits of a second; a second 60 is the first of the next minute. `None` for
/// what is no time since 1970 that the format can say.
#[cfg(feature = "log")]
pub(crate) fn parse(text: &str) -> Option<u64> {
    let (date, time) = (text.get(..10)?, text.get(11..)?);
    matches!(text.as_bytes().get(10)?, b'T' | b't' | b' ').then_some(())?;
    let (time, offset) = time.split_at(time.find(['Z', 'z', '+', '-'])?);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let days = days([
        field(date, 0..4, 9999)?,
        field(date, 5..7, 12)?,
        field(date, 8..10, 31)?,
    ])?;
    let [hour, minute, second] = [
        field(clock, 0..2, 23)?,
        field(clock, 3..5, 59)?,
        field(clock, 6..8, 60)?,
    ];
    let separators = date.bytes().filter(|byte| *byte == b'-').count() == 2
        && clock.len() == 8
        && clock.bytes().filter(|byte| *byte == b':').count() == 2;
    let second = i64::try_from(days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second).ok()?;
    let second = u64::try_from(second - offset_seconds(offset)?).ok()?;
    let nanos = nanos(fraction)?;
    separators.then_some(())?;
    second.checked_mul(NANOS_PER_SECOND)?.checked_add(nanos)
}

#[cfg(feature = "log")]
fn field(text: &str, at: std::ops::Range<usize>, max: u64) -> Option<u64> {
    let digits = text.get(at)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .parse()
        .ok()
        .filter(|number| is_number && *number <= max)
}

#[cfg(feature = "log")]
fn offset_seconds(offset: &str) -> Option<i64> {
    let sign = match offset.as_bytes().first()? {
        b'Z' | b'z' => return (offset.len() == 1).then_some(0),
        b'-' => -1,
        _ => 1,
    };
    let minutes = field(offset, 1..3, 23)? * 60 + field(offset, 4..6, 59)?;
    let is_whole = offset.len() == 6 && offset.as_bytes().get(3) == Some(&b':');
    is_whole.then_some(sign * i64::try_from(minutes * 60).ok()?)
}

#[cfg(feature = "log")]
fn nanos(fraction: &str) -> Option<u64> {
    let is_number =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        .then(|| format!("{fraction:0<9}").parse().ok())
        .flatten()
}

/// Days since 1970-01-01; the reverse of [`date`].
#[cfg(feature = "log")]
fn days([year, month, day]: [u64; 3]) -> Option<u64> {
    if year < 1970 {
        return None;
    }
    // Of no day is the guess more than a day too far.
    let guess = (year - 1970) * 365 + (year - 1969) / 4 - (year - 1901) / 100 + (year - 1601) / 400;
    let first = (guess.saturating_sub(2)..guess + 3).find(|days| date(*days) == (year, 1, 1))?;
    (first..first + 366).find(|days| date(*days) == (year, month, day))
}

/// Year, month and day of a day since 1970-01-01 (Howard Hinnant's `civil_from_days`). A year
/// begins in March here, so that the leap day is its last.
fn date(days: u64) -> (u64, u64, u64) {
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

/// The number of a day since 1970-01-01 (Howard Hinnant's `days_from_civil`). `None` for one before, or
/// numbers that are no date; a day that the month does not have is one of the next month.
#[cfg(feature = "log")]
pub(crate) fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let shifted_year = year - u64::from(month <= 2);
    let shifted_month = (month + 9) % 12;
    let (era, year_of_era) = (shifted_year / 400, shifted_year % 400);
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * DAYS_PER_ERA + day_of_era).checked_sub(DAYS_BEFORE_1970)
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
            #[cfg(feature = "log")]
            assert_eq!(days(expected.0, expected.1, expected.2), Some(day));
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
