//! Closed lists of words, such as the levels of the log.

use crate::ascii;
use crate::issue::rule_error;
use crate::suggest::suggest;
use crate::text::Message;

/// What people type for a word that has another name here.
const FORMER: &[(&str, &str)] = &[
    ("warning", "warn"),
    ("fatal", "error"),
    ("critical", "error"),
    ("none", "off"),
    ("text", "pretty"),
    ("human", "pretty"),
    ("compact", "pretty"),
    ("stdout", "console"),
    ("stderr", "console"),
    ("elasticsearch", "elastic"),
    ("opensearch", "elastic"),
    ("http", "request"),
    ("requests", "request"),
    ("host", "system"),
    ("tokio", "runtime"),
    ("prometheus", "http"),
    ("push", "pushgateway"),
    ("influxdb", "influx"),
    ("opentelemetry", "otlp"),
    ("off", "none"),
    ("explicit", "explicit_bucket_histogram"),
    ("exponential", "base2_exponential_bucket_histogram"),
];

/// A word that is not in the list of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChoiceError<'a> {
    /// The word as it was given.
    pub word: &'a str,
    /// The words that are allowed.
    pub known: &'static [&'static str],
}

rule_error!(ChoiceError<'a>);

impl ChoiceError<'_> {
    /// The rule that was broken.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "choice.unknown"
    }

    /// What is wrong.
    #[must_use]
    pub const fn message(&self) -> Message {
        Message::new().str("unknown value ").name(self.word)
    }

    /// What to type instead.
    #[must_use]
    pub const fn help(&self) -> Message {
        let m = Message::new();
        match self.meant() {
            Some(meant) => m.str("did you mean ").name(meant).str("?"),
            None => m.str("write one of ").names(self.known),
        }
    }

    const fn meant(&self) -> Option<&'static str> {
        let mut i = 0;
        while i < FORMER.len() {
            if ascii::eq(FORMER[i].0, self.word) && ascii::contains(self.known, FORMER[i].1) {
                return Some(FORMER[i].1);
            }
            i += 1;
        }
        suggest(self.word, self.known)
    }
}

/// Checks that a word is in a list, and says where.
///
/// # Errors
/// When it is not; the message names the closest one, or all.
///
/// ```
/// use obs_schema::check_choice;
/// assert_eq!(check_choice("json", &["json", "pretty"]), Ok(0));
/// assert_eq!(check_choice("jason", &["json", "pretty"]).unwrap_err().to_string(),
///     "unknown value `jason`; did you mean `json`?");
/// ```
pub const fn check_choice<'a>(
    word: &'a str,
    known: &'static [&'static str],
) -> Result<usize, ChoiceError<'a>> {
    match ascii::position(known, word) {
        Some(at) => Ok(at),
        None => Err(ChoiceError { word, known }),
    }
}

/// An enum whose variants are written as words, with the list of them.
macro_rules! choice {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Every value as it is written, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The value as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Reads a value.
            ///
            /// # Errors
            /// When the word is not one of [`Self::WORDS`].
            pub const fn parse(word: &str) -> Result<Self, $crate::choice::ChoiceError<'_>> {
                match $crate::choice::check_choice(word, Self::WORDS) {
                    Ok(at) => Ok(Self::ALL[at]),
                    Err(error) => Err(error),
                }
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use choice;

#[cfg(test)]
mod tests {
    use crate::monitoring::{Level, LogOutput, TraceExporter};

    const _: () = assert!(matches!(Level::parse("info"), Ok(Level::Info)));

    #[test]
    fn words_are_read_back() {
        for level in Level::ALL {
            assert_eq!(Level::parse(level.as_str()), Ok(*level));
        }
    }

    #[test]
    fn neighbouring_words_are_answered_with_ours() {
        let level = |word| Level::parse(word).unwrap_err().to_string();
        assert_eq!(
            level("warning"),
            "unknown value `warning`; did you mean `warn`?"
        );
        assert_eq!(level("INFO"), "unknown value `INFO`; did you mean `info`?");
        assert_eq!(
            level("loud"),
            "unknown value `loud`; write one of `off`, `error`, `warn`, `info`, `debug`, `trace`"
        );
        assert_eq!(
            LogOutput::parse("stdout").unwrap_err().to_string(),
            "unknown value `stdout`; did you mean `console`?"
        );
        assert_eq!(
            TraceExporter::parse("zipkin").unwrap_err().to_string(),
            "unknown value `zipkin`; write one of `none`, `otlp`, `jaeger`, `console`, `console_json`",
        );
    }
}
