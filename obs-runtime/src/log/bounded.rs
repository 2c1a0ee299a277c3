//! Text of the program's own `Display` and `Debug`, whatever they do.

use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::count;
use super::record::MAX_TEXT_BYTES;
use crate::hot::body::cut;

/// What stands for the rest of a value whose formatting panicked.
const PANICKED: &str = "<panicked while formatting>";
/// What stands for the rest of a text that is too long.
const CUT: &str = "…";

/// Appends the text of `arguments`, at most [`MAX_TEXT_BYTES`] of it.
///
/// A panic ends the text, not the caller: a program that logs must not fail where one that does
/// not log goes on.
pub(super) fn write(out: &mut String, arguments: fmt::Arguments<'_>) {
    if let Some(text) = arguments.as_str() {
        return push(out, text);
    }
    let mut bounded = Bounded {
        limit: out.len() + MAX_TEXT_BYTES,
        text: out,
        full: false,
    };
    // An error of the value's own leaves what it has written so far.
    if guarded(|| bounded.write_fmt(arguments)).is_none() {
        bounded.text.push_str(PANICKED);
    }
    if bounded.full {
        mark_cut(bounded.text);
    }
}

/// Runs code of the program. `None` if it panics.
pub(super) fn guarded<R>(run: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(run))
        // The payload's destructor is the program's code too, and may panic again.
        .map_err(std::mem::forget)
        .ok()
}

/// Appends a text, at most [`MAX_TEXT_BYTES`] of it.
pub(super) fn push(out: &mut String, text: &str) {
    let part = cut(text, MAX_TEXT_BYTES);
    out.push_str(part);
    if part.len() < text.len() {
        mark_cut(out);
    }
}

/// Cuts what `out` has from `start` on down to [`MAX_TEXT_BYTES`].
pub(super) fn shorten(out: &mut String, start: usize) {
    let written = out.get(start..).unwrap_or_default();
    let kept = cut(written, MAX_TEXT_BYTES).len();
    if kept < written.len() {
        out.truncate(start + kept);
        mark_cut(out);
    }
}

fn mark_cut(text: &mut String) {
    text.push_str(CUT);
    count::truncated();
}

/// Takes no more than up to `limit`, so that an endless `Display` ends.
struct Bounded<'a> {
    text: &'a mut String,
    limit: usize,
    full: bool,
}

impl Write for Bounded<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = self.limit.saturating_sub(self.text.len());
        let kept = cut(part, room);
        self.text.push_str(kept);
        if kept.len() < part.len() {
            self.full = true;
            return Err(fmt::Error);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(arguments: fmt::Arguments<'_>) -> String {
        let mut out = String::from("before");
        write(&mut out, arguments);
        out.split_off("before".len())
    }

    fn kept(text: &str) -> String {
        let mut out = String::from("before");
        push(&mut out, text);
        out.split_off("before".len())
    }

    fn shortened(text: &str) -> String {
        let mut out = format!("before{text}");
        shorten(&mut out, "before".len());
        out.split_off("before".len())
    }

    #[test]
    fn long_text_is_cut_at_a_character_and_says_so() {
        let long = "é".repeat(MAX_TEXT_BYTES);
        for text in [kept(&long), text(format_args!("{long}")), shortened(&long)] {
            assert_eq!(text.len(), MAX_TEXT_BYTES + CUT.len());
            assert!(text.ends_with("é…"));
        }
    }

    #[test]
    fn an_endless_display_ends() {
        struct Endless;
        impl fmt::Display for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("on and on ")?;
                }
            }
        }
        assert!(text(format_args!("{Endless}")).len() <= MAX_TEXT_BYTES + CUT.len());
    }

    #[test]
    fn a_panic_ends_the_value_only() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("the payload's own panic");
            }
        }
        struct Panics;
        impl fmt::Debug for Panics {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("before ")?;
                std::panic::panic_any(Bomb)
            }
        }
        assert_eq!(
            text(format_args!("{Panics:?}")),
            format!("before {PANICKED}")
        );
    }

    #[test]
    fn an_error_of_the_value_leaves_what_there_is() {
        struct Fails;
        impl fmt::Display for Fails {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("half")?;
                Err(fmt::Error)
            }
        }
        assert_eq!(text(format_args!("{Fails}")), "half");
    }
}
