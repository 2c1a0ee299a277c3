//! Reading everything at once.

use std::collections::BTreeMap;
use std::time::Instant;

use super::super::assembly::{Assembly, Rules};
use super::super::encode::{Format, encode};
use super::super::family::Live;
use super::super::instrument::{self, Reading};
use super::super::snapshot::{Family, Snapshot};
use super::super::source::{Entry, Record};
use super::super::{builtin, operations, own};
use super::naming::Naming;
use super::{Registry, lock};
use crate::callsite;

impl Registry {
    /// Everything, as it is now. Nothing that counts waits meanwhile.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.read(Reading::Scrape, true)
    }

    /// The answer to a scrape: everything in a format, timed for `obs_scrape_duration_seconds`.
    #[must_use]
    pub fn scrape(&self, format: Format) -> Vec<u8> {
        let start = Instant::now();
        let text = encode(&self.snapshot(), format);
        if self.operations {
            own::scraped(start.elapsed());
        }
        text
    }

    /// Everything but what comes from other libraries' registries.
    #[cfg(feature = "interop")]
    pub(crate) fn snapshot_of_own(&self) -> Snapshot {
        self.read(Reading::Scrape, false)
    }

    /// Everything, for the windows: it starts new extremes.
    pub(crate) fn tick(&self) -> Snapshot {
        self.read(Reading::Tick, true)
    }

    fn read(&self, reading: Reading, foreign: bool) -> Snapshot {
        let naming = lock(&self.naming).clone();
        let mut assembly = Assembly::default();
        if self.operations {
            callsite::register_all();
            instrument::register_sets();
            for def in builtin::ALL {
                assembly.reserve(&naming.name(def.name), def.kind.into());
            }
            for mut family in operations::families(reading) {
                naming.rename(&mut family);
                assembly.add_own(family);
            }
        }
        for mut family in self.read_families(reading) {
            naming.rename(&mut family);
            assembly.add_own(family);
        }
        let records = self.read_sources(&mut assembly, &naming, foreign);
        if self.operations {
            for mut family in own::families(assembly.series(), &records, reading) {
                naming.rename(&mut family);
                assembly.add_own(family);
            }
        }
        Snapshot {
            common: naming.common,
            families: assembly.finish(),
        }
    }

    fn read_families(&self, reading: Reading) -> Vec<Family> {
        let families: Vec<_> = lock(&self.families).values().copied().collect();
        let read = |live: &'static dyn Live| own::family(live.def(), live.read(reading));
        families.into_iter().map(read).collect()
    }

    /// Adds what the sources say, and returns how it went with each of them.
    fn read_sources(
        &self,
        assembly: &mut Assembly,
        naming: &Naming,
        foreign: bool,
    ) -> BTreeMap<String, Record> {
        let entries = lock(&self.sources).clone();
        for entry in &entries {
            let is_foreign = entry.is_foreign();
            if !is_foreign || foreign {
                add_source(entry, is_foreign, assembly, naming);
            }
        }
        // After all of them: reading one may have told of another.
        let mut records: BTreeMap<String, Record> = BTreeMap::new();
        for entry in entries {
            let record = records.entry(entry.name.clone()).or_default();
            record.add(entry.record());
        }
        records
    }
}

fn add_source(entry: &Entry, foreign: bool, assembly: &mut Assembly, naming: &Naming) {
    let rules = if foreign { Rules::Foreign } else { Rules::Own };
    for mut family in entry.read() {
        if !foreign {
            naming.rename(&mut family);
        }
        if let Err(refusal) = assembly.add(family, rules) {
            entry.fail(refusal.count, &refusal.reason);
        }
    }
}
