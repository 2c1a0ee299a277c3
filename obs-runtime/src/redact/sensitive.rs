//! A value that is not shown.

use std::fmt::{self, Debug, Display};

use super::REDACTED;
use crate::attribute::{AttributeRef, AttributeValue};

/// A value that is `[redacted]` wherever it is written: by `Debug`, by `Display`, as a field of a log record and
/// as an attribute of a span. [`expose`](Self::expose) is the one way to it.
///
/// It has no form for `serde` on purpose: a type with one of these in it says itself what is serialized. The memory is
/// not wiped when it is dropped.
///
/// ```
/// use obs_runtime::redact::Sensitive;
///
/// #[derive(Debug)]
/// struct Login {
///     user: &'static str,
///     password: Sensitive<String>,
/// }
///
/// let login = Login { user: "ada", password: Sensitive::new("hunter2".to_owned()) };
/// assert_eq!(format!("{login:?}"), r#"Login { user: "ada", password: [redacted] }"#);
/// assert_eq!(login.password.to_string(), "[redacted]");
/// assert_eq!(login.password.expose(), "hunter2");
///
/// let password = &login.password;
/// tracing::info!(%password, ?login, "signing in");
/// ```
///
/// It can be an attribute of an annotated call as it is:
///
/// ```
/// use obs_runtime::redact::Sensitive;
/// use obs_runtime::trace_request;
///
/// #[trace_request(attributes(pin = pin))]
/// fn unlock(pin: Sensitive<u32>) -> bool {
///     *pin.expose() == 1815
/// }
/// # assert!(unlock(1815.into()));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, to be changed.
    pub const fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }

    /// The value, no longer hidden.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<T> Display for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<T> AttributeValue for Sensitive<T> {
    fn attribute_value(&self) -> AttributeRef<'_> {
        AttributeRef::Str(REDACTED)
    }
}
