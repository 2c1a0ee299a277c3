//! Sizes in bytes: `"10MiB"`, `"1.5GB"`.

use super::decimal;
use crate::ascii;
use crate::issue::rule_error;
use crate::suggest::suggest;
use crate::text::Message;

/// The units of a size: decimal ones of 1,000 and binary ones of 1,024.
pub const SIZE_UNITS: &[&str] = &["B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"];

/// Bytes in each of [`SIZE_UNITS`].
const BYTES: &[u64] = &[
    1,
    1_000,
    1_000_000,
    1_000_000_000,
    1_000_000_000_000,
    1 << 10,
    1 << 20,
    1 << 30,
    1 << 40,
];

/// What is wrong with a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeProblem {
    /// It does not begin with a number.
    NotANumber,
    /// A number without a unit.
    MissingUnit,
    /// A unit that is not one of [`SIZE_UNITS`]; and the one that was probably meant.
    UnknownUnit(Option<&'static str>),
    /// It does not fit in 64 bits.
    Overflow,
}

/// A size that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeError<'a> {
    /// The text as it was given.
    pub text: &'a str,
    /// The unit in it.
    pub unit: &'a str,
    /// What is wrong.
    pub problem: SizeProblem,
}

rule_error!(SizeError<'a>);

impl SizeError<'_> {
    /// The rule that was broken.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.problem {
            SizeProblem::NotANumber => "size.syntax",
            SizeProblem::MissingUnit => "size.unit_missing",
            SizeProblem::UnknownUnit(_) => "size.unit_unknown",
            SizeProblem::Overflow => "size.range",
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn message(&self) -> Message {
        let m = Message::new();
        match self.problem {
            SizeProblem::NotANumber => m.name(self.text).str(" is not a size"),
            SizeProblem::MissingUnit => m.str("the size ").name(self.text).str(" has no unit"),
            SizeProblem::UnknownUnit(_) => m
                .str("unknown unit ")
                .name(self.unit)
                .str(" in ")
                .name(self.text),
            SizeProblem::Overflow => m.str("the size ").name(self.text).str(" is too large"),
        }
    }

    /// What to type instead.
    #[must_use]
    pub const fn help(&self) -> Message {
        let m = Message::new();
        match self.problem {
            SizeProblem::NotANumber => m.str("write a number and a unit, such as `\"10MiB\"`"),
            SizeProblem::MissingUnit => m
                .str("write `\"")
                .str(self.text)
                .str("B\"` or `\"")
                .str(self.text)
                .str("MiB\"`"),
            SizeProblem::UnknownUnit(None) => m.str("the units are ").names(SIZE_UNITS),
            SizeProblem::UnknownUnit(Some(meant)) => m
                .str("write ")
                .name(meant)
                .str(", the units are ")
                .names(SIZE_UNITS),
            SizeProblem::Overflow => m.str("the largest is `\"16777215TiB\"`"),
        }
    }
}

/// Reads a size in bytes. A part below one byte is cut off.
///
/// # Errors
/// For anything but a number and one of [`SIZE_UNITS`], and beyond 64 bits.
///
/// ```
/// use obs_schema::value::parse_size;
/// assert_eq!(parse_size("10MiB"), Ok(10 * 1024 * 1024));
/// assert_eq!(parse_size("1.5kB"), Ok(1500));
/// assert_eq!(parse_size("10").unwrap_err().to_string(), r#"the size `10` has no unit; write `"10B"` or `"10MiB"`"#);
/// ```
pub const fn parse_size(text: &str) -> Result<u64, SizeError<'_>> {
    let (number, unit) = match decimal::read(text) {
        Ok(read) => read,
        Err(overflow) => {
            let problem = if overflow {
                SizeProblem::Overflow
            } else {
                SizeProblem::NotANumber
            };
            return Err(SizeError {
                text,
                unit: "",
                problem,
            });
        }
    };
    let problem = match scale_of(unit) {
        Err(problem) => problem,
        Ok(scale) => match number.times(scale) {
            Some((bytes, _)) if bytes <= u64::MAX as u128 => return Ok(bytes as u64),
            _ => SizeProblem::Overflow,
        },
    };
    Err(SizeError {
        text,
        unit,
        problem,
    })
}

/// Writes a size so that [`parse_size`] reads the same one, in the largest unit that fits exactly.
///
/// ```
/// use obs_schema::value::format_size;
/// assert_eq!(format_size(32 << 20), "32MiB");
/// assert_eq!(format_size(1500), "1500B");
/// ```
#[must_use]
pub fn format_size(bytes: u64) -> String {
    let fits = |&(_, &scale): &(usize, &u64)| bytes >= scale && bytes.is_multiple_of(scale);
    let best = BYTES
        .iter()
        .enumerate()
        .filter(fits)
        .max_by_key(|&(_, &scale)| scale);
    best.map_or_else(
        || "0B".to_owned(),
        |(unit, &scale)| format!("{}{}", bytes / scale, SIZE_UNITS[unit]),
    )
}

const fn scale_of(unit: &str) -> Result<u64, SizeProblem> {
    if unit.is_empty() {
        return Err(SizeProblem::MissingUnit);
    }
    match ascii::position(SIZE_UNITS, unit) {
        Some(at) => Ok(BYTES[at]),
        // `K` and `M` alone are read as powers of 1,000 by some and of 1,024 by others.
        None if unit.len() == 1 => Err(SizeProblem::UnknownUnit(None)),
        None => Err(SizeProblem::UnknownUnit(suggest(unit, SIZE_UNITS))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const _: () = assert!(matches!(parse_size("1KiB"), Ok(1024)));

    fn error(text: &str) -> String {
        parse_size(text).unwrap_err().to_string()
    }

    #[test]
    fn every_unit() {
        for (unit, bytes) in SIZE_UNITS.iter().zip(BYTES) {
            assert_eq!(parse_size(&format!("3{unit}")), Ok(3 * bytes));
        }
        assert_eq!(parse_size("0.5B"), Ok(0));
    }

    #[test]
    fn what_is_not_a_size() {
        assert_eq!(
            error("big"),
            r#"`big` is not a size; write a number and a unit, such as `"10MiB"`"#
        );
        assert_eq!(
            error(""),
            r#"`` is not a size; write a number and a unit, such as `"10MiB"`"#
        );
        assert_eq!(
            error("-1B"),
            r#"`-1B` is not a size; write a number and a unit, such as `"10MiB"`"#
        );
        assert_eq!(
            error("10mib"),
            "unknown unit `mib` in `10mib`; write `MiB`, the units are `B`, `kB`, `MB`, `GB`, `TB`, `KiB`, `MiB`, `GiB`, `TiB`",
        );
        assert!(error("10M").starts_with("unknown unit `M` in `10M`; the units are"));
        assert_eq!(
            parse_size("16777216TiB").unwrap_err().problem,
            SizeProblem::Overflow
        );
        assert_eq!(
            parse_size("1".repeat(60).as_str()).unwrap_err().problem,
            SizeProblem::Overflow
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut bytes = 1u64;
        for step in 0..20_000u64 {
            bytes = bytes
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let size = (bytes >> (step % 64)) << (step % 30);
            assert_eq!(parse_size(&format_size(size)), Ok(size));
        }
        assert_eq!(parse_size(&format_size(0)), Ok(0));
    }
}
