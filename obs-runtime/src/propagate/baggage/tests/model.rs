//! The same rules written down a second time, with text operations and no thought for speed.

type Member = (String, String, String);

const TOKEN: &str = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

pub(super) fn parse(headers: &[Vec<u8>]) -> Vec<Member> {
    let mut taken: Vec<Member> = Vec::new();
    for text in headers.join(&b',').split(|byte| *byte == b',') {
        let Some(member) = member(text) else { continue };
        let mut all = taken.clone();
        all.push(member);
        let texts: Vec<_> = all.iter().map(sent).collect();
        if all.len() <= 64 && texts.join(",").len() <= 8192 {
            taken = all;
        }
    }
    taken
}

fn member(text: &[u8]) -> Option<Member> {
    let text = String::from_utf8(text.to_vec()).ok()?;
    let parts: Vec<&str> = text.split(';').collect();
    let (name, value) = pair(parts[0]);
    let value = value?;
    let mut properties = Vec::new();
    for part in &parts[1..] {
        let (name, value) = pair(part);
        if !is_token(&name) || value.as_deref().is_some_and(|value| !is_value(value)) {
            return None;
        }
        properties.push(match value {
            Some(value) => format!("{name}={value}"),
            None => name,
        });
    }
    (is_token(&name) && is_value(&value)).then(|| (name, decode(&value), properties.join(";")))
}

fn pair(text: &str) -> (String, Option<String>) {
    let mut sides = text
        .splitn(2, '=')
        .map(|side| side.trim_matches([' ', '\t']).to_owned());
    (sides.next().unwrap(), sides.next())
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| TOKEN.contains(c))
}

fn is_value(text: &str) -> bool {
    text.chars()
        .all(|c| ('\x21'..='\x7e').contains(&c) && !"\",;\\".contains(c))
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let digits = text
            .get(at + 1..at + 3)
            .filter(|d| d.chars().all(|c| c.is_ascii_hexdigit()));
        match (&text[at..=at], digits) {
            ("%", Some(digits)) => {
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                at += 3;
            }
            (other, _) => {
                bytes.extend(other.as_bytes());
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn sent((name, value, properties): &Member) -> String {
    let mut text = format!("{name}=");
    for byte in value.bytes() {
        let c = char::from(byte);
        if ('\x21'..='\x7e').contains(&c) && !"%\",;\\".contains(c) {
            text.push(c);
        } else {
            text += &format!("%{byte:02X}");
        }
    }
    if !properties.is_empty() {
        text += &format!(";{properties}");
    }
    text
}
