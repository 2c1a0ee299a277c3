//! `count(100)` and `time("60s")`: which calls a circuit breaker looks at.

use obs_schema::option::{OptionDef, ValueKind};
use obs_schema::resilience::{BreakerSettings, Window};
use syn::{Expr, ExprCall};

use super::Value;
use super::read::wrong;
use crate::diag::Diag;

/// The numbers and times that a window can have; the rule book says which are too small or too large.
const CALLS: ValueKind = ValueKind::Int {
    min: 1,
    max: BreakerSettings::MAX_COUNT as u64,
};
const SPAN: ValueKind = ValueKind::Duration {
    min: BreakerSettings::MIN_TIME,
    max: BreakerSettings::MAX_TIME,
};

pub(super) fn window(option: &OptionDef, call: &ExprCall, diag: &mut Diag) -> Option<Value> {
    let word = match &*call.func {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    };
    let argument = match (call.args.first(), call.args.len()) {
        (Some(argument), 1) => argument.clone(),
        _ => {
            diag.issue_on(call, &wrong(option));
            return None;
        }
    };
    let inner = |kind| OptionDef { kind, ..*option };
    let window = match word.as_deref() {
        Some("count") => match Value::of_expr(&inner(CALLS), argument, diag)? {
            Value::Int(calls) => Window::Count(u32::try_from(calls).unwrap_or(u32::MAX)),
            _ => return None,
        },
        Some("time") => match Value::of_expr(&inner(SPAN), argument, diag)? {
            Value::Duration(span) => Window::Time(span),
            _ => return None,
        },
        _ => {
            diag.issue_on(call, &wrong(option));
            return None;
        }
    };
    Some(Value::Window(window))
}
