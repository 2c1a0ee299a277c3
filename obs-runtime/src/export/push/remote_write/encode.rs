//! From readings to samples that wait.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::mem::swap;

use rapidhash::quality::RandomState;

use super::super::labels::Rules;
use super::super::samples::Bounds;
use super::record;
use crate::export::delivery::Batch;
use crate::export::interval::{Encode, Reading};

/// Sees to it that the samples of a series are in order, and that it ends where it does.
#[derive(Debug)]
pub(in crate::export::push) struct Samples {
    rules: Rules,
    bounds: Bounds,
    hasher: RandomState,
    /// What identifies the series of this reading, and of the one before.
    now: Batch,
    before: Batch,
    /// The hashes of those of this reading.
    seen: HashSet<u64, RandomState>,
    /// The time of the last sample in milliseconds.
    last_ms: u64,
}

impl Samples {
    pub(in crate::export::push) fn new(rules: Rules) -> Self {
        Self {
            rules,
            bounds: Bounds::default(),
            hasher: RandomState::default(),
            now: Batch::default(),
            before: Batch::default(),
            seen: HashSet::default(),
            last_ms: 0,
        }
    }

    /// Adds the samples of a reading.
    fn add(&mut self, reading: Reading<'_>, unix_ms: u64, batch: &mut Batch) {
        let Self {
            rules,
            bounds,
            hasher,
            now,
            seen,
            ..
        } = self;
        let mut labels = Vec::new();
        for family in &reading.snapshot.families {
            for series in &family.series {
                rules.apply(series, &reading.snapshot.common, &mut labels);
                bounds.samples(&series.value, |sample| {
                    batch.write(|out| {
                        let start = out.len();
                        record::write_series(family, &labels, sample.suffix, sample.bound, out);
                        let identity = out.get(start..).unwrap_or_default();
                        seen.insert(hasher.hash_one(identity));
                        now.push(identity);
                        record::write_number(sample.number, unix_ms, sample.exemplar, out);
                    });
                });
            }
        }
    }

    /// Ends the series that were there before and are not now.
    fn end_missing(&self, unix_ms: u64, batch: &mut Batch) {
        let missing = |identity: &&[u8]| !self.seen.contains(&self.hasher.hash_one(*identity));
        end(self.before.items().filter(missing), unix_ms, batch);
    }

    /// A time for the next samples: receivers take no two of a series at one.
    fn time(&mut self, unix_ns: u64) -> u64 {
        let now = unix_ns / 1_000_000;
        // After the clock was set back by more, it is followed.
        let is_close = now <= self.last_ms && self.last_ms - now < 1000;
        self.last_ms = if is_close { self.last_ms + 1 } else { now };
        self.last_ms
    }
}

impl Encode for Samples {
    fn encode(&mut self, reading: Reading<'_>, batch: &mut Batch) {
        let unix_ms = self.time(reading.unix_ns);
        self.seen.clear();
        self.now.clear();
        self.add(reading, unix_ms, batch);
        self.end_missing(unix_ms, batch);
        if reading.is_last {
            // Later than the last samples, which are worth being seen.
            end(self.now.items(), unix_ms + 1, batch);
        }
        swap(&mut self.before, &mut self.now);
    }
}

fn end<'a>(identities: impl Iterator<Item = &'a [u8]>, unix_ms: u64, batch: &mut Batch) {
    for identity in identities {
        batch.write(|out| {
            out.extend_from_slice(identity);
            record::write_end(unix_ms, out);
        });
    }
}
