//! One contender in one scenario, ready to be measured.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::paired::Paired;

/// What a contender has to be able to do in its process.
pub trait Case {
    /// Runs until caches, lazy registrations and predictors are as they stay, and finds out how
    /// many calls fill a slice.
    fn warm_up(&mut self, body: Body, slice: Duration);

    /// Measures once.
    fn round(&mut self, body: Body) -> Sample;

    /// What the calling thread allocates per operation.
    fn allocations(&mut self) -> Allocations;

    /// Both sides, where there are two that do the same calls.
    fn paired(&mut self) -> Option<&mut Paired> {
        None
    }

    /// Checks that everything was counted.
    ///
    /// # Errors
    ///
    /// If something was not, with what it was.
    fn finish(self: Box<Self>) -> Result<Finish, String>;
}

/// The result of a round, in the unit of its scenario.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Without what is measured.
    pub base: f64,
    /// With it.
    pub with: f64,
}

/// Allocations of the calling thread, per operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Allocations {
    /// How many.
    pub calls: f64,
    /// How many bytes.
    pub bytes: f64,
}

/// What was found in the end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Finish {
    /// The share of spans or lines that arrived; the rest was counted as dropped.
    pub delivered: Option<f64>,
    /// What was checked, for the log.
    pub checked: Vec<String>,
}

impl Finish {
    /// Nothing but checks.
    #[must_use]
    pub fn checked(what: impl Into<String>) -> Self {
        Self {
            delivered: None,
            checked: vec![what.into()],
        }
    }

    /// Spans or lines that had to arrive or be counted as dropped.
    ///
    /// # Errors
    ///
    /// If some are neither.
    pub fn delivered(what: &str, made: u64, arrived: u64, dropped: u64) -> Result<Self, String> {
        if arrived + dropped != made {
            return Err(format!(
                "{made} {what} were made, {arrived} arrived and {dropped} were counted as dropped"
            ));
        }
        Ok(Self {
            delivered: Some(arrived as f64 / made.max(1) as f64),
            checked: vec![format!("{arrived} of {made} {what}")],
        })
    }

    /// Spans or lines of which those that are missing were dropped without being counted.
    ///
    /// # Errors
    ///
    /// If more arrived than were made.
    pub fn arrived(what: &str, made: u64, arrived: u64) -> Result<Self, String> {
        Self::delivered(what, made, arrived, made.saturating_sub(arrived))
    }

    /// Both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.delivered = self.delivered.or(other.delivered);
        self.checked.extend(other.checked);
        self
    }
}

/// Checks a number.
///
/// # Errors
///
/// If it is another one.
pub fn equal(what: &str, expected: u64, found: u64) -> Result<Finish, String> {
    if expected == found {
        Ok(Finish::checked(format!("{what} = {found}")))
    } else {
        Err(format!("`{what}` is {found}, not {expected}"))
    }
}
