//! `#[circuit_breaker]`: what decides whether the body of a call runs.

mod check;
mod fallback;
mod settings;

use obs_schema::resilience::BreakerSettings;
use syn::Expr;

pub use self::fallback::{Fallback, Saved};
use super::argument::check_names;
use super::kind::Part;
use super::{Judgement, Operation, Place};
use crate::crate_path::CratePath;
use crate::diag::Diag;
use crate::func::Func;

/// What decides whether the body of a call runs, and judges how it ended.
pub struct Guard {
    /// Where the runtime is.
    pub krate: CratePath,
    /// The circuit breaker.
    pub breaker: Breaker,
    /// What gives the value instead.
    pub fallback: Option<Fallback>,
    /// How the returned value is judged, by the operation around.
    pub judgement: Judgement,
    /// A function that says which errors are ignored.
    pub ignore: Option<Expr>,
    /// A function that says which errors are failures.
    pub record: Option<Expr>,
}

/// A circuit breaker.
pub struct Breaker {
    /// Its name.
    pub name: String,
    /// Its settings, which have been checked.
    pub settings: BreakerSettings,
    /// What tells it from its siblings.
    pub key: Option<KeyedBy>,
}

/// A breaker for each value of an expression.
pub struct KeyedBy {
    /// The expression.
    pub expr: Expr,
    /// How many there are at the most.
    pub max_keys: u32,
}

/// How many breakers there are for the keys of one, unless it says otherwise.
const MAX_KEYS: u32 = 100;

/// Resolves the attribute. `operation` is what the others make of the function.
pub fn model(
    func: &Func,
    part: &Part,
    operation: Option<&Operation>,
    place: &Place,
    krate: Option<&CratePath>,
    diag: &mut Diag,
) -> Option<Guard> {
    let options = &part.options;
    let krate = krate.or(operation.map(|operation| &operation.krate));
    check::function(func, part, diag);
    let settings = settings::breaker(part, diag);
    let fallback = options
        .expr("fallback")
        .and_then(|given| fallback::model(func, given.value, diag));
    let expr = |name: &str| options.expr(name).map(|given| given.value.clone());
    let breaker = Breaker {
        name: options.text("name")?.value.to_owned(),
        settings,
        key: key(func, part, place, diag),
    };
    Some(Guard {
        krate: krate.cloned().unwrap_or_default(),
        breaker,
        fallback,
        judgement: operation.map_or(Judgement::ByType, |operation| operation.judgement.clone()),
        ignore: expr("ignore"),
        record: expr("record"),
    })
}

fn key(func: &Func, part: &Part, place: &Place, diag: &mut Diag) -> Option<KeyedBy> {
    let max_keys = part.options.int("max_keys");
    let Some(key) = part.options.expr("key") else {
        if let Some(given) = max_keys {
            diag.error(
                given.key,
                "`max_keys` needs `key`; write `key = host`, or remove it",
            );
        }
        return None;
    };
    let mut params = func.params();
    params.outer_generics(&place.generics);
    check_names(key.value, &params, diag);
    Some(KeyedBy {
        expr: key.value.clone(),
        max_keys: max_keys.map_or(MAX_KEYS, |given| {
            u32::try_from(given.value).unwrap_or(u32::MAX)
        }),
    })
}
