//! Names of operations in the configuration that nothing in the program has.

use obs_schema::suggest;

use crate::config::Config;
use crate::{callsite, diagnostics};

const KEY: &str = "tracing.operations";

/// Says which names in `tracing.operations` are probably mistyped. Spans made by hand can have any name,
/// so it is not a mistake for sure. Every callsite has been registered.
pub(super) fn warn_of_unknown(config: &Config) {
    let chosen = config.monitoring.tracing.operations;
    if chosen.is_empty() {
        return;
    }
    let known: Vec<&str> = callsite::known().iter().map(|one| one.def().name).collect();
    for sentence in chosen.iter().filter_map(|(name, _)| unknown(name, &known)) {
        diagnostics::report(&format!("{}: {sentence}", config.origin(KEY)));
    }
}

/// The sentence about a name that is not known.
fn unknown(name: &str, known: &[&str]) -> Option<String> {
    if known.contains(&name) || is_request(name) {
        return None;
    }
    let help = match suggest(name, known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "it counts only for spans made by hand".to_owned(),
    };
    Some(format!(
        "`{KEY}`: no annotated operation is called `{name}`; {help}"
    ))
}

/// Whether it is how the tower layer names a request: `GET /orders/{id}`.
fn is_request(name: &str) -> bool {
    let method = name.split(' ').next().unwrap_or_default();
    !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::unknown;

    #[test]
    fn names_that_no_callsite_has_are_pointed_out() {
        let known = ["health", "place_order"];
        let of = |name| unknown(name, &known);
        assert_eq!(of("health"), None);
        assert_eq!(of("GET /orders/{id}"), None);
        assert_eq!(
            of("plaec_order").unwrap(),
            "`tracing.operations`: no annotated operation is called `plaec_order`; did you mean `place_order`?"
        );
        assert_eq!(
            of("nightly").unwrap(),
            "`tracing.operations`: no annotated operation is called `nightly`; it counts only for spans made by hand"
        );
    }
}
