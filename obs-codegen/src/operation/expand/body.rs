//! The body, by how its value comes.

use super::begin::{attributes, begin, later, owner};
use super::inside::Inside;
use super::local;
use super::verdict::verdict;
use crate::operation::Operation;
use crate::return_ty::{How, Value};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

/// A function, and the operation that is written around its body.
pub(super) struct Around<'a> {
    pub(super) operation: &'a Operation,
    pub(super) items: TokenStream,
    pub(super) inside: Inside<'a>,
}

impl Around<'_> {
    /// The body in place: the guard ends the call.
    pub(super) fn guarded(&self) -> TokenStream {
        let owner = owner(self.operation);
        let begun = self.begun(&local("__obs_op"), &owner, &quote!(enter_unjudged));
        let body = self.inside.body.last_block();
        quote! {
            #begun
            #body
        }
    }

    /// The body where `return` and `?` lead to the end of the call.
    pub(super) fn called(&self) -> TokenStream {
        let (op, value) = (local("__obs_op"), local("__obs_value"));
        let begun = self.begun(&op, &owner(self.operation), &quote!(enter));
        let run = self.inside.value();
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
        match &self.inside.returned.value {
            Value::Never => {
                let begun = begun(self.inside.never_block());
                quote! {
                    #begun
                    match #op.observe(#future).await {}
                }
            }
            Value::Plain(ty) | Value::Fallible(ty) => {
                let begun = begun(self.inside.block(ty));
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
        let verdict = verdict(
            self.operation,
            &self.inside.returned.value,
            &quote!(&#value),
        );
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
        let run = self.inside.future();
        let verdict = verdict(
            self.operation,
            &self.inside.returned.value,
            &value.to_token_stream(),
        );
        let observed = quote!(#op.observe(#future, |#value| #verdict));
        let observed = match self.inside.returned.how {
            How::BoxedFuture => quote!(#krate::__private::boxed(#observed)),
            _ => observed,
        };
        quote! {
            let #mutability #op = #noted;
            #attributes
            let #future = #run;
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
}
