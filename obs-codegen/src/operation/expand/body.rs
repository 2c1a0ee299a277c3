//! The body, by how its value comes.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ReturnType;

use super::begin::{attributes, begin, later, owner};
use super::capture::in_order;
use super::local;
use super::verdict::verdict;
use crate::func::{Body, Func};
use crate::operation::Operation;
use crate::return_ty::{How, Returned, Value, inferable};

/// A function, and the operation that is written around its body.
pub(super) struct Around<'a> {
    pub(super) operation: &'a Operation,
    pub(super) items: TokenStream,
    pub(super) func: &'a Func,
    pub(super) body: &'a Body,
    pub(super) returned: Returned,
}

impl Around<'_> {
    /// The body in place: the guard ends the call.
    pub(super) fn guarded(&self) -> TokenStream {
        let owner = owner(self.operation);
        let begun = self.begun(&local("__obs_op"), &owner, &quote!(enter_unjudged));
        let body = self.body.last_block();
        quote! {
            #begun
            #body
        }
    }

    /// The body where `return` and `?` lead to the end of the call.
    pub(super) fn called(&self) -> TokenStream {
        let (op, value) = (local("__obs_op"), local("__obs_value"));
        let begun = self.begun(&op, &owner(self.operation), &quote!(enter));
        let run = self.run(self.returned.value.ty().and_then(inferable));
        let ended = self.ended(&op, &value);
        quote! {
            #begun
            let #value = #run;
            #ended
        }
    }

    /// The body in an `async` block that is polled inside the call. It is pinned where it is written: so it is
    /// not moved.
    pub(super) fn awaited(&self) -> TokenStream {
        let (op, value) = (local("__obs_op"), local("__obs_value"));
        let future = local("__obs_future");
        let begun = self.begun(&op, &quote!(Task), &quote!(enter));
        let begun = |block: TokenStream| {
            quote! {
                #begun
                let #future = ::core::pin::pin!(#block);
            }
        };
        match &self.returned.value {
            Value::Never => {
                let begun = begun(never_block(self.body));
                quote! {
                    #begun
                    match #op.observe(#future).await {}
                }
            }
            Value::Plain(ty) | Value::Fallible(ty) => {
                let edge = return_edge(inferable(ty));
                let (capture, body) = (self.capture(), self.body.last_block());
                let begun = begun(quote!(async move { #edge #capture #body }));
                let ended = self.ended(&op, &value);
                quote! {
                    #begun
                    let #value = #op.observe(#future).await;
                    #ended
                }
            }
        }
    }

    /// The end of the call in `op`, and its `value`.
    fn ended(&self, op: &Ident, value: &Ident) -> TokenStream {
        let verdict = verdict(self.operation, &self.returned.value, &quote!(&#value));
        quote! {
            if #op.is_active() {
                #op.finish(#verdict);
            }
            #value
        }
    }

    /// The body makes a future; the call begins when that is first polled.
    pub(super) fn returned_future(&self) -> TokenStream {
        let krate = &self.operation.krate;
        let (op, value) = (local("__obs_op"), local("__obs_value"));
        let future = local("__obs_future");
        let noted = later(self.operation, &self.items);
        let mutability = (!self.operation.attributes.is_empty()).then(|| quote!(mut));
        let attributes = attributes(self.operation, &op);
        let run = self.run(match &self.func.sig.output {
            ReturnType::Type(_, ty) => inferable(ty),
            ReturnType::Default => None,
        });
        let verdict = verdict(
            self.operation,
            &self.returned.value,
            &value.to_token_stream(),
        );
        let output = self.returned.value.ty().and_then(inferable);
        let output = output.map_or_else(|| quote!(_), ToTokens::into_token_stream);
        let observed = quote!(#op.observe(#future, |#value| #verdict));
        let observed = match self.returned.how {
            How::BoxedFuture => quote!(#krate::__private::boxed(#observed)),
            _ => observed,
        };
        quote! {
            let #mutability #op = #noted;
            #attributes
            // The verdict depends on the type of the output, which the body may leave to the signature.
            let #future = #krate::__private::future_of::<#output, _>(#run);
            #observed
        }
    }

    /// The call is under way in `op`, which is an `owner`.
    fn begun(&self, op: &Ident, owner: &TokenStream, enter: &TokenStream) -> TokenStream {
        let begin = begin(self.operation, &self.items, op, owner, enter);
        let attributes = attributes(self.operation, op);
        quote! {
            #begin
            #attributes
        }
    }

    /// Whether the body can stand in place, although its value is looked at: nothing in it leaves the
    /// function, and a closure would not show `#[track_caller]` who called.
    fn is_in_place(&self) -> bool {
        self.func.is_tracked() && !self.body.may_leave()
    }

    /// The value of the body, of the type that coercions in it depend on.
    fn run(&self, ty: Option<syn::Type>) -> TokenStream {
        if self.is_in_place() {
            let (value, body) = (local("__obs_value"), self.body.last_block());
            let ty = ty.map(|ty| quote!(: #ty));
            return quote!({ let #value #ty = #body; #value });
        }
        let krate = &self.operation.krate;
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
        in_order(&self.operation.krate, self.func, self.body)
    }
}

/// Tells an `async` block what it returns: it has no place for a type. The branch is never taken.
fn return_edge(ty: Option<syn::Type>) -> TokenStream {
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
