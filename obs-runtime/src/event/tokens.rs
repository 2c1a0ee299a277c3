//! Numbers of tokens.

use crate::attribute::{AttributeRef, AttributeValue};

/// A number of tokens: an unsigned whole number, or none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number of tokens",
    label = "not a number of tokens",
    note = "use `u64` or another unsigned whole number, or an `Option` of one"
)]
pub trait TokenCount {
    /// Hands the number over.
    fn token_count(&self) -> AttributeRef<'_>;
}

macro_rules! token_counts {
    ($($type:ty)+) => {$(
        impl TokenCount for $type {
            fn token_count(&self) -> AttributeRef<'_> {
                self.attribute_value()
            }
        }
    )+};
}

token_counts! { u8 u16 u32 u64 usize }

impl<T: TokenCount> TokenCount for Option<T> {
    fn token_count(&self) -> AttributeRef<'_> {
        self.as_ref().map_or(AttributeRef::None, T::token_count)
    }
}

impl<T: TokenCount + ?Sized> TokenCount for &T {
    fn token_count(&self) -> AttributeRef<'_> {
        (**self).token_count()
    }
}
