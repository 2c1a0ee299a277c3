//! Putting families of different origin together, so that no format has to refuse the result.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use obs_schema::def::MetricKind;
use obs_schema::name::{check_metric, check_metric_label};

use super::snapshot::{Family, Histogram, Kind, Label, Series, Value};

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

/// Families with distinct names, of series with distinct labels.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    families: Vec<Family>,
    /// Every name that a format writes for a family, and the family that it belongs to.
    taken: HashMap<String, usize>,
    reserved: HashSet<String>,
}

impl Assembly {
    /// Keeps the names of a family that is added later.
    pub(super) fn reserve(&mut self, name: &str, kind: Kind) {
        self.reserved.extend(names(name, kind));
    }

    /// Adds a family of ours: its names and labels were checked when it was registered.
    pub(super) fn add_own(&mut self, family: Family) {
        if !family.series.is_empty() {
            let place = self.families.len();
            for name in names(&family.name, family.kind) {
                self.taken.insert(name, place);
            }
            self.families.push(family);
        }
    }

    /// Adds a family, or the series that an earlier one of the same name and kind lacks.
    pub(super) fn add(&mut self, mut family: Family, rules: Rules) -> Result<(), Refusal> {
        check_name(&family, rules).map_err(|reason| Refusal { count: 1, reason })?;
        let place = self.place(&family)?;
        let handed_over = family.series.len();
        clean(&mut family, rules);
        let sound = family.series.len();
        let existing = place.and_then(|place| self.families.get_mut(place));
        let mut seen = existing.as_ref().map_or_else(HashSet::new, |existing| {
            existing.series.iter().map(canonical).collect()
        });
        family
            .series
            .retain(|series| seen.insert(canonical(series)));
        let twice = sound - family.series.len();
        match existing {
            Some(existing) => existing.series.append(&mut family.series),
            None => self.add_own(family),
        }
        let broken = handed_over - sound;
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

    /// The families, sorted by name, their series by labels.
    pub(super) fn finish(mut self) -> Vec<Family> {
        self.families.sort_by(|a, b| a.name.cmp(&b.name));
        for family in &mut self.families {
            family.series.sort_by(|a, b| a.labels.cmp(&b.labels));
        }
        self.families
    }

    /// How many series there are.
    pub(super) fn series(&self) -> usize {
        self.families.iter().map(|family| family.series.len()).sum()
    }

    /// The family to continue, if there is one of this name and kind.
    fn place(&self, family: &Family) -> Result<Option<usize>, Refusal> {
        let clash = |other: &str| Refusal {
            count: 1,
            reason: format!("`{}` clashes with `{other}`", family.name),
        };
        let mut found = None;
        for name in names(&family.name, family.kind) {
            if self.reserved.contains(&name) {
                return Err(clash(&name));
            }
            if let Some(&place) = self.taken.get(&name) {
                let same = self
                    .families
                    .get(place)
                    .filter(|other| other.name == family.name && other.kind == family.kind);
                if same.is_none() {
                    return Err(clash(&name));
                }
                found = Some(place);
            }
        }
        Ok(found)
    }
}

/// The labels in an order that does not depend on who wrote them. An empty value is no label.
fn canonical(series: &Series) -> Vec<Label> {
    let labels = series.labels.iter();
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
