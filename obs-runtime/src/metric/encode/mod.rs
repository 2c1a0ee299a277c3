//! Snapshots in the formats of Prometheus.
//!
//! ```
//! use obs_runtime::metric::Registry;
//! use obs_runtime::metric::encode::{Format, encode};
//!
//! let registry = Registry::new();
//! registry.register_gauge("queue_depth", "Jobs that wait.", "", &[("queue", "mail")], || 3.0);
//! let text = encode(&registry.snapshot(), Format::OPENMETRICS);
//! assert_eq!(String::from_utf8(text).unwrap(), "\
//! ## TYPE queue_depth gauge
//! ## HELP queue_depth Jobs that wait.
//! queue_depth{queue=\"mail\"} 3
//! ## EOF
//! ");
//! ```

pub(crate) mod escape;
mod line;
mod negotiate;
mod number;
mod openmetrics;
#[cfg(test)]
mod tests;
mod text;

use line::Lines;

use super::scan::Labels;
use super::snapshot::{Family, Label, Series, Snapshot, Value};

/// An exposition format, as [`negotiate`](Format::negotiate) chooses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Format {
    syntax: Syntax,
    escaping: Option<Escaping>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Syntax {
    Text004,
    Text100,
    OpenMetrics,
}

/// How names that are not words are written. There are none here, so this only has to be repeated
/// to the scraper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Escaping {
    AllowUtf8,
    Underscores,
    Values,
}

impl Format {
    /// The Prometheus text format 0.0.4, which everybody reads.
    pub const TEXT: Self = Self {
        syntax: Syntax::Text004,
        escaping: None,
    };

    /// OpenMetrics 1.0, which has units and exemplars.
    pub const OPENMETRICS: Self = Self {
        syntax: Syntax::OpenMetrics,
        escaping: None,
    };

    /// The value of the header `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match (self.syntax, self.escaping) {
            (Syntax::Text004, _) => "text/plain; version=0.0.4; charset=utf-8",
            (Syntax::Text100, Some(Escaping::AllowUtf8)) => {
                "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
            }
            (Syntax::Text100, Some(Escaping::Values)) => {
                "text/plain; version=1.0.0; charset=utf-8; escaping=values"
            }
            (Syntax::Text100, Some(Escaping::Underscores) | None) => {
                "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"
            }
            (Syntax::OpenMetrics, None) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
            (Syntax::OpenMetrics, Some(Escaping::AllowUtf8)) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
            }
            (Syntax::OpenMetrics, Some(Escaping::Underscores)) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
            }
            (Syntax::OpenMetrics, Some(Escaping::Values)) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=values"
            }
        }
    }
}

/// How a bound is written, as the value of `le` or `quantile`.
#[cfg(feature = "push")]
pub(crate) fn canonical(bound: f64) -> String {
    let mut text = Vec::new();
    number::canonical(bound, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// Appends a number in its shortest form that reads back as the same.
#[cfg(feature = "push")]
pub(crate) fn push_number(number: f64, out: &mut Vec<u8>) {
    number::real(number, out);
}

/// Writes a snapshot.
#[must_use]
pub fn encode(snapshot: &Snapshot, format: Format) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(format, &snapshot.common);
    for family in &snapshot.families {
        encoder.family(family, &mut out);
        for series in &family.series {
            encoder.series(family, series, &mut out);
        }
    }
    encoder.end(&mut out);
    out
}

/// Writes families and series one after the other, for an exposition that is never whole in memory.
///
/// For each family comes [`family`](Self::family), then [`series`](Self::series) for each of its
/// series, and in the end [`end`](Self::end). What is written is appended, so `out` may be handed
/// on and emptied between any two calls.
#[derive(Debug)]
pub struct Encoder {
    syntax: Syntax,
    lines: Lines,
}

impl Encoder {
    /// An encoder that adds the labels `common` to every series that has none of that name.
    #[must_use]
    pub fn new(format: Format, common: &[Label]) -> Self {
        Self {
            syntax: format.syntax,
            lines: Lines::new(common),
        }
    }

    /// Begins another exposition in the memory of this one.
    pub(super) fn renew(&mut self, format: Format, common: &[Label]) {
        self.syntax = format.syntax;
        self.lines.set_common(common);
    }

    /// Writes what comes before the series of a family; `family.series` is not looked at.
    pub fn family(&mut self, family: &Family, out: &mut Vec<u8>) {
        match self.syntax {
            Syntax::Text004 | Syntax::Text100 => text::header(family, out),
            Syntax::OpenMetrics => openmetrics::header(family, out),
        }
    }

    /// Writes a series of `family`.
    pub fn series(&mut self, family: &Family, series: &Series, out: &mut Vec<u8>) {
        let labels = Labels {
            plain: &series.labels,
            ..Labels::default()
        };
        self.names(|name| series.label(name).is_some());
        self.labelled(family, labels, &series.value, out);
    }

    /// Says which names the labels of the next series have.
    pub(super) fn names(&mut self, has: impl Fn(&str) -> bool) {
        self.lines.names(has);
    }

    /// Writes a series of `family`.
    #[inline]
    pub(super) fn labelled(
        &mut self,
        family: &Family,
        labels: Labels<'_>,
        value: &Value,
        out: &mut Vec<u8>,
    ) {
        match self.syntax {
            Syntax::Text004 | Syntax::Text100 => {
                text::series(&mut self.lines, &family.name, labels, value, out);
            }
            Syntax::OpenMetrics => openmetrics::series(&mut self.lines, family, labels, value, out),
        }
    }

    /// Writes what comes after the last family.
    pub fn end(self, out: &mut Vec<u8>) {
        self.write_end(out);
    }

    pub(super) fn write_end(&self, out: &mut Vec<u8>) {
        if self.syntax == Syntax::OpenMetrics {
            out.extend_from_slice(b"# EOF\n");
        }
    }
}
