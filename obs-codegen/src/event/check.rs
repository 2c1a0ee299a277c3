//! The rules that need no types. Those that do are checked by the constants of the expansion.

use obs_schema::Issue;
use obs_schema::event::Role;
use obs_schema::name::check_event_name;

use super::{Event, Field};
use crate::diag::Diag;
use crate::label_set;

pub(super) fn check(event: &Event, diag: &mut Diag) {
    if let Err(error) = check_event_name(&event.name) {
        diag.issue_on(&event.place, &error.issue("name"));
    }
    if event.help.is_empty() {
        let message = format!("`{}` has no help text", event.name);
        let help = "write a doc comment that says what happened";
        diag.issue_on(
            &event.place,
            &Issue::new("metric.help", "help", message, help),
        );
    }
    label_set::check(&event.labels, diag);
    for (at, field) in event.fields.iter().enumerate() {
        let earlier = event.fields.get(..at).unwrap_or_default();
        check_name(field, earlier, event, diag);
        check_role(field, earlier, event, diag);
    }
}

/// No two fields are called the same. Of two labels that has been said.
fn check_name(field: &Field, earlier: &[Field], event: &Event, diag: &mut Diag) {
    let Some(other) = earlier.iter().find(|other| other.name == field.name) else {
        return;
    };
    let is_label = |field: &Field| {
        event
            .labels
            .labels
            .iter()
            .any(|label| label.field == field.ident)
    };
    if is_label(field) && is_label(other) {
        return;
    }
    diag.error_on(
        &field.place,
        format_args!(
            "the field `{}` is that of `{}` already; rename one of them",
            field.name, other.ident
        ),
    );
}

fn check_role(field: &Field, earlier: &[Field], event: &Event, diag: &mut Diag) {
    let Some(given) = &field.role else {
        return;
    };
    let role = given.role.as_str();
    let has =
        |field: &&Field, role: Role| field.role.as_ref().is_some_and(|given| given.role == role);
    if let Some(other) = earlier.iter().find(|other| has(other, given.role)) {
        diag.error(
            given.place,
            format_args!(
                "`{}` is the `{role}` of the event already; remove one of them",
                other.ident
            ),
        );
    }
    if given.role.is_of_model() && !event.fields.iter().any(|field| has(&field, Role::Model)) {
        diag.error(
            given.place,
            format_args!("`{role}` is of a model, which `{}` does not name; add `#[event(model)]` to a field", event.name),
        );
    }
}
