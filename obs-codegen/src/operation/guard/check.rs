//! What about a function makes it impossible to guard it.

use syn::ReturnType;
use syn::spanned::Spanned as _;

use crate::diag::Diag;
use crate::func::Func;
use crate::operation::kind::{Kind, Part};
use crate::return_ty::{How, Value};

/// A function that cannot return an error.
pub(super) fn returned(func: &Func, part: &Part, diag: &mut Diag) {
    if matches!(func.returned().value, Value::Fallible(_)) {
        return;
    }
    let at = match &func.sig.output {
        ReturnType::Default => func.sig.ident.span(),
        ReturnType::Type(_, ty) => ty.span(),
    };
    let why = match part.kind {
        Kind::Retry => {
            "only an error says that another attempt may go well; write `Result<.., E>`, where `E` derives `Outcome`"
        }
        _ => {
            "a call that is not let through has to return something; write `Result<.., E>`, where `E` implements \
             `From<obs_runtime::Rejected>`"
        }
    };
    diag.error(
        at,
        format_args!(
            "`{}` goes on a function that returns a `Result`: {why}",
            part.kind.as_str()
        ),
    );
}

/// A limit of time of a function that cannot be stopped.
pub(super) fn stoppable(func: &Func, part: &Part, diag: &mut Diag) {
    let limit = match part.kind {
        Kind::Timeout => Some(part.span),
        _ => part.options.get("timeout").map(|given| given.key),
    };
    if let Some(limit) = limit
        && func.returned().how == How::Directly
    {
        diag.error(
            limit,
            "a function that is not `async` cannot be stopped, so it has no `timeout`; make it `async`, or set the \
             limit in the client that it calls, and return an error",
        );
    }
}
