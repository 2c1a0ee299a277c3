//! The value of an attribute.

use std::borrow::Cow;
use std::fmt;

/// The value of an attribute of a span, an event or a link.
///
/// ```
/// use obs_runtime::trace::Value;
///
/// assert_eq!(Value::from(3_u32), Value::U64(3));
/// assert_eq!(Value::from("visa").to_string(), "visa");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number that can be negative.
    I64(i64),
    /// A whole number that cannot.
    U64(u64),
    /// A real number.
    F64(f64),
    /// Text.
    Str(Cow<'static, str>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => fmt::Display::fmt(value, f),
            Self::I64(value) => fmt::Display::fmt(value, f),
            Self::U64(value) => fmt::Display::fmt(value, f),
            Self::F64(value) => fmt::Display::fmt(value, f),
            Self::Str(value) => fmt::Display::fmt(value, f),
        }
    }
}

macro_rules! from {
    ($($source:ty => $variant:ident),+ $(,)?) => {$(
        impl From<$source> for Value {
            fn from(value: $source) -> Self {
                Self::$variant(value.into())
            }
        }
    )+};
}

from! {
    bool => Bool,
    i8 => I64, i16 => I64, i32 => I64, i64 => I64,
    u8 => U64, u16 => U64, u32 => U64, u64 => U64,
    f32 => F64, f64 => F64,
    &'static str => Str, String => Str, Cow<'static, str> => Str,
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::U64(value as u64)
    }
}

impl From<isize> for Value {
    fn from(value: isize) -> Self {
        Self::I64(value as i64)
    }
}
