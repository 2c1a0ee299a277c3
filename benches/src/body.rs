//! The function that everybody annotates.
//!
//! What a call does is in its argument: the upper half says for how many steps of a dependent chain
//! it computes, so one function serves as an empty body, a longer one, and one of random length.

use std::fmt;
use std::hint::black_box;

/// Inputs of one pass over a table.
pub const INPUTS: usize = 1_000;

/// The lower half of an input that makes the call fail.
const FAILS: u32 = u32::MAX;

/// About 100 ns of dependent multiplications on a current machine.
const LONG: u64 = 115;

/// An input whose call fails.
pub const FAILING: u64 = FAILS as u64;

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the input says so")
    }
}

impl std::error::Error for Failed {}

/// What the calls of a round compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Nothing.
    Empty,
    /// A chain of about 100 ns.
    Long,
    /// A chain of a random length each time, see [`SPREAD`].
    Random,
}

/// Steps of the shortest and of the longest random chain.
pub const SPREAD: (u64, u64) = (12, 290);

impl Body {
    /// The word for it in tables and on the pipe.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Long => "long",
            Self::Random => "random",
        }
    }

    /// What [`as_str`](Self::as_str) gave.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Empty, Self::Long, Self::Random]
            .into_iter()
            .find(|body| body.as_str() == word)
    }

    /// A table of inputs. The same one each time.
    #[must_use]
    pub fn inputs(self) -> Vec<u64> {
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        let numbers = 0..INPUTS as u64;
        numbers
            .map(|number| {
                let steps = match self {
                    Self::Empty => 0,
                    Self::Long => LONG,
                    Self::Random => {
                        // xorshift64: only has to be unpredictable for the branch predictor.
                        random ^= random << 13;
                        random ^= random >> 7;
                        random ^= random << 17;
                        SPREAD.0 + random % (SPREAD.1 - SPREAD.0)
                    }
                };
                steps << 32 | number
            })
            .collect()
    }
}

/// What the bare and the annotated functions do.
///
/// # Errors
///
/// If the input says so.
#[inline(always)]
pub fn body(input: u64) -> Result<u64, Failed> {
    let mut value = input;
    for _ in 0..input >> 32 {
        value = value.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
    if input as u32 == FAILS {
        return Err(Failed);
    }
    Ok(value)
}

/// The function without annotation.
///
/// # Errors
///
/// If the input says so.
#[inline(never)]
pub fn bare(input: u64) -> Result<u64, Failed> {
    body(input)
}

/// The same, but one call of a hundred fails.
///
/// # Errors
///
/// If the input says so.
#[inline(always)]
pub fn failing_body(input: u64) -> Result<u64, Failed> {
    if input.is_multiple_of(100) {
        return Err(Failed);
    }
    body(input)
}

/// That function without annotation.
///
/// # Errors
///
/// If the input says so.
#[inline(never)]
pub fn bare_failing(input: u64) -> Result<u64, Failed> {
    failing_body(input)
}

/// Calls `work` with each input, and hides inputs and results from the optimiser.
#[inline(always)]
pub fn each(inputs: &[u64], work: impl Fn(u64) -> Result<u64, Failed>) {
    for &input in inputs {
        let _ = black_box(work(black_box(input)));
    }
}

/// The base of most scenarios: the bare function with each input.
#[inline(never)]
pub fn bare_calls(inputs: &[u64]) {
    each(inputs, bare);
}
