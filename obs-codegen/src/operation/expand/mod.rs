//! The function with its observation around the body.
//!
//! Labels are read from the arguments, the call begins, attributes are added if somebody records
//! them, the body runs as it was typed, the call ends with what the returned value says:
//!
//! ```text
//! fn place(order: &Order) -> Result<Id, E> {
//!     let mut op = Op::new();
//!     { <callsite> op.enter(&CALLSITE, key, parent) };
//!     if let Some(recorder) = op.recorder() { recorder.attribute("order.id", &(order.id)); }
//!     let value = call(move || -> Result<Id, E> { <body> });
//!     op.finish(<verdict on &value>);
//!     value
//! }
//! ```
//!
//! A function whose value says nothing keeps its body in place, and the guard alone ends the call.

mod begin;
mod body;
mod capture;
mod debugged;
mod definition;
mod guard;
mod inside;
mod verdict;

use proc_macro2::{Ident, Span, TokenStream};
use syn::Path;

use self::body::Around;
pub use self::debugged::debugged;
use self::inside::Inside;
use super::Operation;
use super::guard::Guard;
use crate::func::Func;
use crate::return_ty::{How, Returned, Value};

/// The function behind a guard that nobody observes. `taken` are the paths of the attributes that were taken off it.
#[must_use]
pub fn guarded(guard: &Guard, func: &Func, taken: &[Path]) -> TokenStream {
    guard::function(guard, func, taken)
}

/// The whole function.
#[must_use]
pub fn function(operation: &Operation, guard: Option<&Guard>, func: &Func) -> TokenStream {
    let Some(inside) = Inside::of(&operation.krate, func) else {
        return func.with_body(TokenStream::new());
    };
    let inside = inside.behind(guard);
    let ending = match guard {
        Some(_) => Ending::Value,
        None => Ending::of(operation, &inside.returned),
    };
    let around = Around {
        operation,
        items: definition::items(operation, func),
        inside,
        guard,
    };
    let inside = match (around.inside.returned.how, ending) {
        (How::Directly, Ending::Guard) => around.guarded(),
        (How::Directly, Ending::Value) => around.called(),
        (How::Async, _) => around.awaited(),
        (How::Future | How::BoxedFuture, _) => around.returned_future(),
    };
    guard::outside(guard, func).with_body(inside)
}

/// How the end of a call is seen.
enum Ending {
    /// By the guard alone: the value says nothing, or there is none.
    Guard,
    /// By the value.
    Value,
}

impl Ending {
    fn of(operation: &Operation, returned: &Returned) -> Self {
        let is_read = !matches!(operation.judgement, super::Judgement::ByType)
            || operation.rate_limit.is_some();
        match &returned.value {
            Value::Never => Self::Guard,
            Value::Plain(_) if !is_read => Self::Guard,
            _ => Self::Value,
        }
    }
}

/// A local variable that the body cannot see.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
