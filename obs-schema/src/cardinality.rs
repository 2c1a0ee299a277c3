//! How many series a family can have, multiplied out before the program runs.

use crate::def::{CallOutcome, LabelDef, OperationDef};
use crate::issue::rule_error;
use crate::text::Message;

/// How many series one family may have when nothing else is said.
///
/// OpenTelemetry's cardinality limit has the same default.
pub const DEFAULT_SERIES_BUDGET: u64 = 2_000;

/// The product of the labels' values: the largest number of series of a family.
/// `None` when it does not fit in a `u64`. Without labels it is 1.
///
/// ```
/// use obs_schema::{cardinality::series, def::{LabelDef, Values}};
/// const LABELS: &[LabelDef] = &[
///     LabelDef { name: "region", values: Values::Finite(&["eu", "us"]) },
///     LabelDef { name: "tenant", values: Values::Capped { max_series: 40 } },
/// ];
/// assert_eq!(series(LABELS), Some(80));
/// ```
#[must_use]
pub const fn series(labels: &[LabelDef]) -> Option<u64> {
    product(1, labels)
}

/// The largest number of series that one operation adds to a family: outcomes times labels.
#[must_use]
pub const fn operation_series(operation: &OperationDef) -> Option<u64> {
    product(outcomes(operation), operation.labels)
}

/// A family with more series than its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetError<'a> {
    /// The metric or operation.
    pub name: &'a str,
    /// A first factor besides the labels: the outcomes of an operation, or 1.
    pub outcomes: u64,
    /// The labels.
    pub labels: &'a [LabelDef],
    /// How many series there may be.
    pub budget: u64,
}

rule_error!(BudgetError<'a>);

impl BudgetError<'_> {
    /// The rule that was broken.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "series.budget"
    }

    /// The multiplication: `requests_total: 6 x 40 x 12 = 2,880 series, budget 2,000`.
    #[must_use]
    pub const fn message(&self) -> Message {
        let mut m = Message::new().str(self.name).str(": ");
        let mut factors = 0;
        if self.outcomes != 1 || self.labels.is_empty() {
            m = m.number(self.outcomes);
            factors = 1;
        }
        let mut i = 0;
        while i < self.labels.len() {
            m = m
                .str(if factors > 0 { " x " } else { "" })
                .number(self.labels[i].values.count());
            factors += 1;
            i += 1;
        }
        let total = product(self.outcomes, self.labels);
        m = match total {
            Some(_) if factors == 1 => m.str(" series"),
            Some(total) => m.str(" = ").number(total).str(" series"),
            None => m.str(" = more than 18 quintillion series"),
        };
        m.str(", budget ").number(self.budget)
    }

    /// Nothing: the message is the text that tools and tests look for, alone.
    #[must_use]
    pub const fn help(&self) -> Message {
        Message::new()
    }
}

/// Checks a family's labels against a budget.
///
/// # Errors
/// When the product of the labels' values is above `budget`.
///
/// ```
/// # use obs_schema::{cardinality::check_series, def::{LabelDef, Values}};
/// # const fn label(max_series: u32) -> LabelDef { LabelDef { name: "l", values: Values::Capped { max_series } } }
/// let labels = [label(6), label(40), label(12)];
/// assert_eq!(check_series("requests_total", &labels, 2_000).unwrap_err().to_string(),
///     "requests_total: 6 x 40 x 12 = 2,880 series, budget 2,000");
/// ```
pub const fn check_series<'a>(
    name: &'a str,
    labels: &'a [LabelDef],
    budget: u64,
) -> Result<(), BudgetError<'a>> {
    within(BudgetError {
        name,
        outcomes: 1,
        labels,
        budget,
    })
}

/// Checks what an operation adds to its families against a budget.
///
/// # Errors
/// When outcomes times the product of the labels' values is above `budget`.
pub const fn check_operation_series(
    operation: &OperationDef,
    budget: u64,
) -> Result<(), BudgetError<'static>> {
    within(BudgetError {
        name: operation.name,
        outcomes: outcomes(operation),
        labels: operation.labels,
        budget,
    })
}

const fn within(budget: BudgetError<'_>) -> Result<(), BudgetError<'_>> {
    match product(budget.outcomes, budget.labels) {
        Some(series) if series <= budget.budget => Ok(()),
        _ => Err(budget),
    }
}

const fn product(first: u64, labels: &[LabelDef]) -> Option<u64> {
    let mut total = first;
    let mut i = 0;
    while i < labels.len() {
        total = match total.checked_mul(labels[i].values.count()) {
            Some(total) => total,
            None => return None,
        };
        i += 1;
    }
    Some(total)
}

const fn outcomes(operation: &OperationDef) -> u64 {
    let known = (1u8 << CallOutcome::ALL.len()) - 1;
    (operation.outcomes & known).count_ones() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::def::Values;

    const fn capped(max_series: u32) -> LabelDef {
        LabelDef {
            name: "l",
            values: Values::Capped { max_series },
        }
    }

    const LABELS: &[LabelDef] = &[capped(6), capped(40), capped(12)];
    const IN_CONST: Message = match check_series("requests_total", LABELS, 2_000) {
        Ok(()) => Message::new(),
        Err(error) => error.text(),
    };
    const _: () = assert!(check_series("requests_total", LABELS, 2_880).is_ok());

    fn message(labels: &[LabelDef], budget: u64) -> String {
        check_series("m", labels, budget).unwrap_err().to_string()
    }

    #[test]
    fn the_message_shows_the_multiplication() {
        assert_eq!(
            IN_CONST.as_str(),
            "requests_total: 6 x 40 x 12 = 2,880 series, budget 2,000"
        );
        assert_eq!(
            message(&[capped(3_000)], 2_000),
            "m: 3,000 series, budget 2,000"
        );
    }

    #[test]
    fn a_product_beyond_all_numbers_is_over_every_budget() {
        let labels = [capped(u32::MAX); 3];
        assert_eq!(series(&labels), None);
        assert_eq!(
            message(&labels, u64::MAX),
            "m: 4,294,967,295 x 4,294,967,295 x 4,294,967,295 = more than 18 quintillion series, budget 18,446,744,073,709,551,615",
        );
    }

    #[test]
    fn a_family_without_labels_is_one_series() {
        assert_eq!(series(&[]), Some(1));
        assert_eq!(check_series("m", &[], 1), Ok(()));
        assert_eq!(message(&[], 0), "m: 1 series, budget 0");
    }

    #[test]
    fn finite_values_are_counted() {
        let label = LabelDef {
            name: "region",
            values: Values::Finite(&["eu", "us", "ap"]),
        };
        assert_eq!(series(&[label, capped(5)]), Some(15));
    }
}
