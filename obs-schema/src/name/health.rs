//! Names of health checks and of their groups.

use super::{MAX_DISPLAY_NAME, NameError, NameOf, NameProblem, check_display_name, push_ascii};
use crate::ascii;
use crate::health::HealthKind;
use crate::text::Text;

/// The groups that there are anyway: the checks of a kind.
pub const GROUPS_OF_KINDS: &[&str] = HealthKind::WORDS;

/// Checks the name of a health check: letters, digits, `-`, `_` and `.`, so that it is a label value and
/// can stand in a path as it is.
///
/// # Errors
/// When it is empty, longer than [`MAX_DISPLAY_NAME`] or has another character.
///
/// ```
/// use obs_schema::name::check_health_name;
/// assert!(check_health_name("payments-api").is_ok());
/// assert_eq!(
///     check_health_name("payments api").unwrap_err().to_string(),
///     "`payments api` contains ` ` at position 9; write `payments-api`",
/// );
/// ```
pub const fn check_health_name(name: &str) -> Result<(), NameError<'_>> {
    check(name, NameOf::Check)
}

/// Checks the name of a group of health checks: as [`check_health_name`], and not one of [`GROUPS_OF_KINDS`].
///
/// # Errors
/// When it is not.
pub const fn check_group_name(name: &str) -> Result<(), NameError<'_>> {
    if ascii::contains(GROUPS_OF_KINDS, name) {
        return Err(NameError {
            name,
            of: NameOf::Group,
            problem: NameProblem::Reserved("for the checks of that kind"),
            position: 0,
        });
    }
    check(name, NameOf::Group)
}

const fn check(name: &str, of: NameOf) -> Result<(), NameError<'_>> {
    let displayed = check_display_name(name, of);
    if displayed.is_err() {
        return displayed;
    }
    let bytes = name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !is_allowed(bytes[i]) {
            return Err(NameError {
                name,
                of,
                problem: NameProblem::Character,
                position: i,
            });
        }
        i += 1;
    }
    Ok(())
}

const fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// `Payments API (v2)` as `Payments-API-v2`: one `-` for every run of what is not allowed.
pub(super) const fn fixed(name: &str) -> Text<MAX_DISPLAY_NAME> {
    let bytes = name.as_bytes();
    let mut out = Text::new();
    let mut pending = false;
    let mut i = 0;
    while i < bytes.len() {
        if is_allowed(bytes[i]) {
            if pending && !out.is_empty() {
                out = out.str("-");
            }
            pending = false;
            out = push_ascii(out, bytes[i]);
        } else {
            pending = true;
        }
        i += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str) -> String {
        check_group_name(name).unwrap_err().to_string()
    }

    #[test]
    fn names_that_a_path_would_change_are_refused_with_one_that_works() {
        assert_eq!(
            group("a/b"),
            "`a/b` contains `/` at position 2; write `a-b`"
        );
        assert_eq!(
            group("Payments API (v2)"),
            "`Payments API (v2)` contains ` ` at position 9; write `Payments-API-v2`"
        );
        assert_eq!(group(""), "the name of a group is empty; write a name");
        assert_eq!(
            group("readiness"),
            "`readiness` is reserved for the checks of that kind; choose another name"
        );
        assert!(check_health_name("readiness").is_ok());
    }
}
