//! Where records are kept: the name of a data stream, an index or an alias.
//!
//! Sources: <https://www.elastic.co/docs/reference/fleet/data-streams> for what names are made of, and
//! <https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create> for what they may be.

use crate::config::Service;

/// Bytes that a name may have.
const LONGEST: usize = 255;
/// Bytes that a part of the name of a data stream may have.
const LONGEST_PART: usize = 100;

/// The data stream of a service: `logs-SERVICE-NAMESPACE`.
pub(super) fn of(service: &Service) -> String {
    let dataset = part(service.name, "generic");
    let namespace = part(service.namespace, "default");
    format!("logs-{dataset}-{namespace}")
}

/// A part, in which a `-` would begin the next one.
fn part(name: &str, otherwise: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_');
    let small = name.chars().flat_map(char::to_lowercase);
    let mut part: String = small.map(|c| if fits(c) { c } else { '_' }).collect();
    while part.len() > LONGEST_PART {
        part.pop();
    }
    if part.is_empty() {
        otherwise.clone_into(&mut part);
    }
    part
}

/// Says what is wrong with a name.
pub(super) fn check(name: &str) -> Result<(), &'static str> {
    let is_forbidden =
        |c: char| r#"\/*?"<>|,#:"#.contains(c) || c.is_whitespace() || c.is_control();
    if name.contains(is_forbidden) {
        return Err(r#"a name has no white space and none of `\ / * ? " < > | , # :` in it"#);
    }
    if name.starts_with(['-', '_', '+']) {
        return Err("a name does not begin with `-`, `_` or `+`");
    }
    if matches!(name, "." | "..") {
        return Err("`.` and `..` are no names; write for example `logs-shop-default`");
    }
    if name.to_lowercase() != name {
        return Err("a name has no capitals in it; write it in lower case");
    }
    if name.len() > LONGEST {
        return Err("a name has at most 255 bytes");
    }
    Ok(())
}
