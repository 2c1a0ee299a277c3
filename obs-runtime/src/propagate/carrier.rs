//! What holds headers.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

/// Something that headers can be read from.
pub trait Carrier {
    /// Every value of the header `name`, in the order received. `name` is in lower case, and upper
    /// and lower case are the same.
    fn values<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]>;
}

/// Something that headers can be written to.
pub trait CarrierMut {
    /// Sets a header, in the place of all its former values. `name` is in lower case, `value`
    /// visible ASCII and spaces.
    fn set(&mut self, name: &'static str, value: &str);

    /// Removes every value of a header.
    fn remove(&mut self, name: &'static str);
}

impl<S: BuildHasher> Carrier for HashMap<String, String, S> {
    fn values<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        named(self, name)
    }
}

impl<S: BuildHasher> CarrierMut for HashMap<String, String, S> {
    fn set(&mut self, name: &'static str, value: &str) {
        CarrierMut::remove(self, name);
        self.insert(name.to_owned(), value.to_owned());
    }

    fn remove(&mut self, name: &'static str) {
        self.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }
}

impl Carrier for BTreeMap<String, String> {
    fn values<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        named(self, name)
    }
}

impl CarrierMut for BTreeMap<String, String> {
    fn set(&mut self, name: &'static str, value: &str) {
        CarrierMut::remove(self, name);
        self.insert(name.to_owned(), value.to_owned());
    }

    fn remove(&mut self, name: &'static str) {
        self.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }
}

fn named<'a>(
    map: impl IntoIterator<Item = (&'a String, &'a String)>,
    name: &'static str,
) -> impl Iterator<Item = &'a [u8]> {
    map.into_iter()
        .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_bytes())
}

/// The value of a header that occurs once, without the white space around it.
pub(super) fn single<'a>(carrier: &'a impl Carrier, name: &'static str) -> Once<'a> {
    let mut values = carrier.values(name);
    match (values.next(), values.next()) {
        (None, _) => Once::Absent,
        (Some(value), None) => match std::str::from_utf8(value) {
            Ok(value) => Once::Value(value.trim_matches([' ', '\t'])),
            Err(_) => Once::Malformed,
        },
        (Some(_), Some(_)) => Once::Malformed,
    }
}

/// A header that must not occur twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Once<'a> {
    Absent,
    Value(&'a str),
    /// Twice, or no text.
    Malformed,
}

impl<'a> Once<'a> {
    pub(super) fn value(self) -> Option<&'a str> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Malformed => None,
        }
    }
}
