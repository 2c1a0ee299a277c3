//! Units: base units only, and the unit is the end of the name.
//!
//! A Prometheus server does not convert, so a program that reports milliseconds and
//! one that reports seconds cannot share a dashboard. The words are those that
//! `promtool check metrics` complains about.

use crate::ascii;
use crate::issue::rule_error;
use crate::suggest::suggest;
use crate::text::{Message, Text};

/// The base units, in the plural as they stand in a name.
pub const BASE_UNITS: &[&str] = &[
    "seconds", "bytes", "ratio", "celsius", "kelvin", "meters", "grams", "joules", "volts",
    "amperes", "moles", "hertz", "watts", "ohms", "pascals",
];

/// What is refused, and the base unit to use instead.
const NON_BASE: &[(&str, &str)] = &[
    ("minutes", "seconds"),
    ("hours", "seconds"),
    ("days", "seconds"),
    ("weeks", "seconds"),
    ("bits", "bytes"),
    ("percent", "ratio"),
    ("percentage", "ratio"),
    ("fahrenheit", "celsius"),
    ("rankine", "celsius"),
    ("kelvins", "kelvin"),
    ("inches", "meters"),
    ("feet", "meters"),
    ("yards", "meters"),
    ("miles", "meters"),
    ("metres", "meters"),
    ("pounds", "grams"),
    ("ounces", "grams"),
    ("calories", "joules"),
];

/// Abbreviations, refused at the end of a name and between other words.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("s", "seconds"),
    ("ms", "seconds"),
    ("us", "seconds"),
    ("ns", "seconds"),
    ("sec", "seconds"),
    ("secs", "seconds"),
    ("millis", "seconds"),
    ("micros", "seconds"),
    ("nanos", "seconds"),
    ("m", "seconds"),
    ("h", "seconds"),
    ("d", "seconds"),
    ("b", "bytes"),
    ("kb", "bytes"),
    ("mb", "bytes"),
    ("gb", "bytes"),
    ("tb", "bytes"),
    ("pb", "bytes"),
    ("kib", "bytes"),
    ("mib", "bytes"),
    ("gib", "bytes"),
];

const PREFIXES: &[&str] = &[
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
    "mebi", "mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
];

/// What is wrong with a unit or with the way a name shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitProblem {
    /// The unit is not a base unit; this is the one to use.
    NotBase(&'static str),
    /// A misspelt base unit; this is the one that was probably meant.
    Misspelt(&'static str),
    /// Not a word of lower-case letters.
    Word,
    /// The name has a unit that is not a base unit: that word and the base unit.
    NotBaseInName(&'static str),
    /// The name ends in another unit: this one.
    Contradiction(&'static str),
    /// The name does not end in the unit.
    Missing,
}

/// A unit that cannot be used, or a name that does not show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitError<'a> {
    /// The metric's name; empty when the unit itself is wrong.
    pub name: &'a str,
    /// The unit; or the word in the name, for [`UnitProblem::NotBaseInName`].
    pub unit: &'a str,
    /// What is wrong.
    pub problem: UnitProblem,
}

rule_error!(UnitError<'a>);

impl UnitError<'_> {
    /// The rule that was broken.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.problem {
            UnitProblem::NotBase(_) | UnitProblem::NotBaseInName(_) => "unit.base",
            UnitProblem::Misspelt(_) => "unit.unknown",
            UnitProblem::Word => "unit.word",
            UnitProblem::Contradiction(_) => "unit.contradiction",
            UnitProblem::Missing => "unit.suffix",
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn message(&self) -> Message {
        let m = Message::new();
        match self.problem {
            UnitProblem::NotBase(_) => m.name(self.unit).str(" is not a base unit"),
            UnitProblem::Misspelt(_) => m.str("unknown unit ").name(self.unit),
            UnitProblem::Word => m
                .str("the unit ")
                .name(self.unit)
                .str(" is not a word of lower-case letters"),
            UnitProblem::NotBaseInName(_) => m
                .name(self.name)
                .str(" contains ")
                .name(self.unit)
                .str(", which is not a base unit"),
            UnitProblem::Contradiction(found) => m
                .name(self.name)
                .str(" ends in ")
                .name(found)
                .str(" but its unit is ")
                .name(self.unit),
            UnitProblem::Missing => m
                .name(self.name)
                .str(" does not end in its unit ")
                .name(self.unit),
        }
    }

    /// What to type instead.
    #[must_use]
    pub const fn help(&self) -> Message {
        let m = Message::new();
        match self.problem {
            UnitProblem::NotBase(base) | UnitProblem::NotBaseInName(base) => {
                m.str("report ").name(base).str(scale(base))
            }
            UnitProblem::Misspelt(base) => m.str("did you mean ").name(base).str("?"),
            UnitProblem::Word => m.str("write a plural such as `seconds`, `bytes` or `requests`"),
            UnitProblem::Contradiction(found) => m
                .str("write `unit = \"")
                .str(found)
                .str("\"` or change the name"),
            UnitProblem::Missing => m
                .str("write ")
                .name(with_unit(self.name, self.unit).as_str()),
        }
    }
}

/// Checks a unit: a base unit, or a countable thing in the plural (`requests`).
///
/// # Errors
/// For a unit that has a base unit (`milliseconds`, `kb`, `percent`), for a misspelt
/// base unit and for anything but lower-case words joined by `_`.
///
/// ```
/// use obs_schema::unit::check_unit;
/// assert!(check_unit("seconds").is_ok());
/// assert!(check_unit("requests").is_ok());
/// assert_eq!(check_unit("ms").unwrap_err().to_string(), "`ms` is not a base unit; report `seconds` as a real number");
/// ```
pub const fn check_unit(unit: &str) -> Result<(), UnitError<'_>> {
    let problem = if !is_word(unit) {
        UnitProblem::Word
    } else if ascii::contains(BASE_UNITS, unit) {
        return Ok(());
    } else if let Some(base) = base_of(unit) {
        UnitProblem::NotBase(base)
    } else if let Some(base) = suggest(unit, BASE_UNITS) {
        UnitProblem::Misspelt(base)
    } else {
        return Ok(());
    };
    Err(UnitError {
        name: "",
        unit,
        problem,
    })
}

/// Checks that a metric's name shows its unit, and only that. An empty `unit` means none was declared.
///
/// # Errors
/// As [`check_unit`]; when the name does not end in the unit (before `_total`), ends in
/// another one, or contains a unit that is not a base unit.
///
/// ```
/// use obs_schema::unit::check_unit_of;
/// assert!(check_unit_of("latency_seconds", "seconds").is_ok());
/// assert_eq!(check_unit_of("latency_seconds", "bytes").unwrap_err().to_string(),
///     "`latency_seconds` ends in `seconds` but its unit is `bytes`; write `unit = \"seconds\"` or change the name");
/// ```
pub const fn check_unit_of<'a>(name: &'a str, unit: &'a str) -> Result<(), UnitError<'a>> {
    if !unit.is_empty()
        && let Err(error) = check_unit(unit)
    {
        return Err(error);
    }
    if let Some((word, base)) = non_base_word(name) {
        return Err(UnitError {
            name,
            unit: word,
            problem: UnitProblem::NotBaseInName(base),
        });
    }
    if unit.is_empty() || ends_in_word(without_total(name), unit) {
        return Ok(());
    }
    let found = unit_in_name(name);
    let problem = if found.is_empty() {
        UnitProblem::Missing
    } else {
        UnitProblem::Contradiction(found)
    };
    Err(UnitError {
        name,
        unit,
        problem,
    })
}

/// The base unit that a metric's name ends in (before `_total`), or an empty string.
///
/// ```
/// use obs_schema::unit::unit_in_name;
/// assert_eq!(unit_in_name("sent_bytes_total"), "bytes");
/// assert_eq!(unit_in_name("orders_total"), "");
/// ```
#[must_use]
pub const fn unit_in_name(name: &str) -> &'static str {
    let name = without_total(name);
    let mut i = 0;
    while i < BASE_UNITS.len() {
        if ends_in_word(name, BASE_UNITS[i]) {
            return BASE_UNITS[i];
        }
        i += 1;
    }
    ""
}

const fn without_total(name: &str) -> &str {
    match ascii::strip_suffix(name, "_total") {
        Some(rest) => rest,
        None => name,
    }
}

const fn ends_in_word(name: &str, word: &str) -> bool {
    match ascii::strip_suffix(name, word) {
        Some(rest) => rest.is_empty() || ascii::ends_with(rest, "_"),
        None => false,
    }
}

const fn is_word(unit: &str) -> bool {
    let bytes = unit.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_lowercase() && (bytes[i] != b'_' || i == 0 || i + 1 == bytes.len()) {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}

/// The base unit for a unit that is not one.
const fn base_of(word: &str) -> Option<&'static str> {
    match lookup(NON_BASE, word) {
        None => match lookup(ABBREVIATIONS, word) {
            None => base_of_scaled(word),
            found => found,
        },
        found => found,
    }
}

/// `milliseconds` is `seconds`, `kilobits` is `bytes`.
const fn base_of_scaled(word: &str) -> Option<&'static str> {
    let mut i = 0;
    while i < PREFIXES.len() {
        if let Some(rest) = ascii::strip_prefix(word, PREFIXES[i]) {
            if let Some(at) = ascii::position(BASE_UNITS, rest) {
                return Some(BASE_UNITS[at]);
            }
            return lookup(NON_BASE, rest);
        }
        i += 1;
    }
    None
}

const fn lookup(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    let mut i = 0;
    while i < table.len() {
        if ascii::eq(table[i].0, word) {
            return Some(table[i].1);
        }
        i += 1;
    }
    None
}

/// The first word of a name that is a unit but not a base unit, and the base unit.
/// The very first word may be an abbreviation: `s3_requests_total` splits into `s3`, but `b_tree_depth` into `b`.
const fn non_base_word(name: &str) -> Option<(&str, &'static str)> {
    let (first, mut rest) = ascii::split_once(name, b'_');
    if let Some(base) = match lookup(NON_BASE, first) {
        None => base_of_scaled(first),
        found => found,
    } {
        return Some((first, base));
    }
    while let Some(words) = rest {
        let (word, tail) = ascii::split_once(words, b'_');
        if let Some(base) = base_of(word) {
            return Some((word, base));
        }
        rest = tail;
    }
    None
}

const fn scale(base: &str) -> &'static str {
    if ascii::eq(base, "seconds") {
        " as a real number"
    } else if ascii::eq(base, "ratio") {
        " from 0 to 1"
    } else {
        ""
    }
}

const fn with_unit(name: &str, unit: &str) -> Text<160> {
    let rest = without_total(name);
    Text::new()
        .str(rest)
        .str("_")
        .str(unit)
        .str(if rest.len() < name.len() {
            "_total"
        } else {
            ""
        })
}

#[cfg(test)]
mod tests;
