//! Values that people write as text: durations, sizes, ratios and prices.
//!
//! Attributes, the configuration file and environment variables take the same
//! spelling and are read by the same functions.

mod decimal;
mod duration;
mod price;
mod ratio;
mod size;

pub(crate) use duration::push_duration;
pub use duration::{
    DURATION_UNITS, DurationError, DurationProblem, check_duration_range, format_duration,
    parse_duration,
};
pub use price::{Price, PriceError, parse_price};
pub use ratio::{RatioError, check_ratio, parse_ratio, parse_share};
pub use size::{SIZE_UNITS, SizeError, SizeProblem, format_size, parse_size};
