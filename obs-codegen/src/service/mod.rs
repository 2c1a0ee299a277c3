//! `#[service]`: on a struct it names the service and says how it is monitored, on an `impl` block it
//! makes every method an operation.

mod block;
mod definition;
mod monitoring;
mod tokens;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diag::Diag;
use crate::fallback::with_errors;
use crate::func::{Func, other_item};
use crate::operation::{errors, inert_names};

/// Expands `#[service(..)]`.
#[must_use]
pub fn attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diag::new();
    let expanded = match other_item(&item) {
        Some(("a struct", _)) => definition::expand(arguments, &item, &mut diag),
        Some(("an `impl` block", _)) => block::expand(arguments, item.clone(), &mut diag),
        Some((what, keyword)) => {
            diag.error(
                keyword.span(),
                format_args!(
                    "`#[service]` cannot be used on {what}; it goes on a struct or an `impl` block"
                ),
            );
            let stand_in = definition::stand_in(arguments, &item);
            (!stand_in.is_empty()).then(|| quote!(#item #stand_in))
        }
        None => {
            on_function(&arguments, &item, &mut diag);
            None
        }
    };
    let errors = errors(diag);
    match expanded {
        Some(mut output) => {
            output.extend(errors);
            output
        }
        None => with_errors(item, &inert_names(), errors),
    }
}

/// The attribute is on a function that no `impl` block with `#[service]` has taken it from.
fn on_function(arguments: &TokenStream, item: &TokenStream, diag: &mut Diag) {
    let Some(func) = diag.ok(syn::parse2::<Func>(item.clone())) else {
        return;
    };
    let message = if arguments.is_empty() {
        "`#[service]` goes on a struct or an `impl` block; write `#[trace_request]` for one function"
    } else {
        "`#[service(..)]` on a method belongs to an `impl` block with `#[service]`; add it there"
    };
    diag.error(func.sig.ident.span(), message);
}
