//! Finding an option by what was typed.

use core::fmt;

use super::{OptionDef, Target};
use crate::issue::Issue;
use crate::suggest::suggest;

/// The options of a place, in the order of the reference.
#[must_use]
pub const fn options_of(target: Target) -> &'static [OptionDef] {
    target.table()
}

/// The option of a place with this name.
///
/// # Errors
/// When there is none: with the option that it was called before, the closest one, or all.
///
/// ```
/// use obs_schema::option::{Target, find};
/// assert_eq!(find(Target::TraceRequest, "fields").unwrap_err().to_string(),
///     "unknown option `fields`; it is called `attributes`");
/// assert_eq!(find(Target::RedactField, "colour").unwrap_err().to_string(),
///     "unknown option `colour`; `#[redact]` on a field of a type with `#[derive(Redact)]` takes `with`, `last`");
/// ```
pub fn find(target: Target, name: &str) -> Result<&'static OptionDef, UnknownOption> {
    let options = options_of(target);
    match options
        .iter()
        .find(|option| option.name == name && option.position.is_none())
    {
        Some(option) => Ok(option),
        None => Err(UnknownOption {
            target,
            typed: name.to_owned(),
            meant: meant(options, name),
        }),
    }
}

/// A name that is no option of the place.
#[derive(Debug, Clone, PartialEq)]
pub struct UnknownOption {
    /// Where it was written.
    pub target: Target,
    /// The name as it was typed.
    pub typed: String,
    /// The option that was meant, and how that is known.
    pub meant: Option<Meant>,
}

/// Which option an unknown name stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Meant {
    /// It is a former name, or one from another library, of this option.
    Former(&'static OptionDef),
    /// It looks like this option.
    Close(&'static OptionDef),
}

impl UnknownOption {
    /// The name of the option that was meant.
    #[must_use]
    pub fn meant_name(&self) -> Option<&'static str> {
        let (Meant::Former(option) | Meant::Close(option)) = self.meant?;
        Some(option.name)
    }

    /// This error as an [`Issue`].
    #[must_use]
    pub fn issue(&self) -> Issue {
        let message = format!("unknown option `{}`", self.typed);
        Issue::new("option.unknown", self.typed.clone(), message, self.help())
    }

    fn help(&self) -> String {
        match self.meant {
            Some(Meant::Former(option) | Meant::Close(option)) if option.position.is_some() => {
                place_hint(self.target, option)
            }
            Some(Meant::Former(option)) => format!("it is called `{}`", option.name),
            Some(Meant::Close(option)) => format!("did you mean `{}`?", option.name),
            None => all_options(self.target),
        }
    }
}

impl fmt::Display for UnknownOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.issue().fmt(f)
    }
}

impl std::error::Error for UnknownOption {}

/// The same option given twice.
#[must_use]
pub fn duplicate_option(name: &str) -> Issue {
    Issue::new(
        "option.duplicate",
        name,
        format!("duplicate option `{name}`"),
        "remove one",
    )
}

/// An option that excludes one given before it. `earlier` are the names given so far.
///
/// ```
/// use obs_schema::option::{Target, conflicting_options, find};
/// let root = find(Target::TraceRequest, "root").unwrap();
/// assert_eq!(conflicting_options(root, &["slow", "parent"]).unwrap().to_string(),
///     "`root` cannot be used together with `parent`; remove one");
/// assert_eq!(conflicting_options(root, &["slow"]), None);
/// ```
#[must_use]
pub fn conflicting_options(option: &OptionDef, earlier: &[&str]) -> Option<Issue> {
    let other = earlier
        .iter()
        .find(|other| **other != option.name && option.excludes.contains(other))?;
    let message = format!("`{}` cannot be used together with `{other}`", option.name);
    Some(Issue::new(
        "option.conflict",
        option.name,
        message,
        "remove one",
    ))
}

/// An option that must be there and is not.
#[must_use]
pub fn missing_option(target: Target, option: &OptionDef) -> Issue {
    let message = format!("{} needs {}", quoted(target), describe(option));
    let help = match option.position {
        Some(_) => format!("write `{}`", with_first_arguments(target, option)),
        None => format!("add `{} = ..`", option.name),
    };
    Issue::new("option.missing", option.name, message, help)
}

/// A positional argument that was written with its name.
#[must_use]
pub fn named_positional(target: Target, option: &OptionDef) -> Issue {
    let message = format!("{} is written without a name", describe(option));
    Issue::new(
        "option.positional",
        option.name,
        message,
        place_hint(target, option),
    )
}

pub(super) fn meant(options: &'static [OptionDef], typed: &str) -> Option<Meant> {
    let former = options.iter().find(|option| option.former.contains(&typed));
    if let Some(option) = former {
        return Some(Meant::Former(option));
    }
    let names: Vec<&str> = options.iter().map(|option| option.name).collect();
    let close = suggest(typed, &names)?;
    options
        .iter()
        .find(|option| option.name == close)
        .map(Meant::Close)
}

/// What it is, without the example: "an operation name for `api`".
fn describe(option: &OptionDef) -> String {
    let (kind, _) = option
        .kind
        .expects()
        .split_once(", such as")
        .unwrap_or((option.kind.expects(), ""));
    format!("{kind} for `{}`", option.name)
}

fn place_hint(target: Target, option: &OptionDef) -> String {
    let place = if option.position == Some(0) {
        "first"
    } else {
        "second"
    };
    format!(
        "the {} is the {place} argument, write `{}`",
        option.name,
        with_first_arguments(target, option)
    )
}

/// `#[track_db_query("..", "..")]` up to `option`.
fn with_first_arguments(target: Target, option: &OptionDef) -> String {
    let count = option.position.map_or(0, usize::from) + 1;
    let arguments = vec!["\"..\""; count].join(", ");
    target.as_str().replace(']', &format!("({arguments})]"))
}

fn all_options(target: Target) -> String {
    let names: Vec<String> = options_of(target)
        .iter()
        .filter(|option| option.position.is_none())
        .map(|option| format!("`{}`", option.name))
        .collect();
    if names.is_empty() {
        return format!("{} takes no options", quoted(target));
    }
    format!("{} takes {}", quoted(target), names.join(", "))
}

/// `#[label]` alone says too little: it is on four kinds of items.
fn quoted(target: Target) -> String {
    match target.item() {
        "" | "a function" => format!("`{}`", target.as_str()),
        item => format!("`{}` on {item}", target.as_str()),
    }
}
