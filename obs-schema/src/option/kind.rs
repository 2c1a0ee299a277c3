//! What kinds of values options take.

use core::time::Duration;

use super::Target;
use crate::name::NameOf;

/// The kind of value that an option takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueKind {
    /// The option alone, without a value: `root`.
    Flag,
    /// `true` or `false`.
    Bool,
    /// The option alone, or with `true` or `false`: `critical`, `critical = false`.
    Switch,
    /// Any text.
    Text,
    /// A name, checked by the rule for what it names.
    Name(NameOf),
    /// A unit of a metric.
    Unit,
    /// A duration with a unit, between two bounds.
    Duration {
        /// The shortest allowed.
        min: Duration,
        /// The longest allowed.
        max: Duration,
    },
    /// A size with a unit, at least this many bytes.
    Size {
        /// The smallest allowed, in bytes.
        min: u64,
    },
    /// A whole number between two bounds.
    Int {
        /// The smallest allowed.
        min: u64,
        /// The largest allowed.
        max: u64,
    },
    /// A number from 0 to 1.
    Ratio,
    /// A number from 1 to [`MAX_FACTOR`](crate::resilience::MAX_FACTOR).
    Factor,
    /// Which calls a circuit breaker looks at: `count(100)` or `time("60s")`.
    Window,
    /// A ratio, or the name of a sampler.
    Sampler,
    /// A level, with exceptions for targets.
    LogFilter,
    /// One of these words, without quotes: `kind = server`.
    Word(&'static [&'static str]),
    /// One of these words, in quotes: `format = "json"`.
    Choice(&'static [&'static str]),
    /// A list of such words: `outputs = ["console", "file"]`.
    ChoiceList(&'static [&'static str]),
    /// Increasing numbers: the bounds of buckets.
    Buckets,
    /// Increasing numbers above 0: the bounds of buckets of seconds.
    DurationBuckets,
    /// Quantiles with their errors: `[(0.5, 0.05), (0.99, 0.001)]`.
    Objectives,
    /// Keys with text: `labels(region = "eu")`.
    TextMap,
    /// Keys with a ratio each, or `always` or `never`: `operations(health = 0.01)`.
    RatioMap,
    /// Names of parameters: `skip(password, card)`.
    Names,
    /// A path of a URL: `"/metrics"`.
    UrlPath,
    /// An IP address and a port, or the path of a Unix socket.
    Address,
    /// An expression.
    Expr,
    /// Keys with an expression each: `labels(region = region)`.
    ExprMap,
    /// A path from the root of the crate graph: `::obs_runtime`.
    CratePath,
    /// A group with options of its own.
    Group(Target),
    /// A group, or the path of a constant that holds the same.
    GroupOrConst(Target),
}

impl ValueKind {
    /// Any duration from one nanosecond on.
    pub(crate) const POSITIVE: Self = Self::Duration {
        min: Duration::from_nanos(1),
        max: Duration::from_nanos(u64::MAX),
    };

    /// Any duration, 0 included.
    pub(crate) const DURATION: Self = Self::Duration {
        min: Duration::ZERO,
        max: Duration::from_nanos(u64::MAX),
    };

    /// What the option takes, with an example: "a duration, such as `\"250ms\"`".
    #[must_use]
    pub const fn expects(self) -> &'static str {
        match self {
            Self::Flag => "no value",
            Self::Bool | Self::Switch => "`true` or `false`",
            Self::Text => "a string",
            Self::Name(NameOf::Metric) => "a metric name, such as `\"orders_total\"`",
            Self::Name(NameOf::Label) => "a label name, such as `\"region\"`",
            Self::Name(NameOf::Prefix) => "a prefix that ends in `_`, such as `\"shop_\"`",
            Self::Name(NameOf::Service) => "a service name, such as `\"shop\"`",
            Self::Name(NameOf::Operation) => "an operation name, such as `\"place_order\"`",
            Self::Name(NameOf::Value) => "a fixed label value, such as `\"select\"`",
            Self::Name(NameOf::Check) => "the name of a check, such as `\"database\"`",
            Self::Name(NameOf::Group) => "the name of a group, such as `\"storage\"`",
            Self::Name(NameOf::Event) => "an event name, such as `\"order_placed\"`",
            Self::Name(NameOf::Flag) => "the name of a flag, such as `\"payments\"`",
            Self::Unit => "a unit, such as `\"seconds\"`",
            Self::Duration { .. } => "a duration, such as `\"250ms\"`",
            Self::Size { .. } => "a size, such as `\"10MiB\"`",
            Self::Int { .. } => "a whole number",
            Self::Ratio => "a ratio from 0 to 1, such as `0.1`",
            Self::Factor => "a factor from 1 to 100, such as `2.0`",
            Self::Window => "`count(100)` or `time(\"60s\")`",
            Self::Sampler => {
                "a ratio from 0 to 1, such as `0.1`, or the name of a sampler, such as `\"always_on\"`"
            }
            Self::LogFilter => "a level, such as `\"info\"` or `\"info,hyper=warn\"`",
            Self::Word(_) => "a word without quotes",
            Self::Choice(_) => "one of the listed words",
            Self::ChoiceList(_) => "a list of the listed words",
            Self::Buckets | Self::DurationBuckets => {
                "a list of numbers, such as `[0.01, 0.1, 1.0]`"
            }
            Self::Objectives => {
                "a list of quantiles with their errors, such as `[(0.5, 0.05), (0.99, 0.001)]`"
            }
            Self::TextMap => "keys with text, such as `(region = \"eu\")`",
            Self::RatioMap => {
                "keys with a ratio from 0 to 1, `\"always\"` or `\"never\"` each, such as `(health = 0.01)`"
            }
            Self::Names => "names of parameters in parentheses, such as `(password, card)`",
            Self::UrlPath => "a path, such as `\"/metrics\"`",
            Self::Address => "an IP address and a port, such as `\"127.0.0.1:9464\"`",
            Self::Expr => "an expression",
            Self::ExprMap => "keys with an expression each, such as `(region = region)`",
            Self::CratePath => "an absolute path, such as `::obs_runtime`",
            Self::Group(_) => "options in parentheses",
            Self::GroupOrConst(_) => "options in parentheses, or `=` and the path of a `const`",
        }
    }

    /// Whether it takes keys with a value each, in a file too.
    #[must_use]
    pub const fn is_map(self) -> bool {
        matches!(self, Self::TextMap | Self::RatioMap)
    }

    /// The words that are allowed, where there is a list.
    #[must_use]
    pub const fn words(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Word(words) | Self::Choice(words) | Self::ChoiceList(words) => Some(words),
            _ => None,
        }
    }
}
