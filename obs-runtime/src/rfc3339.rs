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
    each(unix_ns, |ascii| out.push(char::from(ascii)));
}

/// Gives each character of what [`write`] appends, all of them ASCII.
pub(crate) fn each(unix_ns: u64, mut push: impl FnMut(u8)) {
    let seconds = unix_ns / NANOS_PER_SECOND;
    let micros = unix_ns % NANOS_PER_SECOND / 1000;
    let (year, month, day) = date(seconds / SECONDS_PER_DAY);
    let second = seconds % SECONDS_PER_DAY;
    let parts = [
        (year, 4, b'-'),
        (month, 2, b'-'),
        (day, 2, b'T'),
        (second / 3600, 2, b':'),
        (second / 60 % 60, 2, b':'),
        (second % 60, 2, b'.'),
        (micros, 6, b'Z'),
    ];
    for (value, digits, behind) in parts {
        number(&mut push, value, digits);
        push(behind);
    }
}

/// Reads a time, in nanoseconds since 1970: `2026-08-06T12:00:00Z`, with or without a fraction of the second,
/// or with a difference from UTC such as `+02:00`. `None` for anything else, and for times before 1970.
#[cfg(feature = "log")]
pub(crate) fn read(text: &str) -> Option<u64> {
    let (date, time) = text.split_at_checked(10)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let days = days(year, month, day).filter(|days| self::date(*days) == (year, month, day))?;
    let (time, rest) = time.strip_prefix(['T', 't', ' '])?.split_at_checked(8)?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (nanos, zone) = fraction(rest)?;
    let seconds = days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    let seconds = seconds.checked_add_signed(-ahead_of_utc(zone)?)?;
    seconds.checked_mul(NANOS_PER_SECOND)?.checked_add(nanos)
}

/// Three numbers of so many digits.
#[cfg(feature = "log")]
fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[u64; 3]> {
    let mut parts = text.split(between);
    let mut numbers = [0; 3];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = is_number.then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(numbers)
}

/// The nanoseconds of a fraction of a second, and what is behind it. Digits beyond the ninth do not count.
#[cfg(feature = "log")]
fn fraction(text: &str) -> Option<(u64, &str)> {
    let Some(digits) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let end = digits.find(|c: char| !c.is_ascii_digit())?;
    let (digits, rest) = digits.split_at_checked(end)?;
    let number: u64 = digits.get(..digits.len().min(9))?.parse().ok()?;
    let missing = 9_u32.saturating_sub(u32::try_from(digits.len()).ok()?);
    Some((number * 10_u64.pow(missing), rest))
}

/// By how many seconds the clock of a zone is ahead of UTC.
#[cfg(feature = "log")]
fn ahead_of_utc(zone: &str) -> Option<i64> {
    if zone == "Z" || zone == "z" {
        return Some(0);
    }
    let (sign, time) = zone.split_at_checked(1)?;
    let [hours, minutes, _] = numbers(&format!("{time}:00"), ':', [2, 2, 2])?;
    let seconds = i64::try_from(hours * 3600 + minutes * 60).ok()?;
    match sign {
        _ if hours > 23 || minutes > 59 => None,
        "+" => Some(seconds),
        "-" => Some(-seconds),
        _ => None,
    }
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
fn number(push: &mut impl FnMut(u8), number: u64, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number);
    for _ in digits.len()..width {
        push(b'0');
    }
    digits.bytes().for_each(push);
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

    #[cfg(feature = "log")]
    #[test]
    fn times_are_read() {
        const NOON: u64 = 1_786_017_600 * NANOS_PER_SECOND;
        for (text, expected) in [
            ("2026-08-06T12:00:00Z", NOON),
            ("2026-08-06 14:30:00.5+02:30", NOON + NANOS_PER_SECOND / 2),
            ("2026-08-06t07:00:00.123456789123-05:00", NOON + 123_456_789),
            ("1970-01-01T00:00:00z", 0),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
            assert_eq!(read(&written(expected)), Some(expected / 1000 * 1000));
        }
        for text in [
            "",
            "2026-08-06",
            "2026-08-06T12:00:00",
            "2026-08-06T12:00:00.Z",
            "2026-08-06T12:00Z",
            "2026-02-29T12:00:00Z",
            "2026-8-6T12:00:00Z",
            "2026-08-06T24:00:00Z",
            "2026-08-06T12:00:00+2:00",
            "2026-08-06T12:00:00+02:60",
            "2026-08-06T12:00:00*02:00",
            "1970-01-01T00:00:00+00:01",
            "1969-12-31T23:59:59Z",
            "9999-12-31T23:59:59Z",
            "2026-08-06ä12:00:00Z",
            "2026-+8-06T12:00:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
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
