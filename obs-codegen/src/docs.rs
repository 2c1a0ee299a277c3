//! From doc comments to help texts.

use syn::{Attribute, Expr, Lit, Meta};

/// The first paragraph of the doc comments in `attrs`, on one line; empty if there is none.
///
/// The paragraphs after it are for readers of the code.
#[must_use]
pub fn help_text(attrs: &[Attribute]) -> String {
    let text: Vec<String> = attrs.iter().filter_map(doc_text).collect();
    let paragraph = text
        .iter()
        .flat_map(|text| text.lines())
        .map(|line| line.trim().trim_start_matches("* "))
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty());
    paragraph.collect::<Vec<_>>().join(" ")
}

fn doc_text(attr: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attr.meta else {
        return None;
    };
    match &pair.value {
        Expr::Lit(literal) if pair.path.is_ident("doc") => match &literal.lit {
            // An empty comment line is a line of its own.
            Lit::Str(text) => Some(format!("{}\n", text.value())),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(item: &str) -> String {
        help_text(&syn::parse_str::<syn::ItemStruct>(item).unwrap().attrs)
    }

    #[test]
    fn the_first_paragraph_on_one_line() {
        let item = "/// Orders that were\n/// placed.\n///\n/// More for readers.\nstruct S;";
        assert_eq!(help(item), "Orders that were placed.");
    }

    #[test]
    fn block_comments_and_attributes() {
        assert_eq!(
            help("/** Orders that\n * were placed. */ struct S;"),
            "Orders that were placed."
        );
        assert_eq!(help("#[doc = \" Orders.\"] struct S;"), "Orders.");
    }

    #[test]
    fn no_comment_is_no_text() {
        assert_eq!(help("#[doc(hidden)] #[must_use] struct S;"), "");
        assert_eq!(help("///\n struct S;"), "");
    }
}
