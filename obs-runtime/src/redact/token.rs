//! Secrets that can be told by what they look like: tokens, keys of well-known services, private keys.

use std::ops::Range;

/// What the keys of a service begin with.
struct Prefix {
    text: &'static str,
    /// Characters that follow at least.
    min: usize,
    /// Whether there is a digit among them: the prefix alone does not say much.
    digit: bool,
}

const fn prefix(text: &'static str, min: usize) -> Prefix {
    Prefix {
        text,
        min,
        digit: false,
    }
}

/// Those that end in `-`.
const DASHED: &[Prefix] = &[
    // OpenAI, Anthropic and others.
    Prefix {
        text: "sk-",
        min: 12,
        digit: true,
    },
    // Slack.
    prefix("xoxa-", 8),
    prefix("xoxb-", 8),
    prefix("xoxe-", 8),
    prefix("xoxp-", 8),
    prefix("xoxr-", 8),
    prefix("xoxs-", 8),
    prefix("xapp-", 8),
    // GitLab, PyPI, Square.
    prefix("glpat-", 12),
    prefix("gldt-", 12),
    prefix("pypi-", 16),
    prefix("sq0atp-", 16),
];

/// Those that end in `_`.
const UNDERSCORED: &[Prefix] = &[
    // GitHub.
    prefix("ghp_", 16),
    prefix("gho_", 16),
    prefix("ghu_", 16),
    prefix("ghs_", 16),
    prefix("ghr_", 16),
    prefix("github_pat_", 16),
    // Stripe.
    prefix("sk_live_", 10),
    prefix("sk_test_", 10),
    prefix("rk_live_", 10),
    prefix("rk_test_", 10),
    prefix("whsec_", 16),
    // npm, Hugging Face, Shopify, DigitalOcean, Grafana.
    prefix("npm_", 24),
    prefix("hf_", 24),
    prefix("shpat_", 16),
    prefix("dop_v1_", 16),
    prefix("glsa_", 16),
];

/// What can stand before the last character of one of them.
const fn ends_prefix(byte: u8) -> bool {
    matches!(
        byte,
        b'k' | b'a'
            | b'b'
            | b'e'
            | b'p'
            | b'r'
            | b's'
            | b't'
            | b'i'
            | b'o'
            | b'u'
            | b'm'
            | b'f'
            | b'c'
            | b'1'
    )
}

/// The key of a service whose prefix ends at the `-` or `_` at `at`.
pub(super) fn prefixed(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let before = at.checked_sub(1).and_then(|before| bytes.get(before))?;
    if !ends_prefix(*before) || !bytes.get(at + 1).is_some_and(|byte| is_key(*byte)) {
        return None;
    }
    let head = bytes.get(..=at)?;
    let known = if head.ends_with(b"-") {
        DASHED
    } else {
        UNDERSCORED
    };
    let prefix = known
        .iter()
        .find(|prefix| head.ends_with(prefix.text.as_bytes()))?;
    let start = head.len() - prefix.text.len();
    let end = run(bytes, at + 1, is_key);
    let rest = bytes.get(at + 1..end)?;
    let fits = rest.len() >= prefix.min && (!prefix.digit || rest.iter().any(u8::is_ascii_digit));
    (fits && begins(bytes, start)).then_some(start..end)
}

/// The key of AWS or Google whose `I` is at `at`: `AKIA..`, `ASIA..`, `AIza..`.
pub(super) fn capital(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if bytes.get(at..)?.starts_with(b"Iza") {
        let start = at
            .checked_sub(1)
            .filter(|start| bytes.get(*start) == Some(&b'A'))?;
        let end = run(bytes, at, is_key);
        return (end - start >= 24 && begins(bytes, start)).then_some(start..end);
    }
    let start = at.checked_sub(2)?;
    let head = bytes.get(start..at + 2)?;
    let end = run(bytes, start, |byte| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit()
    });
    let is_id = matches!(head, b"AKIA" | b"ASIA") && end - start == 20;
    (is_id && begins(bytes, start) && !is_word(bytes, end)).then_some(start..end)
}

/// The JSON web token whose third character is at `at`: `eyJ`, which is `{"` in base64.
pub(super) fn json_web_token(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let start = at.checked_sub(2)?;
    bytes.get(start..at)?.eq(b"ey").then_some(())?;
    let end = run(bytes, at, |byte| is_key(byte) || byte == b'.');
    let token = text.get(start..end)?.trim_end_matches('.');
    (token.len() >= 16 && token.contains('.') && begins(bytes, start))
        .then_some(start..start + token.len())
}

/// What follows the word `Bearer` or `Basic` that begins at `at`, if that is a secret.
pub(super) fn after_scheme(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let rest = bytes.get(at + 1..)?;
    let starts = |word: &[u8]| {
        rest.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let (word, is_secret): (usize, fn(&[u8]) -> bool) = if starts(b"earer ") {
        (at + "Bearer ".len(), is_bearer_token)
    } else if starts(b"asic ") {
        (at + "Basic ".len(), is_basic)
    } else {
        return None;
    };
    begins(bytes, at).then_some(())?;
    let start = run(bytes, word, |byte| byte == b' ');
    let end = run(bytes, start, |byte| {
        is_key(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=')
    });
    // The full stop may be that of the sentence.
    let token = text.get(start..end)?.trim_end_matches('.');
    is_secret(token.as_bytes()).then_some(start..start + token.len())
}

/// A word of prose has small letters alone; `realm=` is what a server says of itself.
fn is_bearer_token(token: &[u8]) -> bool {
    let rest = token.get(1..).unwrap_or_default();
    let is_odd = |byte: &u8| {
        byte.is_ascii_digit()
            || byte.is_ascii_uppercase()
            || matches!(byte, b'_' | b'.' | b'~' | b'+' | b'/')
    };
    let is_parameter = token
        .split_last()
        .is_some_and(|(last, name)| *last == b'=' && name.iter().all(u8::is_ascii_lowercase));
    !is_parameter && (token.len() >= 20 || (token.len() >= 6 && rest.iter().any(is_odd)))
}

/// Whether it is `name:password` in base64.
fn is_basic(token: &[u8]) -> bool {
    let digits = token
        .iter()
        .take_while(|byte| **byte != b'=')
        .map(|byte| match byte {
            b'A'..=b'Z' => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a' + 26),
            b'0'..=b'9' => Some(byte - b'0' + 52),
            b'+' | b'-' => Some(62),
            b'/' | b'_' => Some(63),
            _ => None,
        });
    let (mut bits, mut count, mut colon) = (0_u32, 0, false);
    for digit in digits {
        let Some(digit) = digit else { return false };
        bits = (bits << 6) | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            let byte = (bits >> count) as u8;
            if byte.is_ascii_control() {
                return false;
            }
            colon |= byte == b':';
        }
    }
    colon
}

/// The private key whose `-----BEGIN` begins at `at`, up to its `-----END`, or of the text.
pub(super) fn private_key(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let name = rest.strip_prefix("-----BEGIN ")?;
    let name = name.split("-----").next()?;
    if !name.ends_with("PRIVATE KEY") && !name.ends_with("PRIVATE KEY BLOCK") {
        return None;
    }
    let end = rest.find("-----END ").and_then(|end| {
        let tail = end + "-----END ".len();
        let close = rest.get(tail..)?.find("-----")?;
        Some(tail + close + "-----".len())
    });
    Some(at..at + end.unwrap_or(rest.len()))
}

/// Where the bytes end that are such.
pub(super) fn run(bytes: &[u8], at: usize, is_such: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| is_such(**byte)).count()
}

pub(super) fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether a word begins at `at`.
fn begins(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1)
        .is_none_or(|before| !is_word(bytes, before))
}

fn is_word(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(u8::is_ascii_alphanumeric)
}
