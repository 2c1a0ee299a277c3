//! The same rules written down a second time, with text operations and no thought for speed.

pub(super) struct Context {
    pub(super) trace_id: String,
    pub(super) span_id: String,
    pub(super) flags: u8,
    pub(super) state: String,
}

pub(super) fn extract(parents: &[Vec<u8>], states: &[Vec<u8>]) -> Option<Context> {
    let [parent] = parents else { return None };
    let text = String::from_utf8(parent.clone()).ok()?;
    let text = text.trim_matches([' ', '\t']);
    let fields: Vec<&str> = text.split('-').collect();
    let hex = |field: &str, len| {
        field.len() == len && field.chars().all(|c| "0123456789abcdef".contains(c))
    };
    let [version, trace_id, span_id, flags, more @ ..] = &fields[..] else {
        return None;
    };
    let valid = hex(version, 2)
        && *version != "ff"
        && hex(trace_id, 32)
        && trace_id.chars().any(|c| c != '0')
        && hex(span_id, 16)
        && span_id.chars().any(|c| c != '0')
        && hex(flags, 2)
        && (*version != "00" || more.is_empty());
    valid.then(|| Context {
        trace_id: (*trace_id).to_owned(),
        span_id: (*span_id).to_owned(),
        flags: u8::from_str_radix(flags, 16).unwrap() & 3,
        state: state(states).unwrap_or_default(),
    })
}

fn state(headers: &[Vec<u8>]) -> Option<String> {
    let combined = String::from_utf8(headers.join(&b',')).ok()?;
    let members: Vec<&str> = combined
        .split(',')
        .map(|m| m.trim_matches([' ', '\t']))
        .filter(|m| !m.is_empty())
        .collect();
    let valid = |member: &&str| {
        let parts: Vec<&str> = member.split('=').collect();
        let [key, value] = parts[..] else {
            return false;
        };
        let start = "abcdefghijklmnopqrstuvwxyz0123456789";
        key.chars().next().is_some_and(|c| start.contains(c))
            && key
                .chars()
                .all(|c| start.contains(c) || "_-*/@".contains(c))
            && key.chars().count() <= 256
            && !value.is_empty()
            && value.chars().count() <= 256
            && value.chars().all(|c| (' '..='~').contains(&c))
    };
    (members.len() <= 32 && members.iter().all(valid)).then(|| members.join(","))
}
