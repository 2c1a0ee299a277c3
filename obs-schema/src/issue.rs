//! What is wrong and what to type instead.

use core::fmt;

use crate::text::{Message, Text};

/// One mistake, without a place in a file: macros add a span, the loader a line.
///
/// ```
/// use obs_schema::Issue;
/// let issue = Issue::new("ratio.range", "tracing.sampler", "1.5 is not a ratio", "write a number from 0 to 1");
/// assert_eq!(issue.to_string(), "1.5 is not a ratio; write a number from 0 to 1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The rule, as a stable word for programs: `name.reserved`.
    pub code: &'static str,
    /// Which option or key it is about: `tracing.sampler`. Empty when the place says it.
    pub path: String,
    /// What is wrong, in lower case, without a full stop.
    pub message: String,
    /// What to type instead; empty when the message says it.
    pub help: String,
}

impl Issue {
    /// An issue from its parts.
    #[must_use]
    pub fn new(
        code: &'static str,
        path: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            path: path.into(),
            message: message.into(),
            help: help.into(),
        }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.help.is_empty() {
            write!(f, "; {}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Issue {}

/// A mistake that a `const fn` found in a configuration: an [`Issue`] that needs no heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// As in [`Issue::code`].
    pub code: &'static str,
    /// The configuration key: `tracing.sampler`.
    pub path: &'static str,
    /// As in [`Issue::message`].
    pub message: Message,
    /// As in [`Issue::help`].
    pub help: Message,
}

impl Finding {
    /// A finding from its parts.
    #[must_use]
    pub const fn new(code: &'static str, path: &'static str, message: Message, help: &str) -> Self {
        Self {
            code,
            path,
            message,
            help: Message::new().str(help),
        }
    }
}

impl From<Finding> for Issue {
    fn from(finding: Finding) -> Self {
        Self::new(
            finding.code,
            finding.path,
            finding.message.as_str(),
            finding.help.as_str(),
        )
    }
}

/// What a check found, in order. Built by `const fn`, read at compile time and at run time.
#[derive(Debug, Clone, Copy)]
pub struct Findings {
    list: [Option<Finding>; Self::CAPACITY],
    len: usize,
}

impl Findings {
    /// How many findings one check can hold; further ones are not kept.
    pub const CAPACITY: usize = 24;

    /// Nothing found yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            list: [None; Self::CAPACITY],
            len: 0,
        }
    }

    /// Adds `finding` if there is one.
    #[must_use]
    pub const fn and(mut self, finding: Option<Finding>) -> Self {
        if finding.is_some() && self.len < Self::CAPACITY {
            self.list[self.len] = finding;
            self.len += 1;
        }
        self
    }

    /// Adds all findings of another check.
    #[must_use]
    pub const fn and_all(mut self, others: &Self) -> Self {
        let mut i = 0;
        while i < others.len {
            self = self.and(others.list[i]);
            i += 1;
        }
        self
    }

    /// The first finding.
    #[must_use]
    pub const fn first(&self) -> Option<&Finding> {
        self.list[0].as_ref()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Every finding as an [`Issue`].
    #[must_use]
    pub fn issues(&self) -> Vec<Issue> {
        self.list
            .iter()
            .flatten()
            .copied()
            .map(Issue::from)
            .collect()
    }

    /// The findings about one option or key, a line each. `None` when there are none.
    ///
    /// ```
    /// use obs_schema::{Finding, Findings, text::Text};
    /// const TWO: Findings = Findings::new()
    ///     .and(Some(Finding::new("a", "name", Text::new().str("too short"), "add a letter")))
    ///     .and(Some(Finding::new("b", "unit", Text::new().str("unknown"), "")));
    /// assert_eq!(TWO.about("name").unwrap().as_str(), "too short; add a letter");
    /// assert!(TWO.about("buckets").is_none());
    /// ```
    #[must_use]
    pub const fn about(&self, path: &str) -> Option<Text<1024>> {
        let mut text = Text::new();
        let mut i = 0;
        while i < self.len {
            if let Some(finding) = &self.list[i]
                && crate::ascii::eq(finding.path, path)
            {
                text = text
                    .str(if text.is_empty() { "" } else { "\n" })
                    .text(&finding.message);
                if !finding.help.is_empty() {
                    text = text.str("; ").text(&finding.help);
                }
            }
            i += 1;
        }
        if text.is_empty() { None } else { Some(text) }
    }

    /// Fails the build with every finding when there is one.
    ///
    /// # Panics
    /// When there is a finding. Meant for constants, where a panic is a compile error.
    #[track_caller]
    pub const fn assert_none(&self) {
        if self.is_empty() {
            return;
        }
        let mut text = Text::<4096>::new();
        let mut i = 0;
        while i < self.len {
            if let Some(finding) = &self.list[i] {
                text = text
                    .str(if i > 0 { "\n" } else { "" })
                    .text(&finding.message);
                if !finding.help.is_empty() {
                    text = text.str("; ").text(&finding.help);
                }
            }
            i += 1;
        }
        panic!("{}", text.as_str());
    }
}

impl Default for Findings {
    fn default() -> Self {
        Self::new()
    }
}

/// Gives an error type with `message`, `help` and `code` the rest of what callers need.
macro_rules! rule_error {
    ($name:ident $(<$life:lifetime>)?) => {
        impl $(<$life>)? $name $(<$life>)? {
            /// The whole sentence: what is wrong, then what to type. Usable in a constant's `panic!`.
            #[must_use]
            pub const fn text(&self) -> $crate::text::Message {
                let message = self.message();
                let help = self.help();
                if help.is_empty() { message } else { message.str("; ").text(&help) }
            }

            /// This error as an [`Issue`](crate::Issue) about the option or key `path`.
            #[must_use]
            pub fn issue(&self, path: impl Into<String>) -> $crate::Issue {
                $crate::Issue::new(self.code(), path, self.message().as_str(), self.help().as_str())
            }
        }

        impl $(<$life>)? ::core::fmt::Display for $name $(<$life>)? {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.text().as_str())
            }
        }

        impl $(<$life>)? ::std::error::Error for $name $(<$life>)? {}
    };
}
pub(crate) use rule_error;

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Findings = Findings::new()
        .and(Some(Finding::new(
            "a.b",
            "a",
            Message::new().str("first"),
            "do this",
        )))
        .and(None)
        .and(Some(Finding::new(
            "c.d",
            "c",
            Message::new().str("second"),
            "",
        )));

    #[test]
    fn findings_become_issues_in_order() {
        let issues = TWO.issues();
        assert_eq!(issues.len(), 2);
        assert_eq!(issues[0].to_string(), "first; do this");
        assert_eq!(issues[1].to_string(), "second");
        assert_eq!(issues[1].path, "c");
    }

    #[test]
    #[should_panic(expected = "first; do this\nsecond")]
    fn a_failed_assertion_shows_all_of_them() {
        TWO.assert_none();
    }

    #[test]
    fn more_findings_than_fit_are_left_out_quietly() {
        let finding = *TWO.first().unwrap();
        let many = (0..100).fold(Findings::new(), |all, _| all.and(Some(finding)));
        assert_eq!(many.issues().len(), Findings::CAPACITY);
    }
}
