//! Reading everything at once.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::mem::take;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use super::super::assembly::{Assembly, Body, Entry, Rules};
use super::super::encode::{Encoder, Format};
use super::super::family::Live;
use super::super::operations::{Operations, Which};
use super::super::scan::{Labels, Reading, Scan, Sink};
use super::super::snapshot::{Family, Kind, Series, Snapshot, Value};
use super::super::source::{self, Record};
use super::super::{builtin, instrument, own};
use super::naming::Naming;
use super::{Registry, lock};
use crate::callsite;
use crate::hot::alone::alone;

/// Bytes that a scrape hands on at once.
pub(crate) const PIECE: usize = 64 * 1024;
/// How far a piece may be filled before it is handed on: most series fit in the rest.
const FULL: usize = PIECE - 8 * 1024;
/// Readings whose memory is kept.
const READINGS: usize = 2;

/// What a reading needs, kept for the next one.
#[derive(Debug)]
pub(super) struct Memory {
    live: Vec<&'static dyn Live>,
    entries: Vec<Entry>,
    operations: Operations,
    scan: Scan,
    /// The value of the present series: of a histogram, a summary, anything else.
    values: [Value; 3],
    header: Family,
    encoder: Encoder,
    piece: Vec<u8>,
}

impl Registry {
    /// Everything, as it is now. Nothing that counts waits meanwhile.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.read(Reading::Scrape, true)
    }

    /// The answer to a scrape: everything in a format, timed for `obs_scrape_duration_seconds`.
    ///
    /// The series of a family stand in the order in which they were created.
    #[must_use]
    pub fn scrape(&self, format: Format) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.last_length.load(Relaxed));
        // Writing to memory does not fail.
        let _ = self.scrape_to(format, &mut text);
        // A little more than this time: numbers grow.
        self.last_length
            .store(text.len() + text.len() / 64, Relaxed);
        text
    }

    /// The same for a writer, which gets pieces of about 64 KiB as soon as they are there and may take
    /// its time: nothing that counts waits for it. Whatever the number of series, what is held in memory
    /// is one piece, and what annotated functions have counted.
    ///
    /// ```
    /// use obs_runtime::metric::Registry;
    /// use obs_runtime::metric::encode::Format;
    ///
    /// let mut file = tempfile::tempfile()?;
    /// Registry::global().scrape_to(Format::OPENMETRICS, &mut file)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the writer. The rest is left out then.
    pub fn scrape_to(&self, format: Format, to: &mut dyn Write) -> io::Result<()> {
        let start = Instant::now();
        let naming = self.naming();
        let mut memory = self.borrow_memory();
        memory.encoder.renew(format, &naming.common);
        let mut exposition = Exposition {
            encoder: std::mem::replace(&mut memory.encoder, Encoder::new(format, &[])),
            piece: take(&mut memory.piece),
            to,
            result: Ok(()),
        };
        self.walk(&naming, Reading::Scrape, true, &mut memory, &mut exposition);
        exposition.encoder.write_end(&mut exposition.piece);
        exposition.flush();
        let Exposition {
            encoder,
            piece,
            result,
            ..
        } = exposition;
        (memory.encoder, memory.piece) = (encoder, piece);
        self.keep_memory(memory);
        if self.operations {
            own::scraped(start.elapsed());
        }
        result
    }

    /// Everything but what comes from other libraries' registries.
    #[cfg(feature = "interop")]
    pub(crate) fn snapshot_of_own(&self) -> Snapshot {
        self.read(Reading::Scrape, false)
    }

    /// Everything, for exporters: with the extremes since the start.
    #[cfg(feature = "export")]
    pub(crate) fn snapshot_to_export(&self) -> Snapshot {
        self.read(Reading::Export, true)
    }

    /// Everything, for the windows: it starts new extremes.
    pub(crate) fn tick(&self) -> Snapshot {
        self.read(Reading::Tick, true)
    }

    fn read(&self, reading: Reading, foreign: bool) -> Snapshot {
        let naming = self.naming();
        let mut memory = self.borrow_memory();
        let mut families = Families(Vec::new());
        self.walk(&naming, reading, foreign, &mut memory, &mut families);
        self.keep_memory(memory);
        for family in &mut families.0 {
            family.series.sort_by(|a, b| a.labels.cmp(&b.labels));
        }
        Snapshot {
            common: naming.common.clone(),
            families: families.0,
        }
    }

    fn borrow_memory(&self) -> Memory {
        lock(&self.memory).pop().unwrap_or_else(Memory::new)
    }

    fn keep_memory(&self, memory: Memory) {
        let mut kept = lock(&self.memory);
        if kept.len() < READINGS {
            kept.push(memory);
        }
    }

    /// Tells `sink` of everything, the families sorted by name. No lock is held meanwhile.
    fn walk(
        &self,
        naming: &Naming,
        reading: Reading,
        foreign: bool,
        memory: &mut Memory,
        sink: &mut dyn Sink,
    ) {
        memory.scan.start(reading);
        let reserved = if self.operations { builtin::ALL } else { &[] };
        let mut assembly = Assembly::new(&naming.prefix, reserved, take(&mut memory.entries));
        if self.operations {
            callsite::register_all();
            instrument::register_sets();
            memory.operations.read(&memory.scan);
            for which in Which::ALL {
                let series = memory.operations.count(which);
                assembly.add_body(which.def(), Body::Operations(which), series);
            }
        }
        memory.live.clear();
        alone(|| memory.live.extend(lock(&self.families).values()));
        for &live in &memory.live {
            assembly.add_body(live.def(), Body::Registered(live), live.count());
        }
        let records = self.read_sources(&mut assembly, naming, foreign);
        if self.operations {
            for mut family in own::families(assembly.series(), &records, &mut memory.scan) {
                naming.rename(&mut family);
                assembly.add_own(family);
            }
        }
        let entries = assembly.finish();
        for entry in &entries {
            memory.tell(entry, &naming.prefix, sink);
        }
        memory.entries = entries;
        memory.entries.clear();
    }

    /// Adds what the sources say, and returns how it went with each of them.
    fn read_sources(
        &self,
        assembly: &mut Assembly<'_>,
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

fn add_source(entry: &source::Entry, foreign: bool, assembly: &mut Assembly<'_>, naming: &Naming) {
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

impl Memory {
    fn new() -> Self {
        Self {
            live: Vec::new(),
            entries: Vec::new(),
            operations: Operations::default(),
            scan: Scan::default(),
            values: [Value::Info, Value::Info, Value::Info],
            header: Family {
                name: String::new().into(),
                help: "".into(),
                kind: Kind::Info,
                unit: "".into(),
                series: Vec::new(),
            },
            encoder: Encoder::new(Format::TEXT, &[]),
            piece: Vec::new(),
        }
    }

    /// Tells `sink` of one family.
    fn tell(&mut self, entry: &Entry, prefix: &str, sink: &mut dyn Sink) {
        let header = match entry.body {
            Some(body) => {
                self.describe(&entry.family, prefix);
                sink.family(&self.header);
                self.scan.cells.start();
                let scan = &mut self.scan;
                let [histogram, summary, other] = &mut self.values;
                let value = match self.header.kind {
                    Kind::Histogram => histogram,
                    Kind::Summary => summary,
                    Kind::Counter | Kind::Gauge | Kind::Info => other,
                };
                match body {
                    Body::Registered(live) => live.visit(&self.header, scan, value, sink),
                    Body::Operations(which) => {
                        self.operations.visit(which, &self.header, value, sink);
                    }
                }
                &self.header
            }
            None => {
                sink.family(&entry.family);
                &entry.family
            }
        };
        for series in &entry.family.series {
            sink.names(&|name| series.label(name).is_some());
            let labels = Labels {
                encoded: &[],
                plain: &series.labels,
            };
            sink.series(header, labels, &series.value);
        }
    }

    /// Makes the header that of `family`, with its full name.
    fn describe(&mut self, family: &Family, prefix: &str) {
        let name = self.header.name.to_mut();
        name.clear();
        name.push_str(prefix);
        name.push_str(&family.name);
        self.header.help = family.help.clone();
        self.header.kind = family.kind;
        self.header.unit = family.unit.clone();
    }
}

/// Writes what it is told of.
struct Exposition<'a> {
    encoder: Encoder,
    piece: Vec<u8>,
    to: &'a mut dyn Write,
    result: io::Result<()>,
}

impl Exposition<'_> {
    fn flush(&mut self) {
        if self.result.is_ok() {
            self.result = self.to.write_all(&self.piece);
        }
        self.piece.clear();
    }
}

impl Sink for Exposition<'_> {
    fn family(&mut self, family: &Family) {
        self.encoder.family(family, &mut self.piece);
    }

    fn names(&mut self, has: &dyn Fn(&str) -> bool) {
        self.encoder.names(has);
    }

    fn series(&mut self, family: &Family, labels: Labels<'_>, value: &Value) {
        if self.result.is_err() {
            return;
        }
        self.encoder
            .labelled(family, labels, value, &mut self.piece);
        if self.piece.len() >= FULL {
            self.flush();
        }
    }
}

/// Keeps what it is told of.
struct Families(Vec<Family>);

impl Sink for Families {
    fn family(&mut self, family: &Family) {
        self.0.push(Family {
            name: family.name.clone(),
            help: family.help.clone(),
            kind: family.kind,
            unit: family.unit.clone(),
            series: Vec::new(),
        });
    }

    fn names(&mut self, _: &dyn Fn(&str) -> bool) {}

    fn series(&mut self, _: &Family, labels: Labels<'_>, value: &Value) {
        if let Some(family) = self.0.last_mut() {
            family.series.push(Series {
                labels: labels.to_vec(),
                value: value.clone(),
            });
        }
    }
}
