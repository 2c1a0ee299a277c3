//! The spelling of names: from `DirectDebit` to `direct_debit`.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;

/// How words are joined. The names of the cases are those of the option table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Snake,
    Kebab,
    Lower,
    Upper,
    ScreamingSnake,
    Camel,
    Pascal,
}

impl Case {
    /// The case that the option table calls `name`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "snake_case" => Self::Snake,
            "kebab-case" => Self::Kebab,
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "camelCase" => Self::Camel,
            "PascalCase" => Self::Pascal,
            _ => return None,
        })
    }

    /// An identifier in this case.
    pub(crate) fn of(self, ident: &Ident) -> String {
        let name = ident.unraw().to_string();
        let words = words(&name);
        match self {
            Self::Snake => words.join("_"),
            Self::Kebab => words.join("-"),
            Self::Lower => words.concat(),
            Self::Upper => words.concat().to_uppercase(),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::Pascal => words.iter().map(|word| capitalized(word)).collect(),
            Self::Camel => {
                let mut words = words.into_iter();
                let first = words.next().unwrap_or_default();
                first + &words.map(|word| capitalized(&word)).collect::<String>()
            }
        }
    }
}

/// The words of an identifier in lower case. `HTTPServer2` is `http` and `server2`.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let begins = letter == '_'
            || before.is_some_and(|&before| is_start(before, letter, letters.get(at + 1)));
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter != '_' {
            word.extend(letter.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether a word starts at a capital: after anything else, or as the last of several before a small letter.
fn is_start(before: char, letter: char, after: Option<&char>) -> bool {
    letter.is_uppercase()
        && (!before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()))
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use obs_schema::option::{Target, ValueKind, find};
    use proc_macro2::Span;

    fn snake(name: &str) -> String {
        Case::Snake.of(&Ident::new_raw(name, Span::call_site()))
    }

    #[test]
    fn words_begin_at_capitals() {
        for (name, words) in [
            ("DirectDebit", "direct_debit"),
            ("HTTPServer", "http_server"),
            ("Http2", "http2"),
            ("V2Api", "v2_api"),
            ("ID", "id"),
            ("already_snake", "already_snake"),
            ("Émile", "émile"),
            ("Type", "type"),
        ] {
            assert_eq!(snake(name), words);
        }
    }

    #[test]
    fn every_case_of_the_table_is_known() {
        let option = find(Target::LabelEnum, "rename_all").unwrap();
        let ValueKind::Choice(cases) = option.kind else {
            panic!("rename_all is a choice")
        };
        let ident = Ident::new("DirectDebit", Span::call_site());
        let spelt: Vec<String> = cases
            .iter()
            .map(|case| Case::named(case).unwrap().of(&ident))
            .collect();
        assert_eq!(
            spelt,
            [
                "direct_debit",
                "direct-debit",
                "directdebit",
                "DIRECTDEBIT",
                "DIRECT_DEBIT",
                "directDebit",
                "DirectDebit"
            ]
        );
    }
}
