//! What all attributes on one function make of it together.
//!
//! The attribute that expands first takes its siblings off the function ([`kind`]), resolves their
//! options into one [`Operation`] ([`merge`], [`label`]) and writes one observation around the body
//! ([`expand`]): one callsite, one pair of clock reads, one span. An attribute that could not be taken
//! off nests, and leaves out what is counted around it ([`outer`]).

pub mod argument;
pub mod check;
pub mod debug;
pub mod expand;
pub mod guard;
pub mod kind;
pub mod label;
pub mod merge;
pub mod outer;

use obs_schema::def::{CallOutcome, OperationFamily, SpanKind};
use proc_macro2::{Span, TokenStream};
use syn::{Expr, Path, Type};

use crate::crate_path::CratePath;
use crate::diag::Diag;
use crate::fallback::with_errors;
use crate::func::Func;
use crate::options::{Form, Key};
use label::Label;

/// One operation: everything that its expansion needs, resolved.
pub struct Operation {
    /// Where the runtime is.
    pub krate: CratePath,
    /// The name of the operation and of its span.
    pub name: String,
    /// Where the name was typed, for errors about the operation as a whole.
    pub name_span: Span,
    /// The type whose `#[service]` the function belongs to, or empty.
    pub service: String,
    /// The function's path below its module.
    pub function: String,
    /// The span, if it has one.
    pub span: Option<SpanModel>,
    /// Its metrics.
    pub blocks: Vec<Block>,
    /// Labels that differ from call to call.
    pub labels: Vec<Label>,
    /// Where they were typed.
    pub labels_span: Option<Span>,
    /// Attributes of the span.
    pub attributes: Vec<Attribute>,
    /// How the returned value is judged.
    pub judgement: Judgement,
    /// What is read off the returned value.
    pub rate_limit: Option<RateLimit>,
    /// What is counted of a call, by this operation and by attributes above it; see [`outer`].
    pub counted: Vec<String>,
    /// Whether something decides whether the body runs, or for how long.
    pub is_guarded: bool,
    /// The paths of the attributes that were taken off the function.
    pub taken: Vec<Path>,
    /// The type whose series budget holds, if it is a service.
    pub service_ty: Option<Type>,
}

/// The span of an operation.
pub struct SpanModel {
    /// Its role.
    pub kind: SpanKind,
    /// The expression that gives its parent.
    pub parent: Option<Expr>,
    /// Whether it starts a new trace.
    pub root: bool,
    /// From how many seconds on it is slow; 0 for the configured value.
    pub slow_secs: f64,
    /// Attributes whose value is fixed.
    pub fixed: Vec<(&'static str, String)>,
}

/// One set of metrics.
pub struct Block {
    /// Which families it feeds.
    pub family: OperationFamily,
    /// Labels with a fixed value.
    pub constants: Vec<(&'static str, String)>,
    /// Bounds of the buckets, if they were given.
    pub buckets: Option<Vec<f64>>,
}

/// An attribute of the span.
pub struct Attribute {
    /// Its key.
    pub key: Key,
    /// How the value is written.
    pub form: Form,
    /// The value.
    pub expr: Expr,
}

/// How the returned value is judged.
#[derive(Clone)]
pub enum Judgement {
    /// By its type: an `Err` is an error unless its type says otherwise.
    ByType,
    /// It is fine exactly if this function says so.
    OkIf(Expr),
    /// It is an error exactly if this function says so.
    ErrorIf(Expr),
}

/// The gauge of the calls that an API still allows.
pub struct RateLimit {
    /// The label `api`.
    pub api: String,
    /// The label `endpoint`.
    pub endpoint: String,
    /// The function that reads the number off the returned value.
    pub read: Expr,
}

/// Where a function stands.
#[derive(Default)]
pub struct Place {
    /// The type of the `impl` block, as it is named in operations; empty if it is not known.
    pub owner: String,
    /// That type, if items inside its functions can name it.
    pub self_ty: Option<Type>,
    /// The generics of the `impl` block.
    pub generics: syn::Generics,
    /// The runtime that the block's attribute names.
    pub krate: Option<CratePath>,
}

impl Place {
    /// The path of a function below its module.
    #[must_use]
    pub fn path(&self, func: &Func) -> String {
        let name = func.name();
        if self.owner.is_empty() {
            name
        } else {
            format!("{}::{name}", self.owner)
        }
    }
}

impl Operation {
    /// Whether there is anything to observe.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.span.is_some() || !self.blocks.is_empty()
    }

    /// The outcomes that the function can have, a bit each.
    #[must_use]
    pub fn outcomes(&self, func: &Func) -> u8 {
        use crate::return_ty::{How, Value};
        use CallOutcome::{Cancelled, Error, Ok, Panic, Rejected, Timeout};
        let returned = func.returned();
        if matches!(returned.value, Value::Never) && returned.how == How::Directly {
            return Panic.bit();
        }
        let mut outcomes = Ok.bit() | Panic.bit();
        let is_judged = !matches!(self.judgement, Judgement::ByType);
        if is_judged || matches!(returned.value, Value::Fallible(_)) {
            outcomes |= Error.bit();
        }
        if returned.how != How::Directly {
            outcomes |= Cancelled.bit();
        }
        if self.is_guarded {
            outcomes |= Rejected.bit() | Timeout.bit();
        }
        outcomes
    }
}

/// Expands the attribute `kind`, and its siblings with it.
#[must_use]
pub fn attribute(kind: kind::Kind, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diag::new();
    let own = kind::Part::of_macro(kind, arguments, &mut diag);
    let Some(mut func) = check::function(kind, &item, &mut diag) else {
        return with_errors(item, &inert_names(), errors(diag));
    };
    let mut parts = vec![own];
    parts.extend(kind::take_parts(&mut func, &mut diag));
    check::service_attribute(&mut func, kind, &mut diag);
    let mut output = one(&func, parts, &Place::default(), &mut diag);
    output.extend(errors(diag));
    output
}

/// What shows the mistakes that were found.
pub(crate) fn errors(diag: Diag) -> TokenStream {
    diag.finish().err().unwrap_or_default()
}

/// The function with everything that the attributes make of it, or as it is if one of them is wrong.
pub fn one(func: &Func, parts: Vec<kind::Part>, place: &Place, diag: &mut Diag) -> TokenStream {
    let taken: Vec<Path> = parts.iter().filter_map(|part| part.path.clone()).collect();
    let parts = kind::ordered(parts, diag);
    check::signature(func, &parts, diag);
    let is_inside = |part: &kind::Part| part.kind.is_inside();
    let (inside, parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(is_inside);
    let repetition = guard::Repetition::of(&parts);
    let krate = debug::krate(&inside, place, diag);
    let operation = merged(func, parts, place, krate.as_ref(), diag);
    let (seen, krate) = (operation.as_ref(), krate.as_ref());
    let part = |kind| inside.iter().find(|part| part.kind == kind);
    let debug = part(kind::Kind::DebugTrace)
        .and_then(|part| debug::model(func, part, seen, place, krate, diag));
    let inner = debug.map(|debug| expand::debugged(&debug, func));
    // What runs behind the guard mentions more than what was typed.
    let guarded = inner.as_ref().unwrap_or(func);
    let guard = guard::model(guarded, &inside, &repetition, seen, place, krate, diag);
    if !diag.is_empty() {
        return func.unchanged(&taken);
    }
    let func = guarded;
    match (operation.filter(Operation::is_seen), guard) {
        (Some(operation), guard) => {
            let is_guarded = guard.as_ref().is_some_and(guard::Guard::may_reject);
            let operation = Operation {
                taken,
                is_guarded,
                ..operation
            };
            expand::function(&operation, guard.as_ref(), func)
        }
        (None, Some(guard)) => expand::guarded(&guard, func, &taken),
        (None, None) if inner.is_some() => func.without_expectations().unchanged(&taken),
        (None, None) => func.unchanged(&taken),
    }
}

/// The operation that the attributes of a function describe.
fn merged(
    func: &Func,
    parts: Vec<kind::Part>,
    place: &Place,
    krate: Option<&CratePath>,
    diag: &mut Diag,
) -> Option<Operation> {
    let mut params = func.params();
    params.outer_generics(&place.generics);
    if let Some(self_ty) = &place.self_ty {
        params.self_is(self_ty);
    }
    let outer = outer::Outer::of(func);
    let mut operation = merge::operation(func, &params, parts, place, krate, &outer, diag)?;
    outer.leave_out(&mut operation, diag);
    check::operation(&operation, func, diag);
    Some(operation)
}

/// The names of our attributes on functions: an item that is re-emitted with errors goes without them.
pub(crate) fn inert_names() -> Vec<&'static str> {
    let kinds = kind::Kind::ALL.iter().map(|kind| kind.name());
    kinds.chain(["service"]).collect()
}
