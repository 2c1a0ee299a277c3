//! What is kept of business events.

use crate::ascii;
use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;
use crate::value::parse_price;

/// How the service keeps count of its business events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Analytics {
    /// Whether it does. Without, an event is a counter and a log record only.
    pub enabled: bool,
    /// How many bytes of memory the counts may take. When they are used up, the oldest go.
    pub store: u64,
    /// What a million tokens in and a million tokens out of a model cost, such as `("large", "2.5/10")`. A name that ends
    /// in `*` is that of all models that begin so.
    pub prices: &'static [(&'static str, &'static str)],
    /// The currency of the prices.
    pub currency: &'static str,
}

impl Analytics {
    /// The smallest store: room for a few hours of many different events.
    pub const MIN_STORE: u64 = 1 << 20;

    /// In at most 8 MiB, without prices.
    pub const DEFAULT: Self = Self {
        enabled: true,
        store: 8 << 20,
        prices: &[],
        currency: "USD",
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        let mut findings = Findings::new().and(self.small()).and(self.no_currency());
        let mut i = 0;
        while i < self.prices.len() {
            findings = findings.and(self.wrong_price(i)).and(self.repeated(i));
            i += 1;
        }
        findings
    }

    /// [`Analytics::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn small(&self) -> Option<Finding> {
        if self.store >= Self::MIN_STORE {
            return None;
        }
        Some(Finding::new(
            "size.range",
            "analytics.store",
            Message::new().str("`analytics.store` must be at least `1MiB`"),
            "leave `store` out for the default",
        ))
    }

    const fn no_currency(&self) -> Option<Finding> {
        if !self.currency.is_empty() {
            return None;
        }
        Some(Finding::new(
            "name.empty",
            "analytics.currency",
            Message::new().str("`analytics.currency` is empty"),
            "write a code such as `USD`",
        ))
    }

    const fn wrong_price(&self, at: usize) -> Option<Finding> {
        let (model, price) = self.prices[at];
        if model.is_empty() {
            return Some(Finding::new(
                "name.empty",
                "analytics.prices",
                Message::new().str("`analytics.prices` has a model without a name"),
                "write its name, or `*` for all models",
            ));
        }
        match parse_price(price) {
            Ok(_) => None,
            Err(error) => Some(Finding::new(
                error.code(),
                "analytics.prices",
                Message::new()
                    .str("the price of ")
                    .name(model)
                    .str(": ")
                    .text(&error.message()),
                error.help().as_str(),
            )),
        }
    }

    const fn repeated(&self, at: usize) -> Option<Finding> {
        let mut i = 0;
        while i < at {
            if ascii::eq(self.prices[i].0, self.prices[at].0) {
                return Some(Finding::new(
                    "monitoring.duplicate",
                    "analytics.prices",
                    Message::new()
                        .str("`analytics.prices` has ")
                        .name(self.prices[at].0)
                        .str(" twice"),
                    "remove one",
                ));
            }
            i += 1;
        }
        None
    }
}

impl Default for Analytics {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(analytics: Analytics) -> Vec<String> {
        let issues = analytics.check();
        issues.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn settings_that_make_sense() {
        assert_eq!(messages(Analytics::DEFAULT), Vec::<String>::new());
        let priced = Analytics {
            prices: &[("small", "0.15/0.6"), ("large*", "2.5/10")],
            ..Analytics::DEFAULT
        };
        assert_eq!(messages(priced), Vec::<String>::new());
    }

    #[test]
    fn each_mistake_is_said_with_the_fix() {
        let wrong = Analytics {
            store: 1,
            prices: &[("small", "0.15"), ("small", "1/2"), ("", "1/2")],
            currency: "",
            ..Analytics::DEFAULT
        };
        assert_eq!(
            messages(wrong),
            [
                "`analytics.store` must be at least `1MiB`; leave `store` out for the default",
                "`analytics.currency` is empty; write a code such as `USD`",
                "the price of `small`: `0.15` is no price of tokens; write what a million tokens in and a million tokens out cost, with at most six decimals, such as `2.5/10`",
                "`analytics.prices` has `small` twice; remove one",
                "`analytics.prices` has a model without a name; write its name, or `*` for all models",
            ]
        );
    }
}
