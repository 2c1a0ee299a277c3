//! Values of fields.

use crate::attribute::{AttributeRef, AttributeValue};

/// What a field of an event can be as it is: what an attribute of a span can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of an event as it is",
    label = "neither a number nor text",
    note = "add `#[event(display)]` for its `Display` form, `#[event(debug)]` for its `Debug` form, or `#[event(skip)]` to leave it out; an enum that derives `Label` can be a `#[event(label)]`"
)]
pub trait FieldValue {
    /// Hands the value over.
    fn field_value(&self) -> AttributeRef<'_>;
}

#[diagnostic::do_not_recommend]
impl<T: AttributeValue + ?Sized> FieldValue for T {
    fn field_value(&self) -> AttributeRef<'_> {
        self.attribute_value()
    }
}
