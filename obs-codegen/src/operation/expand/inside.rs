//! The body as a part of an expansion, where `return` and `?` end it and not the function.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{ReturnType, Type};

use super::capture::in_order;
use super::local;
use crate::crate_path::CratePath;
use crate::func::{Body, Func};
use crate::operation::guard::Guard;
use crate::return_ty::{Returned, inferable};

/// A body, and the function that it is of.
pub(super) struct Inside<'a> {
    pub(super) krate: &'a CratePath,
    pub(super) func: &'a Func,
    pub(super) body: &'a Body,
    pub(super) returned: Returned,
    /// Whether it runs once for each attempt.
    pub(super) is_repeated: bool,
}

impl<'a> Inside<'a> {
    /// The body of a function that has one.
    pub(super) fn of(krate: &'a CratePath, func: &'a Func) -> Option<Self> {
        Some(Self {
            krate,
            func,
            body: func.body.as_ref()?,
            returned: func.returned(),
            is_repeated: false,
        })
    }

    /// The same behind a guard, if there is one.
    pub(super) fn behind(self, guard: Option<&Guard>) -> Self {
        Self {
            is_repeated: guard.is_some_and(|guard| guard.retry.is_some()),
            ..self
        }
    }

    /// The value of the body.
    pub(super) fn value(&self) -> TokenStream {
        self.run(self.returned.value.ty().and_then(inferable))
    }

    /// The future that the body makes, where it makes one.
    pub(super) fn future(&self) -> TokenStream {
        let krate = self.krate;
        let run = self.run(match &self.func.sig.output {
            ReturnType::Type(_, ty) => inferable(ty),
            ReturnType::Default => None,
        });
        let output = self.returned.value.ty().and_then(inferable);
        let output = output.map_or_else(|| quote!(_), ToTokens::into_token_stream);
        // The verdict depends on the type of the output, which the body may leave to the signature.
        quote!(#krate::__private::future_of::<#output, _>(#run))
    }

    /// The body of an `async fn` with a value of this type, in an `async` block.
    pub(super) fn block(&self, ty: &Type) -> TokenStream {
        let edge = return_edge(inferable(ty));
        let (capture, body) = (self.capture(), self.body.last_block());
        quote!(async move { #edge #capture #body })
    }

    /// The body of an `async fn` that never returns, in an `async` block.
    pub(super) fn never_block(&self) -> TokenStream {
        never_block(self.body)
    }

    /// Whether the body can stand in place, although its value is looked at: nothing in it leaves the
    /// function, and a closure would not show `#[track_caller]` who called.
    fn is_in_place(&self) -> bool {
        self.func.is_tracked() && !self.body.may_leave()
    }

    /// The value of the body, of the type that coercions in it depend on.
    fn run(&self, ty: Option<Type>) -> TokenStream {
        if self.is_in_place() {
            let (value, body) = (local("__obs_value"), self.body.last_block());
            let ty = ty.map(|ty| quote!(: #ty));
            return quote!({ let #value #ty = #body; #value });
        }
        let krate = self.krate;
        let capture = self.capture();
        let body = match capture.is_empty() {
            true => self.body.block().into_token_stream(),
            false => {
                let body = self.body.last_block();
                quote!({ #capture #body })
            }
        };
        let ty = ty.map(|ty| quote!(-> #ty));
        quote!(#krate::__private::call(move || #ty #body))
    }

    fn capture(&self) -> TokenStream {
        in_order(self.krate, self.func, self.body, self.is_repeated)
    }
}

/// Tells an `async` block what it returns: it has no place for a type. The branch is never taken.
fn return_edge(ty: Option<Type>) -> TokenStream {
    let Some(ty) = ty else {
        return TokenStream::new();
    };
    let value = local("__obs_typed");
    quote! {
        #[allow(unreachable_code, clippy::all, clippy::pedantic)]
        if false {
            let #value: #ty = loop {};
            return #value;
        }
    }
}

/// A body that never returns coerces to a type without values, which an `async` block can have.
fn never_block(body: &Body) -> TokenStream {
    let body = body.block();
    let value = local("__obs_never");
    quote! {
        async move {
            #[allow(unreachable_code)]
            {
                let #value: ::core::convert::Infallible = #body;
                #value
            }
        }
    }
}
