//! The rules for the labels of one set.

use obs_schema::name::check_metric_label;

use super::{Label, LabelSet};
use crate::diag::Diag;

pub(crate) fn check(set: &LabelSet, diag: &mut Diag) {
    for (at, label) in set.labels.iter().enumerate() {
        if let Err(error) = check_metric_label(&label.name) {
            diag.issue_on(&label.place, &error.issue("rename"));
        }
        if let Some(earlier) = namesake(set, at) {
            diag.error_on(
                &label.place,
                format_args!(
                    "the label `{}` is that of `{}` already; rename one of them",
                    label.name, earlier.field
                ),
            );
        }
    }
}

/// The name of a label; one that was refused has another, so that no metric with these labels repeats
/// the mistake.
pub(super) fn sound_name(set: &LabelSet, at: usize, label: &Label) -> String {
    let is_sound = check_metric_label(&label.name).is_ok() && namesake(set, at).is_none();
    match is_sound {
        true => label.name.clone(),
        false => format!("refused_{at}"),
    }
}

/// An earlier label of the same name.
fn namesake(set: &LabelSet, at: usize) -> Option<&Label> {
    let name = &set.labels.get(at)?.name;
    let mut earlier = set.labels.iter().take(at);
    earlier.find(|other| other.name == *name)
}
