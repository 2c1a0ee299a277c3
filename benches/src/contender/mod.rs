//! Who takes part.

mod none;
mod obs;
#[cfg(feature = "peers")]
mod peers;

use crate::case::Case;

/// A contender in a scenario.
#[derive(Debug)]
pub struct Entry {
    /// Its name, with the way it is used where there are several.
    pub contender: &'static str,
    /// The scenario.
    pub scenario: &'static str,
    /// How it is used, for the reader of the table.
    pub how: &'static str,
    /// Prepares the process.
    pub set_up: fn() -> Box<dyn Case>,
}

#[cfg(not(feature = "peers"))]
mod peers {
    pub(super) const GROUPS: &[&[super::Entry]] = &[];
}

const OURS: &[&[Entry]] = &[none::ENTRIES, obs::ENTRIES];

/// Every contender in every scenario.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    let groups = OURS.iter().chain(peers::GROUPS);
    groups.copied().flatten()
}

/// The entry of these names.
#[must_use]
pub fn find(contender: &str, scenario: &str) -> Option<&'static Entry> {
    all()
        .chain(obs::steady::ENTRIES)
        .find(|entry| entry.contender == contender && entry.scenario == scenario)
}

/// Whether a contender is the framework of this repository.
#[must_use]
pub fn is_ours(contender: &str) -> bool {
    contender == "obs" || contender.starts_with("obs-")
}
