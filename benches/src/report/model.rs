//! The results of a run.

use serde::Serialize;

use crate::body::Body;
use crate::case::Allocations;
use crate::contender;
use crate::floor::Floor;
use crate::machine::Machine;
use crate::scenario::{self, Scenario};
use crate::statistics::Quartiles;

/// Everything.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Where it was measured.
    pub machine: Machine,
    /// How often each contender was measured.
    pub rounds: usize,
    /// The time of a round in milliseconds.
    pub slice_ms: u64,
    /// The floor.
    pub floor: Floor,
    /// The scenarios.
    pub scenarios: Vec<ScenarioResult>,
}

/// A scenario's results.
#[derive(Debug, Serialize)]
pub struct ScenarioResult {
    /// The scenario.
    pub name: &'static str,
    /// One row for each contender.
    pub rows: Vec<Row>,
}

/// A contender's results.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The contender.
    pub contender: &'static str,
    /// How it is used.
    pub how: &'static str,
    /// The figures, for each body.
    pub measured: Vec<Measured>,
    /// Per operation.
    pub allocations: Allocations,
    /// The share of spans or lines that arrived.
    pub delivered: Option<f64>,
    /// What was checked in the end.
    pub checked: Vec<String>,
    /// Why there are no figures.
    pub failure: Option<String>,
}

/// The figures of one body.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Measured {
    /// The body.
    pub body: Body,
    /// The figure of the scenario.
    pub figure: Quartiles,
    /// The other side.
    pub base: Quartiles,
}

impl ScenarioResult {
    /// The definition.
    #[must_use]
    pub fn scenario(&self) -> Option<&'static Scenario> {
        scenario::find(self.name)
    }

    /// The rows with figures, the best first.
    #[must_use]
    pub fn ranking(&self) -> Vec<(&Row, Measured)> {
        let mut ranking: Vec<(&Row, Measured)> = self
            .rows
            .iter()
            .filter_map(|row| Some((row, *row.measured.first()?)))
            .collect();
        ranking.sort_by(|(_, a), (_, b)| a.figure.median.total_cmp(&b.figure.median));
        ranking
    }
}

impl Row {
    /// Whether it is the framework of this repository.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        contender::is_ours(self.contender)
    }
}

impl Report {
    /// The contenders that failed, with where and why.
    pub fn failures(&self) -> impl Iterator<Item = String> + '_ {
        self.scenarios.iter().flat_map(|result| {
            result.rows.iter().filter_map(|row| {
                let failure = row.failure.as_ref()?;
                Some(format!("{} in {}: {failure}", row.contender, result.name))
            })
        })
    }
}
