//! Fields that every record has.

use crate::log::draft::{Draft, Item};
use crate::trace::Attribute;

/// Adds the fields that the event does not have itself.
pub(super) fn add(draft: &mut Draft, fields: &[Attribute]) {
    for (key, value) in fields {
        let view = draft.view();
        if view.fields().any(|(known, _)| view.text(known) == key) {
            continue;
        }
        let (key, value) = (draft.append_cow(key), draft.keep_value(value));
        draft.items.push(Item::Field(key, value));
    }
}
