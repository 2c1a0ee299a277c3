//! What happened within a window, added up.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

use super::distinct::{Union, Users};
use super::settings::Settings;
use super::slot::{Add, Counts, Slot, Usage};
use super::store::Excerpt;
use super::table::Table;

/// What happened within a window. Lists begin with what happened most.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// How far back it was asked to reach.
    pub window: Duration,
    /// How far back it reaches: not further than the process, or what there was memory for.
    pub covered: Duration,
    /// How many events there were.
    pub events: u64,
    /// How many of them were errors.
    pub errors: u64,
    /// Who did it.
    pub users: Users,
    /// Events that no user is known for.
    pub anonymous_events: u64,
    /// By event.
    pub by_event: Vec<Activity>,
    /// By feature, where there was one.
    pub by_feature: Vec<Activity>,
    /// By error, where there was one.
    pub by_error: Vec<NamedCount>,
    /// By model, where there was one.
    pub by_model: Vec<ModelUsage>,
    /// What all models with a price cost together.
    pub cost: f64,
    /// The currency of all costs.
    pub currency: &'static str,
}

/// How often an event happened, or a feature was used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Activity {
    /// The event or feature.
    pub name: String,
    /// How often.
    pub count: u64,
    /// How often it was an error.
    pub errors: u64,
}

/// How often something happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedCount {
    /// What.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// How much a model was used.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ModelUsage {
    /// The model.
    pub name: String,
    /// How often it was asked.
    pub requests: u64,
    /// How often that was an error.
    pub errors: u64,
    /// Tokens that it was given.
    pub tokens_in: u64,
    /// Tokens that it answered with.
    pub tokens_out: u64,
    /// What they cost. `None` if `analytics.prices` has no price for the model.
    pub cost: Option<f64>,
}

impl Summary {
    pub(super) fn new(excerpt: &Excerpt, settings: &Settings) -> Self {
        let slots: Vec<&Slot> = excerpt.slots.iter().map(|slot| &**slot).collect();
        let mut total = Counts::default();
        let mut anonymous_events = 0;
        for slot in &slots {
            total.add(slot.total);
            anonymous_events.add(slot.anonymous);
        }
        let by_model: Vec<ModelUsage> =
            added(&slots, |slot| &slot.models, |usage| usage.requests.count)
                .map(|(name, usage)| model(name, usage, settings))
                .collect();
        Self {
            window: excerpt.window,
            covered: excerpt.covered,
            events: total.count,
            errors: total.errors,
            users: Union::of(excerpt.users()).users(),
            anonymous_events,
            by_event: added(&slots, |slot| &slot.events, |counts| counts.count)
                .map(activity)
                .collect(),
            by_feature: added(&slots, |slot| &slot.features, |counts| counts.count)
                .map(activity)
                .collect(),
            by_error: added(&slots, |slot| &slot.errors, |count| *count)
                .map(|(name, count)| NamedCount {
                    name: name.to_owned(),
                    count,
                })
                .collect(),
            // Not `sum`, which makes -0 of nothing.
            cost: by_model
                .iter()
                .filter_map(|model| model.cost)
                .fold(0.0, |sum, cost| sum + cost),
            by_model,
            currency: settings.currency,
        }
    }
}

/// The rows of all slots by name, those with the greatest weight first.
fn added<'a, R: Add + 'a>(
    slots: &[&'a Slot],
    table: impl Fn(&'a Slot) -> &'a Table<R>,
    weight: impl Fn(&R) -> u64,
) -> impl Iterator<Item = (&'a str, R)> {
    let mut sums: HashMap<&str, R> = HashMap::new();
    for slot in slots {
        for (name, row) in table(slot).rows() {
            sums.entry(name).or_default().add(*row);
        }
    }
    let mut rows: Vec<(&str, R)> = sums.into_iter().collect();
    rows.sort_by_key(|(name, row)| (Reverse(weight(row)), *name));
    rows.into_iter()
}

fn activity((name, counts): (&str, Counts)) -> Activity {
    Activity {
        name: name.to_owned(),
        count: counts.count,
        errors: counts.errors,
    }
}

fn model(name: &str, usage: Usage, settings: &Settings) -> ModelUsage {
    ModelUsage {
        name: name.to_owned(),
        requests: usage.requests.count,
        errors: usage.requests.errors,
        tokens_in: usage.tokens_in,
        tokens_out: usage.tokens_out,
        cost: settings
            .prices
            .cost(name, usage.tokens_in, usage.tokens_out),
    }
}
