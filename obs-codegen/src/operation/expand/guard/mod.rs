//! The body behind the policies of its function.
//!
//! ```text
//! let mut attempts = RETRY.get().begin(&op);
//! loop {
//!     let order = Clone::clone(&order);
//!     let (value, fate) = 'attempt: {
//!         let permit = match BREAKER.get().enter_with(&op) {
//!             Ok(permit) => permit,
//!             Err(rejected) => break 'attempt (refused(attempts.rejected(rejected)), Fate::Rejected),
//!         };
//!         let value = call(move || -> Result<Id, E> { <body> });
//!         permit.settle(<class of &value>);
//!         (value, Fate::Ran)
//!     };
//!     match attempts.next(fate, advice(&value)) {
//!         Some(delay) => sleep(delay),
//!         None => break (value, fate),
//!     }
//! }
//! ```

mod attempt;
mod class;
mod fallback;
mod retry;
mod site;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{ReturnType, parse_quote};

use super::inside::Inside;
use super::local;
use crate::func::{Func, used};
use crate::operation::guard::Guard;
use crate::place;
use crate::return_ty::{How, Value};

/// A body behind a guard.
pub(super) struct Guarded<'a> {
    pub(super) guard: &'a Guard,
    pub(super) inside: &'a Inside<'a>,
}

/// The function around a body behind a guard: with a retry, what it is given is cloned for each attempt, and so it takes
/// nothing itself.
pub(super) fn outside(guard: Option<&Guard>, func: &Func) -> Func {
    let func = func.without_expectations();
    let retry = guard.and_then(|guard| guard.retry.as_ref());
    match retry.is_some_and(|retry| !retry.parameters.is_empty()) {
        true => func.allowing(&parse_quote!(clippy::needless_pass_by_value)),
        false => func,
    }
}

/// The function with a guard and no operation around it.
pub(super) fn function(guard: &Guard, func: &Func, taken: &[syn::Path]) -> TokenStream {
    let Some(inside) = Inside::of(&guard.krate, func) else {
        return func.with_body(TokenStream::new());
    };
    let inside = inside.behind(Some(guard));
    let krate = &guard.krate;
    let guarded = Guarded {
        guard,
        inside: &inside,
    };
    let taken = used(taken);
    let unknown = guarded.unknown();
    let value = local("__obs_value");
    let body = match inside.returned.how {
        How::Directly => {
            let called = guarded.called(&unknown);
            quote! {
                let (#value, _) = #called;
                #value
            }
        }
        How::Async => {
            let block = guarded.block(&unknown);
            quote! {
                let (#value, _) = #block.await;
                #value
            }
        }
        How::Future | How::BoxedFuture => {
            let (made, block) = guarded.made(&local("__obs_future"));
            let future = quote!(#krate::__private::value_of(#block));
            let future = match inside.returned.how {
                How::BoxedFuture => quote!(#krate::__private::boxed(#future)),
                _ => future,
            };
            quote! {
                #made
                #future
            }
        }
    };
    outside(Some(guard), func).with_body(quote! {
        #taken
        #body
    })
}

impl Guarded<'_> {
    /// An expression for the value of a function that is not `async`, with its fate.
    pub(super) fn called(&self, clock: &TokenStream) -> TokenStream {
        let saved = self.saved();
        let decided = self.decided(clock, &TokenStream::new(), &self.inside.value());
        quote!({
            #saved
            #decided
        })
    }

    /// An `async` block that gives the same for an `async fn`. `clock` is copied into it.
    pub(super) fn block(&self, clock: &TokenStream) -> TokenStream {
        let body = match &self.inside.returned.value {
            Value::Plain(ty) | Value::Fallible(ty) => self.inside.block(ty),
            Value::Never => self.inside.never_block(),
        };
        let (begun, saved) = (local("__obs_begun"), self.saved());
        let decided = self.decided(&quote!(#begun), &TokenStream::new(), &self.awaited(&body));
        quote!({
            let #begun = #clock;
            async move {
                #saved
                #decided
            }
        })
    }

    /// Statements that make the future of a function that returns one, and an `async` block that gives the same for
    /// it. Where there are several attempts, each makes its own future.
    pub(super) fn made(&self, future: &Ident) -> (TokenStream, TokenStream) {
        let (saved, body) = (self.saved(), self.inside.future());
        let made = quote!(let #future = #body;);
        let awaited = self.awaited(&quote!(#future));
        let (outside, inside) = match self.guard.retry {
            Some(_) => (TokenStream::new(), made),
            None => (made, TokenStream::new()),
        };
        let decided = self.decided(&self.unknown(), &inside, &awaited);
        let made = quote! {
            #saved
            #outside
        };
        (made, quote!(async move { #decided }))
    }

    /// The value and its fate, where `run` is the value of the body after the statements `made`.
    fn decided(&self, clock: &TokenStream, made: &TokenStream, run: &TokenStream) -> TokenStream {
        let attempts = match &self.guard.retry {
            Some(retry) => self.retried(retry, clock, made, run),
            None => self.attempt(clock, made, run),
        };
        self.or_else(&attempts)
    }

    /// Nobody has looked at the clock.
    fn unknown(&self) -> TokenStream {
        let krate = &self.guard.krate;
        quote!(#krate::__private::Begun::UNKNOWN)
    }

    fn is_async(&self) -> bool {
        self.inside.returned.how != How::Directly
    }

    /// Where the type of the error is written.
    fn error_span(&self) -> Span {
        match &self.inside.func.sig.output {
            ReturnType::Type(_, ty) => place::at(ty),
            ReturnType::Default => Span::call_site(),
        }
    }
}
