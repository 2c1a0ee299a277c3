//! Whether a text is an IP address and a port, as `core::net::SocketAddr` reads it: its parser is
//! not `const`.

use crate::ascii;

/// Whether `text` is `1.2.3.4:5` or `[1::2]:3`.
pub(super) const fn is_socket_address(text: &str) -> bool {
    let Some(colon) = last(text, b':') else {
        return false;
    };
    let (host, port) = text.split_at(colon);
    is_port(port.split_at(1).1) && (is_v4(host) || is_bracketed_v6(host))
}

const fn is_port(text: &str) -> bool {
    matches!(number(text), Some(port) if port <= u16::MAX as u64)
}

const fn is_v4(text: &str) -> bool {
    let mut rest = Some(text);
    let mut parts = 0;
    while let Some(text) = rest {
        let (part, after) = ascii::split_once(text, b'.');
        let padded = part.len() > 1 && ascii::starts_with(part, "0");
        if padded || part.len() > 3 || !matches!(number(part), Some(0..=255)) {
            return false;
        }
        parts += 1;
        rest = after;
    }
    parts == 4
}

const fn is_bracketed_v6(text: &str) -> bool {
    let Some(text) = ascii::strip_prefix(text, "[") else {
        return false;
    };
    let Some(text) = ascii::strip_suffix(text, "]") else {
        return false;
    };
    let (address, scope) = ascii::split_once(text, b'%');
    let is_scope = match scope {
        Some(scope) => matches!(number(scope), Some(scope) if scope <= u32::MAX as u64),
        None => true,
    };
    is_scope && is_v6(address)
}

const fn is_v6(text: &str) -> bool {
    let Some(gap) = find_gap(text) else {
        return matches!(groups(text), Some(8));
    };
    let (head, tail) = text.split_at(gap);
    let (head, tail) = (groups(head), groups(tail.split_at(2).1));
    // The gap stands for at least one group, and only the end may be written as an IPv4 address.
    match (head, tail) {
        (Some(head), Some(tail)) => head + tail < 8 && last(text.split_at(gap).0, b'.').is_none(),
        _ => false,
    }
}

/// Where the first `::` is.
const fn find_gap(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = 1;
    while i < bytes.len() {
        if bytes[i] == b':' && bytes[i - 1] == b':' {
            return Some(i - 1);
        }
        i += 1;
    }
    None
}

/// How many groups of 16 bits there are, the last two of them maybe as an IPv4 address.
const fn groups(text: &str) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let mut rest = Some(text);
    let mut count = 0;
    while let Some(text) = rest {
        let (group, after) = ascii::split_once(text, b':');
        count += if is_group(group) {
            1
        } else if after.is_none() && is_v4(group) {
            2
        } else {
            return None;
        };
        rest = after;
    }
    Some(count)
}

const fn is_group(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() && bytes[i].is_ascii_hexdigit() {
        i += 1;
    }
    i == bytes.len() && i >= 1 && i <= 4
}

/// A whole number; what is beyond 64 bits is a very large one.
const fn number(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let mut number = 0u64;
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_digit() {
            return None;
        }
        number = number
            .saturating_mul(10)
            .saturating_add((bytes[i] - b'0') as u64);
        i += 1;
    }
    if bytes.is_empty() { None } else { Some(number) }
}

/// Where `wanted` is for the last time.
const fn last(text: &str, wanted: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = bytes.len();
    while i > 0 {
        i -= 1;
        if bytes[i] == wanted {
            return Some(i);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use core::net::SocketAddr;

    use super::is_socket_address;

    const ADDRESSES: &[&str] = &[
        "0.0.0.0:0",
        "255.255.255.255:65535",
        "10.9.8.7:00080",
        "[::]:0",
        "[::1]:9464",
        "[1:2:3:4:5:6:7:8]:9",
        "[1:2:3:4:5:6:7::]:9",
        "[::ffff:1.2.3.4]:5",
        "[1:2:3:4:5:6:1.2.3.4]:5",
        "[fe80::1%2]:3",
        "localhost:1",
        "1.2.3.4::5",
        "é:1",
        "",
    ];

    fn agrees(text: &str) {
        let expected = text.parse::<SocketAddr>().is_ok();
        assert_eq!(is_socket_address(text), expected, "{text}");
    }

    /// Every text that differs from `text` by one character.
    fn neighbours(text: &str) -> Vec<String> {
        let characters: Vec<char> = text.chars().collect();
        let mut all = Vec::new();
        for at in 0..=characters.len() {
            let (head, tail) = characters.split_at(at);
            let after = tail.get(1..).unwrap_or_default();
            all.push(head.iter().chain(after).collect());
            for new in "019af:.[]%+- ".chars() {
                for tail in [tail, after] {
                    all.push(head.iter().chain([&new]).chain(tail).collect());
                }
            }
        }
        all
    }

    #[test]
    fn the_standard_library_agrees() {
        for text in ADDRESSES {
            agrees(text);
            for near in neighbours(text) {
                agrees(&near);
                neighbours(&near).iter().for_each(|text| agrees(text));
            }
        }
    }
}
