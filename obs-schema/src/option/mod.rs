//! The option table: every attribute, every derive and every configuration key.
//!
//! The macros read what the user typed against it, the loader reads files and
//! environment variables against it, the reference in `docs/reference/` is printed
//! from it. An option that is not here does not exist.
//!
//! ```
//! use obs_schema::option::{Target, find};
//! let slow = find(Target::TraceRequest, "slow").unwrap();
//! assert_eq!(slow.kind.expects(), "a duration, such as `\"250ms\"`");
//! assert_eq!(find(Target::TraceRequest, "slwo").unwrap_err().to_string(), "unknown option `slwo`; did you mean `slow`?");
//! ```

mod derive;
mod event;
mod health;
mod http;
mod key;
mod kind;
mod lookup;
mod operation;
mod policy;
mod resilience;
mod service;
mod target;
mod tracing;
mod value;

pub use key::{
    ENV_ELASTIC, ENV_PUSH, Key, Section, UnknownKey, UnknownVariable, find_key, find_variable, keys,
};
pub use kind::ValueKind;
pub use lookup::{
    Meant, UnknownOption, conflicting_options, duplicate_option, find, missing_option,
    named_positional, options_of,
};
pub use target::Target;
pub use value::{Given, WrongValue};

/// One option: what it is called, what it takes, what it does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionDef {
    /// The name, as it is typed.
    pub name: &'static str,
    /// What kind of value it takes.
    pub kind: ValueKind,
    /// The place among the arguments without a name, from 0. `None` when it is written `name = value`.
    pub position: Option<u8>,
    /// Whether it must be there.
    pub required: bool,
    /// What holds without it, for people.
    pub default: &'static str,
    /// What it does: one or two sentences.
    pub doc: &'static str,
    /// What people type instead, from other libraries or earlier versions.
    pub former: &'static [&'static str],
    /// Options that it cannot be together with. Its own name does not count.
    pub excludes: &'static [&'static str],
    /// The environment variables that set it, the strongest first. Empty for options that are fixed while compiling.
    pub env: &'static [&'static str],
}

impl OptionDef {
    pub(crate) const fn new(
        name: &'static str,
        kind: ValueKind,
        default: &'static str,
        doc: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            position: None,
            required: false,
            default,
            doc,
            former: &[],
            excludes: &[],
            env: &[],
        }
    }

    pub(crate) const fn at(mut self, position: u8) -> Self {
        self.position = Some(position);
        self
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) const fn former(mut self, former: &'static [&'static str]) -> Self {
        self.former = former;
        self
    }

    pub(crate) const fn excludes(mut self, excludes: &'static [&'static str]) -> Self {
        self.excludes = excludes;
        self
    }

    pub(crate) const fn env(mut self, env: &'static [&'static str]) -> Self {
        self.env = env;
        self
    }
}

#[cfg(test)]
mod tests;
