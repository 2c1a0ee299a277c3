//! Secrets and texts by chance.

use proptest::prelude::*;

use super::*;

/// Something secret, and a text in which it is one.
pub(crate) fn planted() -> impl Strategy<Value = (String, String)> {
    let password = "[a-zA-Z0-9!#$%^*_+~.-]{1,6}[0-9][a-zA-Z0-9!#$%^*_+~.-]{6,12}[a-zA-Z0-9]";
    prop_oneof![
        (
            "(password|db_password|API-KEY|clientSecret|x.token|Cookie)( = |=|: )",
            password
        )
            .prop_map(|(name, secret)| (format!("{name}{secret}"), secret)),
        ("(password|token|private_key)", password).prop_map(|(name, secret)| (
            format!("{{\"id\": 3, \"{name}\": \"{secret}\", \"a\": null}}"),
            secret
        )),
        ("(password|token|private_key)", password).prop_map(|(name, secret)| (
            format!("Login {{ user: \"ada\", {name}: Some(\"{secret}\") }}"),
            secret
        )),
        ("(password|token)", password).prop_map(|(name, secret)| {
            let json = format!("{{\"{name}\":\"{secret}\"}}");
            (format!("body {json:?}"), secret)
        }),
        "[a-zA-Z0-9!$%^*_+~.-]{8,20}"
            .prop_map(|secret| (format!("postgres://app:{secret}@db:5432/shop"), secret)),
        "[A-Za-z0-9_-]{20,40}".prop_map(|secret| (format!("Bearer {secret}"), secret)),
        "eyJ[A-Za-z0-9_-]{20,40}\\.eyJ[A-Za-z0-9_-]{20,40}\\.[A-Za-z0-9_-]{43}".prop_map(same),
        "(ghp_|gho_|ghs_)[A-Za-z0-9]{36}".prop_map(same),
        "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}".prop_map(same),
        "sk-(proj-)?[A-Za-z0-9]{20}[0-9]{4}[A-Za-z0-9]{20}".prop_map(same),
        "(AKIA|ASIA)[A-Z0-9]{16}".prop_map(same),
        "AIza[A-Za-z0-9_-]{35}".prop_map(same),
        "xoxb-[0-9]{11}-[A-Za-z0-9]{24}".prop_map(same),
        "glpat-[A-Za-z0-9_-]{20}".prop_map(same),
        "4[0-9]{14}".prop_map(|digits| same(with_check_digit(&digits))),
        "5[1-5][0-9]{13}".prop_map(|digits| {
            let card = with_check_digit(&digits);
            let groups: Vec<&str> = [0, 4, 8, 12].map(|at| &card[at..at + 4]).into();
            same(groups.join("-"))
        }),
        "[A-Za-z0-9+/\n]{64,200}".prop_map(|key| same(format!(
            "-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----"
        ))),
    ]
}

fn same(secret: String) -> (String, String) {
    (secret.clone(), secret)
}

fn with_check_digit(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Words as they are in messages, none of them secret.
pub(crate) fn plain() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-z]{1,12}",
        "[A-Z][a-z]{1,8}[,.:;!?]?",
        "[0-9]{1,12}",
        "[a-z]{1,6}=[0-9]{1,6}",
        "[a-z_]{1,10}::[a-z_]{1,10}",
        "/[a-z]{1,8}/[0-9]{1,6}",
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        "20[0-9]{2}-0[1-9]-1[0-9]T1[0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{6}Z",
        "17[0-9]{8,17}",
        "[0-9]{1,3}\\.[0-9]{1,17}",
        "[äöüß–“”]{1,4}",
        "https://[a-z]{1,8}:[0-9]{2,5}/[a-z]{1,8}\\?[a-z]=[0-9]{1,4}",
        "\\{\"[a-z]{1,6}\":[0-9]{1,4}\\}",
    ];
    let is_odd = |word: &String| {
        let low = word.to_lowercase();
        [
            "token", "secret", "pass", "pwd", "jwt", "cv", "key", "cook", "session", "sig",
        ]
        .iter()
        .any(|odd| low.contains(odd))
    };
    proptest::collection::vec(
        word.prop_filter("no name of a secret", move |word| !is_odd(word)),
        0..12,
    )
    .prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_secret_survives(before in plain(), (text, secret) in planted(), after in plain()) {
        let shown = hidden(&format!("{before} {text} {after}"));
        prop_assert!(!shown.contains(&secret), "{shown}");
        prop_assert!(shown.starts_with(&before), "{shown}");
        prop_assert!(shown.contains(REDACTED));
    }

    #[test]
    fn a_text_without_a_secret_is_the_same_bytes(text in plain()) {
        prop_assert!(matches!(Redaction::new().hide(&text), std::borrow::Cow::Borrowed(same) if same == text), "{text} -> {}", hidden(&text));
    }

    #[test]
    fn no_secret_is_without_a_hint(before in plain(), (text, _) in planted(), upper in any::<bool>(), far in 0..3_usize) {
        let text = if upper { text.to_uppercase() } else { text };
        let text = format!("{}{before} {text}", "far away ".repeat(far * 60));
        let rules = Redaction::new().with_keys(["iban"]).with_prefixes(["acme_"]);
        let read = rules.read(&text, Finders::Run);
        prop_assert!(read.is_empty() || rules.may_hide_in(&text, Finders::Run), "{text}");
    }

    #[test]
    fn any_text_can_be_read(text in "[a-z:=\"'\\\\(){}\\[\\],@/&?0-9_ -]{0,80}|.{0,80}") {
        let _ = hidden(&text);
    }
}
