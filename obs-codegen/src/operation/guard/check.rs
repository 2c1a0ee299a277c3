//! What about a function makes it impossible to guard it.

use syn::ReturnType;
use syn::spanned::Spanned as _;

use crate::diag::Diag;
use crate::func::Func;
use crate::operation::kind::Part;
use crate::return_ty::{How, Value};

pub(super) fn function(func: &Func, part: &Part, diag: &mut Diag) {
    let returned = func.returned();
    let attribute = part.kind.as_str();
    if !matches!(returned.value, Value::Fallible(_)) {
        let at = match &func.sig.output {
            ReturnType::Default => func.sig.ident.span(),
            ReturnType::Type(_, ty) => ty.span(),
        };
        diag.error(
            at,
            format_args!(
                "`{attribute}` goes on a function that returns a `Result`: a call that is not let through has to \
                 return something; write `Result<.., E>`, where `E` implements `From<obs_runtime::Rejected>`"
            ),
        );
    }
    if returned.how == How::Directly
        && let Some(limit) = part.options.get("timeout")
    {
        diag.error(
            limit.key,
            "a function that is not `async` cannot be stopped, so it has no `timeout`; make it `async`, or set the \
             limit in the client that it calls, and return an error",
        );
    }
}
