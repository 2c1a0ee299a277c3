//! One member: `name=value;property;property=value`.

use std::fmt;

use super::percent;

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: Box<str>,
    /// Decoded.
    pub(super) value: Box<str>,
    /// As received, without white space around the signs; with `;` between them.
    pub(super) properties: Box<str>,
}

impl Member {
    pub(super) fn new(name: &str, value: &str) -> Option<Self> {
        is_token(name).then(|| Self {
            name: name.into(),
            value: value.into(),
            properties: "".into(),
        })
    }

    /// The member, if it is well formed.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let mut parts = text.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let (name, value) = (trim(name), trim(value));
        if !is_token(name) || !is_value(value) {
            return None;
        }
        let mut properties = String::new();
        for property in parts {
            push_property(&mut properties, property)?;
        }
        Some(Self {
            name: name.into(),
            value: percent::decode(value).into(),
            properties: properties.into(),
        })
    }

    /// The length of the text.
    pub(super) fn encoded_len(&self) -> usize {
        let semicolon = usize::from(!self.properties.is_empty());
        let value = percent::encoded_len(&self.value);
        self.name.len() + 1 + value + semicolon + self.properties.len()
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, percent::Encoded(&self.value))?;
        if !self.properties.is_empty() {
            write!(f, ";{}", self.properties)?;
        }
        Ok(())
    }
}

fn push_property(list: &mut String, property: &str) -> Option<()> {
    if !list.is_empty() {
        list.push(';');
    }
    let (name, value) = match property.split_once('=') {
        Some((name, value)) => (trim(name), Some(trim(value))),
        None => (trim(property), None),
    };
    if !is_token(name) || !value.is_none_or(is_value) {
        return None;
    }
    list.push_str(name);
    if let Some(value) = value {
        list.push('=');
        list.push_str(value);
    }
    Some(())
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// `token` of RFC 9110.
fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

fn is_value(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte == b'%' || percent::is_plain(byte))
}
