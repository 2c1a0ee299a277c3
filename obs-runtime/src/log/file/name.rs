//! What former log files are called: `shop.log.2026-11-21T10-00-00.123Z`, then `.gz`.
//!
//! The time is that at which the file gave way, in UTC and without colons, which other systems do not
//! take in names. So names sort in the order in which the lines were written.

use std::ffi::{OsStr, OsString};

use crate::rfc3339;

/// The end of the name of a compressed file.
const GZIP: &str = ".gz";
/// The end of the name of a file that is being compressed.
const PARTIAL: &str = ".tmp";
/// How many characters a time has: `2026-11-21T10-00-00.123Z`.
const STAMP: usize = 24;

/// What the name of a file says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    /// When it gave way, in milliseconds since 1970.
    pub(super) unix_ms: u64,
    pub(super) form: Form,
}

/// How a former file lies there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it was written.
    Plain,
    /// Compressed.
    Gzip,
    /// Being compressed by this process.
    Partial(u32),
}

impl Name {
    /// The name of a file that gave way to another one at `base`.
    pub(super) fn of(self, base: &OsStr) -> OsString {
        let mut name = base.to_owned();
        name.push(".");
        name.push(stamp(self.unix_ms));
        match self.form {
            Form::Plain => {}
            Form::Gzip => name.push(GZIP),
            Form::Partial(process) => name.push(format!("{GZIP}.{process}{PARTIAL}")),
        }
        name
    }

    /// Reads the name of a file that gave way to another one at `base`. `None` for any other file.
    pub(super) fn read(base: &OsStr, name: &OsStr) -> Option<Self> {
        let rest = name
            .as_encoded_bytes()
            .strip_prefix(base.as_encoded_bytes())?;
        let rest = str::from_utf8(rest).ok()?.strip_prefix('.')?;
        let (stamp, form) = rest.split_at_checked(STAMP)?;
        Some(Self {
            unix_ms: read_stamp(stamp)?,
            form: read_form(form)?,
        })
    }
}

fn read_form(text: &str) -> Option<Form> {
    match text {
        "" => Some(Form::Plain),
        GZIP => Some(Form::Gzip),
        _ => {
            let process = text.strip_prefix(GZIP)?.strip_prefix('.')?;
            let process = process.strip_suffix(PARTIAL)?;
            process.parse().ok().map(Form::Partial)
        }
    }
}

fn stamp(unix_ms: u64) -> String {
    let mut text = String::new();
    rfc3339::write(&mut text, unix_ms.saturating_mul(1_000_000));
    // Six digits of a second, of which a name has three.
    text.truncate(STAMP - 1);
    text.push('Z');
    text.replace(':', "-")
}

/// The time in a name. One that [`stamp`] would write otherwise is no time.
fn read_stamp(text: &str) -> Option<u64> {
    let number = |at: usize, length: usize| text.get(at..at + length)?.parse::<u64>().ok();
    let days = rfc3339::days(number(0, 4)?, number(5, 2)?, number(8, 2)?)?;
    let seconds = days * 86_400 + number(11, 2)? * 3600 + number(14, 2)? * 60 + number(17, 2)?;
    let unix_ms = seconds * 1000 + number(20, 3)?;
    (stamp(unix_ms) == text).then_some(unix_ms)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(name: &str) -> Option<Name> {
        Name::read("shop.log".as_ref(), name.as_ref())
    }

    #[test]
    fn the_time_is_in_the_name() {
        let name = Name {
            unix_ms: 1_786_017_600_123,
            form: Form::Gzip,
        };
        let text = name.of("shop.log".as_ref());
        assert_eq!(text, "shop.log.2026-08-06T12-00-00.123Z.gz");
        assert_eq!(read(text.to_str().unwrap()), Some(name));
    }

    #[test]
    fn other_files_are_left_alone() {
        for name in [
            "shop.log",
            "shop.log.1",
            "shop.log.gz",
            "shop.log.2026-08-06",
            "shop.log.2026-08-06T12-00-00.123Z.bz2",
            "shop.log.2026-08-06T12-00-00.123Z.gz.tmp",
            "shop.log.2026-08-06T12-00-00.123Z.gz.x.tmp",
            "shop.log.2026-02-30T12-00-00.123Z",
            "shop.log.2026-08-06T24-00-00.123Z",
            "shop.log.2026-08-06T12:00:00.123Z",
            "shop.log.2026-13-06T12-00-00.123Z",
            "shop.log.0000-00-00T00-00-00.000Z",
            "shop.log.+026-08-06T12-00-00.123Z",
            "till.log.2026-08-06T12-00-00.123Z",
            "shop.log.ä026-08-06T12-00-00.123Z",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            unix_ms in 0..4_000_000_000_000_u64,
            form in prop_oneof![
                Just(Form::Plain),
                Just(Form::Gzip),
                any::<u32>().prop_map(Form::Partial),
            ],
        ) {
            let name = Name { unix_ms, form };
            let text = name.of("shop.log".as_ref());
            prop_assert_eq!(read(text.to_str().unwrap()), Some(name));
        }

        #[test]
        fn names_sort_by_time(one in 0..4_000_000_000_000_u64, other in 0..4_000_000_000_000_u64) {
            let of = |unix_ms| Name { unix_ms, form: Form::Gzip }.of("shop.log".as_ref());
            prop_assert_eq!(of(one).cmp(&of(other)), one.cmp(&other));
        }

        #[test]
        fn no_name_is_too_odd_to_be_read(name in ".{0,60}") {
            read(&format!("shop.log.{name}"));
        }
    }
}
