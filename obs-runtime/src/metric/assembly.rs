//! Putting families of different origin together, so that no format has to refuse the result.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use obs_schema::def::{MetricDef, MetricKind};
use obs_schema::name::{check_metric, check_metric_label};

use super::family::Live;
use super::operations::Which;
use super::own;
use super::scan::{Labels, Scan, Sink};
use super::snapshot::{Family, Histogram, Kind, Label, Value};

/// Whose rules the names of a family have to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// Ours.
    Own,
    /// Those of Prometheus alone.
    Foreign,
}

/// What could not be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Families or series.
    pub(super) count: u64,
    pub(super) reason: String,
}

/// A family of the result: what is read while it is written, and the series that were handed over.
#[derive(Debug)]
pub(super) struct Entry {
    /// Described by its definition, without the prefix, if there is a body.
    pub(super) body: Option<Body>,
    /// With the series that were handed over.
    pub(super) family: Family,
}

/// Where a family of ours is read from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body {
    Registered(&'static dyn Live),
    Operations(Which),
}

/// Families with distinct names, of series with distinct labels.
#[derive(Debug)]
pub(super) struct Assembly<'a> {
    prefix: &'a str,
    entries: Vec<Entry>,
    /// Every name that a format writes for a family, and the entry that it belongs to. Ours do not clash
    /// with each other, so it is there only if somebody else hands over families.
    taken: Option<HashMap<String, usize>>,
    /// Names of families that are added later.
    reserved: &'a [&'a MetricDef],
    series: usize,
}

impl<'a> Assembly<'a> {
    /// An assembly in the memory of an earlier one.
    pub(super) fn new(
        prefix: &'a str,
        reserved: &'a [&'a MetricDef],
        mut memory: Vec<Entry>,
    ) -> Self {
        memory.clear();
        Self {
            prefix,
            entries: memory,
            taken: None,
            reserved,
            series: 0,
        }
    }

    /// Adds a family of ours: its names and labels were checked when it was registered.
    pub(super) fn add_body(&mut self, def: &'static MetricDef, body: Body, series: usize) {
        if series > 0 {
            let family = own::family(def, Vec::new());
            self.push(Some(body), family, series);
        }
    }

    /// Adds a family of ours that was read already.
    pub(super) fn add_own(&mut self, family: Family) {
        let series = family.series.len();
        if series > 0 {
            self.push(None, family, series);
        }
    }

    fn push(&mut self, body: Option<Body>, family: Family, series: usize) {
        let entry = Entry { body, family };
        if let Some(taken) = &mut self.taken {
            note(&entry, self.prefix, self.entries.len(), taken);
        }
        self.entries.push(entry);
        self.series += series;
    }

    /// Adds a family, or the series that an earlier one of the same name and kind lacks.
    pub(super) fn add(&mut self, mut family: Family, rules: Rules) -> Result<(), Refusal> {
        check_name(&family, rules).map_err(|reason| Refusal { count: 1, reason })?;
        let place = self.place(&family)?;
        let handed_over = family.series.len();
        clean(&mut family, rules);
        let sound = family.series.len();
        let existing = place.and_then(|place| self.entries.get_mut(place));
        let mut seen = existing
            .as_ref()
            .map_or_else(HashSet::new, |existing| existing.label_sets());
        family
            .series
            .retain(|series| seen.insert(canonical(&series.labels)));
        let taken = family.series.len();
        match existing {
            Some(existing) => {
                existing.family.series.append(&mut family.series);
                self.series += taken;
            }
            None => self.add_own(family),
        }
        let (broken, twice) = (handed_over - sound, sound - taken);
        let reason = match (broken, twice) {
            (0, 0) => return Ok(()),
            (0, _) => "a series is there twice",
            _ => "a series has a label or a value that cannot be shown",
        };
        Err(Refusal {
            count: (broken + twice) as u64,
            reason: reason.to_owned(),
        })
    }

    /// The families, sorted by name.
    pub(super) fn finish(mut self) -> Vec<Entry> {
        let prefix = self.prefix;
        self.entries
            .sort_unstable_by(|a, b| a.name(prefix).cmp(b.name(prefix)));
        self.entries
    }

    /// How many series there are.
    pub(super) fn series(&self) -> usize {
        self.series
    }

    /// The entry to continue, if there is one of this name and kind.
    fn place(&mut self, family: &Family) -> Result<Option<usize>, Refusal> {
        let clash = |other: &str| Refusal {
            count: 1,
            reason: format!("`{}` clashes with `{other}`", family.name),
        };
        let prefix = self.prefix;
        let taken = self.taken.get_or_insert_with(|| {
            let mut taken = HashMap::new();
            for def in self.reserved {
                let name = format!("{prefix}{}", def.name);
                let names = names(&name, def.kind.into()).into_iter();
                taken.extend(names.map(|name| (name, RESERVED)));
            }
            for (place, entry) in self.entries.iter().enumerate() {
                note(entry, prefix, place, &mut taken);
            }
            taken
        });
        let mut found = None;
        for name in names(&family.name, family.kind) {
            let Some(&place) = taken.get(&name) else {
                continue;
            };
            let same = self.entries.get(place).filter(|other| {
                other.family.kind == family.kind && other.name(prefix).eq(family.name.bytes())
            });
            if same.is_none() {
                return Err(clash(&name));
            }
            found = Some(place);
        }
        Ok(found)
    }
}

/// The place of what is added later: nobody continues it.
const RESERVED: usize = usize::MAX;

fn note(entry: &Entry, prefix: &str, place: usize, taken: &mut HashMap<String, usize>) {
    let name = match entry.body {
        Some(_) => format!("{prefix}{}", entry.family.name),
        None => entry.family.name.to_string(),
    };
    for name in names(&name, entry.family.kind) {
        taken.entry(name).or_insert(place);
    }
}

impl Entry {
    /// The full name.
    fn name<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = u8> + 'a {
        let prefix = if self.body.is_some() { prefix } else { "" };
        prefix.bytes().chain(self.family.name.bytes())
    }

    /// The labels of all series that are there.
    fn label_sets(&self) -> HashSet<Vec<Label>> {
        let handed_over = self.family.series.iter();
        let mut all = LabelSets(
            handed_over
                .map(|series| canonical(&series.labels))
                .collect(),
        );
        if let Some(Body::Registered(live)) = self.body {
            live.visit(
                &self.family,
                &mut Scan::default(),
                &mut Value::Info,
                &mut all,
            );
        }
        all.0
    }
}

/// Takes down the labels of series.
struct LabelSets(HashSet<Vec<Label>>);

impl Sink for LabelSets {
    fn family(&mut self, _: &Family) {}

    fn names(&mut self, _: &dyn Fn(&str) -> bool) {}

    fn series(&mut self, _: &Family, labels: Labels<'_>, _: &Value) {
        self.0.insert(canonical(&labels.to_vec()));
    }
}

/// The labels in an order that does not depend on who wrote them. An empty value is no label.
fn canonical(labels: &[Label]) -> Vec<Label> {
    let labels = labels.iter();
    let mut labels: Vec<Label> = labels
        .filter(|label| !label.1.is_empty())
        .cloned()
        .collect();
    labels.sort();
    labels
}

/// Every name that one of the formats writes for a family.
fn names(name: &str, kind: Kind) -> Vec<String> {
    let with = |base: &str, suffixes: &[&str]| -> Vec<String> {
        suffixes
            .iter()
            .map(|suffix| format!("{base}{suffix}"))
            .collect()
    };
    match kind {
        Kind::Counter => {
            let base = name.strip_suffix("_total").unwrap_or(name);
            with(base, &["", "_total", "_created"])
        }
        Kind::Info => with(name.strip_suffix("_info").unwrap_or(name), &["", "_info"]),
        Kind::Histogram => with(name, &["", "_bucket", "_sum", "_count", "_created"]),
        Kind::Summary => with(name, &["", "_sum", "_count", "_created"]),
        Kind::Gauge => with(name, &[""]),
    }
}

fn check_name(family: &Family, rules: Rules) -> Result<(), String> {
    if rules == Rules::Foreign {
        return if is_word(&family.name, true) {
            Ok(())
        } else {
            Err(format!("`{}` is no metric name", family.name))
        };
    }
    let kind = match family.kind {
        Kind::Counter => MetricKind::Counter,
        Kind::Gauge => MetricKind::Gauge,
        Kind::Histogram => MetricKind::Histogram,
        Kind::Summary => MetricKind::Summary,
        Kind::Info => MetricKind::Info,
    };
    check_metric(&family.name, kind).map_err(|error| error.to_string())
}

/// Removes the series that no format can show.
fn clean(family: &mut Family, rules: Rules) {
    let kind = family.kind;
    family.series.retain(|series| {
        let mut names: HashSet<&Cow<'static, str>> = HashSet::new();
        fits(kind, &series.value)
            && series
                .labels
                .iter()
                .all(|(name, _)| names.insert(name) && is_label(name, rules))
    });
}

fn is_label(name: &str, rules: Rules) -> bool {
    match rules {
        Rules::Own => check_metric_label(name).is_ok(),
        Rules::Foreign => {
            is_word(name, false) && !name.starts_with("__") && name != "le" && name != "quantile"
        }
    }
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`, and `:` as well if `colon`.
fn is_word(name: &str, colon: bool) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || (colon && byte == b':');
    name.bytes().next().is_some_and(letter)
        && name
            .bytes()
            .all(|byte| letter(byte) || byte.is_ascii_digit())
}

fn fits(kind: Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Counter, Value::FloatCounter(value)) => value.is_finite() && *value >= 0.0,
        (Kind::Histogram, Value::Histogram(histogram)) => is_sound(histogram),
        (Kind::Counter, Value::Counter(_))
        | (Kind::Gauge, Value::Gauge(_))
        | (Kind::Summary, Value::Summary(_))
        | (Kind::Info, Value::Info) => true,
        _ => false,
    }
}

fn is_sound(histogram: &Histogram) -> bool {
    histogram.counts.len() == histogram.bounds.len() + 1
        && histogram.counts.is_sorted()
        && histogram.bounds.is_sorted_by(|a, b| a < b)
        && histogram.bounds.iter().all(|bound| bound.is_finite())
}
