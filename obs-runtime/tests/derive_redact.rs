//! What `#[derive(Redact)]` shows and hides.
#![cfg(feature = "macros")]
#![deny(warnings, clippy::pedantic)]

use obs_runtime::Redact;

struct NotDebug;

fn mask(address: &str) -> String {
    format!("{}…", address.chars().next().unwrap_or('?'))
}

#[derive(Redact)]
struct Account<'a, T> {
    name: &'a str,
    #[redact]
    password: String,
    #[redact]
    key: NotDebug,
    #[redact(last = 4)]
    card: String,
    #[redact(with = |address: &String| mask(address))]
    email: String,
    extra: T,
    r#type: u8,
}

#[derive(Redact)]
#[expect(dead_code, reason = "what is hidden is not read here")]
enum Credential {
    None,
    Token(#[redact] String, u8),
    Basic {
        user: String,
        #[redact]
        password: String,
    },
}

fn account(card: &str) -> Account<'static, Option<u8>> {
    Account {
        name: "ada",
        password: "hunter2".into(),
        key: NotDebug,
        card: card.into(),
        email: "ada@example.org".into(),
        extra: Some(1),
        r#type: 3,
    }
}

#[test]
fn marked_fields_are_hidden_and_the_rest_is_debug() {
    let shown = format!("{:?}", account("4242424242424242"));
    assert_eq!(
        shown,
        "Account { name: \"ada\", password: [redacted], key: [redacted], card: [redacted]4242, \
         email: a…, extra: Some(1), type: 3 }"
    );
    let hidden = account("4242");
    assert_eq!(
        (hidden.password.as_str(), hidden.card.as_str()),
        ("hunter2", "4242")
    );
    let NotDebug = hidden.key;
}

#[test]
fn a_short_text_does_not_show_its_end() {
    assert!(format!("{:?}", account("12345678")).contains("card: [redacted],"));
    assert!(format!("{:?}", account("123456789")).contains("card: [redacted]6789,"));
    assert!(format!("{:?}", account("")).contains("card: [redacted],"));
}

#[test]
fn variants_look_like_themselves() {
    assert_eq!(format!("{:?}", Credential::None), "None");
    assert_eq!(
        format!("{:?}", Credential::Token("secret".into(), 2)),
        "Token([redacted], 2)"
    );
    let basic = Credential::Basic {
        user: "ada".into(),
        password: "secret".into(),
    };
    assert_eq!(
        format!("{basic:?}"),
        "Basic { user: \"ada\", password: [redacted] }"
    );
    assert_eq!(
        format!("{basic:#?}"),
        "Basic {\n    user: \"ada\",\n    password: [redacted],\n}"
    );
}
