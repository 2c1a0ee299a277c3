//! Whether a body leaves its function before its end.

use proc_macro2::{Ident, TokenStream, TokenTree};

/// Macros of the standard library that stay in the function.
const STAYING: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "column",
    "concat",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "line",
    "matches",
    "module_path",
    "panic",
    "print",
    "println",
    "stringify",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// Whether there is a `return`, a `?`, or a macro that may hold one.
pub(crate) fn may_leave(tokens: &TokenStream) -> bool {
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let leaves = match &token {
            TokenTree::Ident(ident) => {
                ident == "return" || (is_bang(tokens.peek()) && is_other_macro(ident))
            }
            TokenTree::Punct(punct) => punct.as_char() == '?',
            TokenTree::Group(group) => may_leave(&group.stream()),
            TokenTree::Literal(_) => false,
        };
        if leaves {
            return true;
        }
    }
    false
}

/// Whether it is `!`, and not the beginning of `!=`.
fn is_bang(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct))
        if punct.as_char() == '!' && punct.spacing() == proc_macro2::Spacing::Alone)
}

/// Whether it is the name of a macro: after a keyword stands a negation.
fn is_other_macro(ident: &Ident) -> bool {
    let is_keyword = syn::parse_str::<Ident>(&ident.to_string()).is_err();
    !is_keyword && !STAYING.contains(&ident.to_string().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(body: &str) -> bool {
        may_leave(&body.parse().unwrap())
    }

    #[test]
    fn what_leaves() {
        for body in [
            "if x { return 1; } 2",
            "f(g()?)",
            "bail!(1)",
            "match x { y => ensure!(y), }",
            "other::format!(1, return)",
            "r#try!(x)",
        ] {
            assert!(leaves(body), "{body}");
        }
    }

    #[test]
    fn what_stays() {
        for body in [
            "a != b && !c",
            "if !(a) { panic!(\"{b}\") } else { vec![1] }",
            "'a: loop { break 'a (!x); }",
            "returned(returns)",
        ] {
            assert!(!leaves(body), "{body}");
        }
    }
}
