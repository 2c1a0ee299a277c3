//! The rules for the values of a label.

use obs_schema::name::check_label_value;

use super::Label;
use crate::diag::Diag;

pub(super) fn check(label: &Label, diag: &mut Diag) {
    for (at, value) in label.values.iter().enumerate() {
        if let Err(error) = check_label_value(&value.text) {
            diag.issue_on(&value.place, &error.issue("rename"));
        }
        let earlier = label
            .values
            .iter()
            .take(at)
            .find(|other| other.text == value.text);
        if let Some(earlier) = earlier {
            diag.error_on(
                &value.place,
                format_args!("the value `{}` is that of `{}` already; give one of them another by `#[label(rename = \"..\")]`", value.text, earlier.ident),
            );
        }
    }
}
