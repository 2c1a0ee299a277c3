//! The body, by how its value comes.

use super::begin::{attributes, begin, later, owner};
use super::guard::Guarded;
use super::inside::Inside;
use super::local;
use super::verdict::verdict;
use crate::operation::Operation;
use crate::operation::guard::Guard;
use crate::return_ty::{How, Value};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A function, and the operation that is written around its body.
pub(super) struct Around<'a> {
    pub(super) operation: &'a Operation,
    pub(super) items: TokenStream,
    pub(super) inside: Inside<'a>,
    pub(super) guard: Option<&'a Guard>,
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
        let run = match self.behind() {
            Some(guarded) => guarded.called(&quote!(#op)),
            None => self.inside.value(),
        };
        let ended = self.ended(&op, &value);
        let value = self.pattern(&value);
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
                let begun = begun(match self.behind() {
                    // The block cannot have the call itself, which is polled around it.
                    Some(guarded) => guarded.block(&quote!(#op.begun())),
                    None => self.inside.block(ty),
                });
                let ended = self.ended(&op, &value);
                let value = self.pattern(&value);
                quote! {
                    #begun
                    let #value = #op.observe(#future).await;
                    #ended
                }
            }
        }
    }

    /// The body behind its guard, if it has one.
    fn behind(&self) -> Option<Guarded<'_>> {
        let inside = &self.inside;
        self.guard.map(|guard| Guarded { guard, inside })
    }

    /// What the value is bound to: behind a guard it comes with its fate.
    fn pattern(&self, value: &Ident) -> TokenStream {
        match self.guard {
            Some(_) => {
                let fate = local("__obs_fate");
                quote!((#value, #fate))
            }
            None => quote!(#value),
        }
    }

    /// The verdict on the value behind the reference `value`, whose fate is the expression `fate`.
    fn verdict(&self, value: &TokenStream, fate: &TokenStream) -> TokenStream {
        let verdict = verdict(self.operation, &self.inside.returned.value, value);
        match self.guard {
            Some(_) => quote!(#fate.judge(#verdict)),
            None => verdict,
        }
    }

    /// The end of the call in `op`, and its `value`.
    fn ended(&self, op: &Ident, value: &Ident) -> TokenStream {
        let fate = local("__obs_fate");
        let verdict = self.verdict(&quote!(&#value), &quote!(#fate));
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
        let (made, observed) = match self.behind() {
            Some(guarded) => {
                let (made, block) = guarded.made(&future);
                let verdict = self.verdict(&quote!(&#value.0), &quote!(#value.1));
                let observed = quote!(#op.observe(#block, |#value| #verdict));
                (made, quote!(#krate::__private::value_of(#observed)))
            }
            None => {
                let run = self.inside.future();
                let verdict = self.verdict(&quote!(#value), &TokenStream::new());
                let observed = quote!(#op.observe(#future, |#value| #verdict));
                (quote!(let #future = #run;), observed)
            }
        };
        let observed = match self.inside.returned.how {
            How::BoxedFuture => quote!(#krate::__private::boxed(#observed)),
            _ => observed,
        };
        quote! {
            let #mutability #op = #noted;
            #attributes
            #made
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
