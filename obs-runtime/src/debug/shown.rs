//! Values by their `Debug`, if they have one.
//!
//! A method of the first trait is found where the type is `Debug`, and one of the second trait anywhere else:
//! that takes a reference more.

use std::fmt::Debug;

use super::site::writing;

/// A value that may be `Debug`.
#[derive(Debug)]
pub struct Shown<'a, T: ?Sized>(pub &'a T);

/// Found for values that are `Debug`.
pub trait DebugShown {
    /// What its `Debug` writes.
    fn text(&self) -> Option<String>;
}

impl<T: Debug + ?Sized> DebugShown for Shown<'_, T> {
    fn text(&self) -> Option<String> {
        Some(writing(|| written(&self.0)))
    }
}

/// Found for all others.
pub trait AnyShown {
    /// Nothing.
    fn text(&self) -> Option<String>;
}

impl<T: ?Sized> AnyShown for &Shown<'_, T> {
    fn text(&self) -> Option<String> {
        None
    }
}

#[cfg(feature = "log")]
use crate::log::shown as written;

/// Without a log nobody reads it.
#[cfg(not(feature = "log"))]
fn written(_: &dyn Debug) -> String {
    String::new()
}
