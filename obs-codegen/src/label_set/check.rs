//! The rules for the labels of one set.

use obs_schema::name::check_metric_label;

use super::LabelSet;
use crate::diag::Diag;

pub(super) fn check(set: &LabelSet, diag: &mut Diag) {
    for (at, label) in set.labels.iter().enumerate() {
        if let Err(error) = check_metric_label(&label.name) {
            diag.issue_on(&label.place, &error.issue("rename"));
        }
        let earlier = set
            .labels
            .iter()
            .take(at)
            .find(|other| other.name == label.name);
        if let Some(earlier) = earlier {
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
