//! Labels as the formats of Prometheus write them: `name="value",name="value",`.
//!
//! A series keeps its labels in this form and in no other. Two label sets of one family are equal if
//! and only if their fragments are: a value cannot contain the `",` that ends it.

use crate::metric::encode::escape;

/// Appends a label.
pub(crate) fn push(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"=\"");
    escape::label_value(value, out);
    out.extend_from_slice(b"\",");
}

/// Whether these are the labels of the fragment. The names are those that it was made with.
pub(super) fn is<'a>(
    mut fragment: &[u8],
    labels: impl Iterator<Item = (&'a str, &'a str)>,
) -> bool {
    for (name, value) in labels {
        let rest = fragment
            .get(name.len() + 2..)
            .and_then(|rest| escape::strip_label_value(rest, value));
        match rest.and_then(|rest| rest.strip_prefix(b"\",")) {
            Some(rest) => fragment = rest,
            None => return false,
        }
    }
    fragment.is_empty()
}

/// The names and values of a fragment.
pub(crate) fn read(mut fragment: &[u8]) -> Vec<(String, String)> {
    let mut labels = Vec::new();
    while let Some(end) = fragment.iter().position(|&byte| byte == b'=') {
        let (name, rest) = fragment.split_at(end);
        let mut value = Vec::new();
        let rest = rest.strip_prefix(b"=\"").unwrap_or_default();
        let rest = escape::read_label_value(rest, &mut value);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        labels.push((text(name), text(&value)));
        fragment = rest.strip_prefix(b"\",").unwrap_or_default();
    }
    labels
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[ab\"\\\\\n,=\0]{0,6}",
            Just("x\"\0\\".repeat(2_500)),
        ]
    }

    fn fragment(labels: &[(String, String)]) -> Vec<u8> {
        let mut out = Vec::new();
        labels
            .iter()
            .for_each(|(name, value)| push(name, value, &mut out));
        out
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(labels in prop::collection::vec(("[a-z_]{1,4}", value()), 0..4)) {
            prop_assert_eq!(read(&fragment(&labels)), labels);
        }

        #[test]
        fn a_fragment_is_that_of_its_own_values_only(
            (one, other) in (1usize..4).prop_flat_map(|n| {
                (prop::collection::vec(value(), n), prop::collection::vec(value(), n))
            }),
        ) {
            let pairs = |values: &[String]| -> Vec<(String, String)> {
                values.iter().map(|value| ("k".to_owned(), value.clone())).collect()
            };
            let written = fragment(&pairs(&one));
            let is = |values: &[String]| is(&written, values.iter().map(|value| ("k", value.as_str())));
            prop_assert!(is(&one));
            prop_assert_eq!(is(&other), one == other);
            prop_assert!(!is(&one[1..]));
        }
    }
}
