//! Prices of tokens, exact: money is not added up in floating point.

use super::decimal;
use crate::issue::rule_error;
use crate::text::Message;

/// Parts of the currency's unit that prices are counted in.
const PARTS: u64 = 1_000_000;

/// What a million tokens cost, in millionths of the currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Tokens that go into a model.
    pub tokens_in: u64,
    /// Tokens that come out of it.
    pub tokens_out: u64,
}

impl Price {
    /// The parts of [`Price::cost`] that make the currency's unit.
    pub const COST_PARTS: u64 = PARTS * PARTS;

    /// What so many tokens cost, in parts of which [`Price::COST_PARTS`] make the currency's unit.
    ///
    /// ```
    /// use obs_schema::value::{Price, parse_price};
    /// let price = parse_price("2.5/10").unwrap();
    /// assert_eq!(price.cost(1_000_000, 100_000), 3_500_000_000_000);
    /// assert_eq!(price.cost(1_000_000, 100_000) as f64 / Price::COST_PARTS as f64, 3.5);
    /// ```
    #[must_use]
    pub const fn cost(&self, tokens_in: u64, tokens_out: u64) -> u128 {
        let cost_in = self.tokens_in as u128 * tokens_in as u128;
        let cost_out = self.tokens_out as u128 * tokens_out as u128;
        cost_in.saturating_add(cost_out)
    }
}

/// A text that is not `IN/OUT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceError<'a> {
    /// The text.
    pub text: &'a str,
}

rule_error!(PriceError<'a>);

impl PriceError<'_> {
    /// The rule that was broken.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "price.syntax"
    }

    /// What is wrong.
    #[must_use]
    pub const fn message(&self) -> Message {
        Message::new().name(self.text).str(" is no price of tokens")
    }

    /// What to type instead.
    #[must_use]
    pub const fn help(&self) -> Message {
        Message::new().str(
            "write what a million tokens in and a million tokens out cost, with at most six decimals, such as `2.5/10`",
        )
    }
}

/// Reads what a million tokens in and a million tokens out cost: `2.5/10`.
///
/// # Errors
/// When it is something else, has more than six decimals, or is more than 18 trillion.
///
/// ```
/// use obs_schema::value::parse_price;
/// const _: () = assert!(parse_price("0.15/0.6").is_ok());
/// assert_eq!(parse_price("2.5").unwrap_err().to_string(),
///     "`2.5` is no price of tokens; write what a million tokens in and a million tokens out cost, with at most six decimals, such as `2.5/10`");
/// ```
pub const fn parse_price(text: &str) -> Result<Price, PriceError<'_>> {
    let Some((tokens_in, rest)) = amount(text) else {
        return Err(PriceError { text });
    };
    let rest = rest.as_bytes();
    let [b'/', out @ ..] = rest else {
        return Err(PriceError { text });
    };
    // What follows an ASCII character is text as well.
    let Ok(out) = core::str::from_utf8(out) else {
        return Err(PriceError { text });
    };
    match amount(out) {
        Some((tokens_out, rest)) if rest.is_empty() => Ok(Price {
            tokens_in,
            tokens_out,
        }),
        _ => Err(PriceError { text }),
    }
}

/// An amount in [`PARTS`], and what follows it.
const fn amount(text: &str) -> Option<(u64, &str)> {
    let Ok((number, rest)) = decimal::read(text) else {
        return None;
    };
    match number.times(PARTS) {
        Some((parts, false)) if parts <= u64::MAX as u128 => Some((parts as u64, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact() {
        let price = |text| parse_price(text).map(|price| (price.tokens_in, price.tokens_out));
        assert_eq!(price("2.5/10"), Ok((2_500_000, 10_000_000)));
        assert_eq!(price("0.000001/0"), Ok((1, 0)));
        assert_eq!(price("0/18446744073709.551615"), Ok((0, u64::MAX)));
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for text in [
            "",
            "/",
            "1",
            "1/",
            "/1",
            "1/2/3",
            "1 / 2",
            "-1/2",
            "1e3/2",
            "0.0000001/1",
            "$1/$2",
            "1/18446744073709.551616",
            "1/2 EUR",
            "1,5/2",
            ".5/1",
            "1/é",
        ] {
            assert_eq!(parse_price(text), Err(PriceError { text }), "{text}");
        }
    }

    #[test]
    fn no_number_of_tokens_is_too_large_for_a_cost() {
        let dearest = Price {
            tokens_in: u64::MAX,
            tokens_out: u64::MAX,
        };
        assert_eq!(dearest.cost(u64::MAX, u64::MAX), u128::MAX);
    }
}
