//! What the tokens of models cost.

use std::collections::HashMap;

use obs_schema::value::{Price, parse_price};

/// The price table.
#[derive(Debug, Default)]
pub(super) struct Prices {
    models: HashMap<&'static str, Price>,
    /// Those of all models that begin so, the longest beginning first.
    beginnings: Vec<(&'static str, Price)>,
}

impl Prices {
    /// The prices that the configuration lists. What is no price has been refused there.
    pub(super) fn new(list: &[(&'static str, &'static str)]) -> Self {
        let mut prices = Self::default();
        for (model, text) in list {
            let Ok(price) = parse_price(text) else {
                continue;
            };
            match model.strip_suffix('*') {
                Some(beginning) => prices.beginnings.push((beginning, price)),
                None => {
                    prices.models.insert(model, price);
                }
            }
        }
        let longest_first = |(beginning, _): &(&str, Price)| std::cmp::Reverse(beginning.len());
        prices.beginnings.sort_by_key(longest_first);
        prices
    }

    /// What these tokens of a model cost, in the unit of the currency. `None` without a price.
    pub(super) fn cost(&self, model: &str, tokens_in: u64, tokens_out: u64) -> Option<f64> {
        let cost = self.of(model)?.cost(tokens_in, tokens_out);
        Some(cost as f64 / Price::COST_PARTS as f64)
    }

    fn of(&self, model: &str) -> Option<&Price> {
        let mut beginnings = self.beginnings.iter();
        let by_beginning = || {
            let found = beginnings.find(|(beginning, _)| model.starts_with(beginning));
            found.map(|(_, price)| price)
        };
        self.models.get(model).or_else(by_beginning)
    }
}
