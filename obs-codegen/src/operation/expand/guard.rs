//! The body behind a circuit breaker.
//!
//! ```text
//! let breaker = BREAKER.get();
//! match breaker.enter_with(&op) {
//!     Ok(permit) => {
//!         let value = call(move || -> Result<Id, E> { <body> });
//!         permit.settle(<class of &value>);
//!         (value, Fate::Ran)
//!     }
//!     Err(rejected) => (refused(rejected), Fate::Rejected),
//! }
//! ```

use std::time::Duration;

use obs_schema::resilience::{BreakerSettings, Window};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ReturnType;

use super::inside::Inside;
use super::local;
use crate::crate_path::CratePath;
use crate::func::{Func, used};
use crate::operation::Judgement;
use crate::operation::guard::{Breaker, Guard, Saved};
use crate::place;
use crate::return_ty::{How, Value};

/// A body behind a guard.
pub(super) struct Guarded<'a> {
    pub(super) guard: &'a Guard,
    pub(super) inside: &'a Inside<'a>,
}

/// The function with a guard and no operation around it.
pub(super) fn function(guard: &Guard, func: &Func, taken: &[syn::Path]) -> TokenStream {
    let Some(inside) = Inside::of(&guard.krate, func) else {
        return func.with_body(TokenStream::new());
    };
    let krate = &guard.krate;
    let guarded = Guarded {
        guard,
        inside: &inside,
    };
    let taken = used(taken);
    let unknown = quote!(#krate::__private::Begun::UNKNOWN);
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
    func.without_expectations().with_body(quote! {
        #taken
        #body
    })
}

impl Guarded<'_> {
    /// An expression for the value of a function that is not `async`, with its fate.
    pub(super) fn called(&self, clock: &TokenStream) -> TokenStream {
        let saved = self.saved();
        let decided = self.decided(clock, &self.inside.value());
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
        let decided = self.decided(&quote!(#begun), &self.awaited(&body));
        quote!({
            let #begun = #clock;
            async move {
                #saved
                #decided
            }
        })
    }

    /// Statements that make the future of a function that returns one, and an `async` block that gives the same for
    /// it.
    pub(super) fn made(&self, future: &Ident) -> (TokenStream, TokenStream) {
        let krate = &self.guard.krate;
        let (saved, made) = (self.saved(), self.inside.future());
        let unknown = quote!(#krate::__private::Begun::UNKNOWN);
        let awaited = self.awaited(&quote!(#future));
        let decided = self.decided(&unknown, &awaited);
        let made = quote! {
            #saved
            let #future = #made;
        };
        (made, quote!(async move { #decided }))
    }

    /// The value of a future; with a limit of time, maybe of none.
    fn awaited(&self, future: &TokenStream) -> TokenStream {
        let krate = &self.guard.krate;
        match self.guard.breaker.settings.timeout {
            Some(limit) => {
                let limit = duration(limit);
                quote!(#krate::__private::time_limited(#limit, #future).await)
            }
            None => quote!(#future.await),
        }
    }

    /// The value and its fate, where `run` is the value of the body.
    fn decided(&self, clock: &TokenStream, run: &TokenStream) -> TokenStream {
        let krate = &self.guard.krate;
        let (breaker, permit) = (local("__obs_breaker"), local("__obs_permit"));
        let rejected = local("__obs_rejected");
        let found = self.found();
        let ran = self.ran(run, &permit);
        let refused = self.instead(&quote!(#rejected), &quote!(Rejected));
        quote! {
            let #breaker = #found;
            match #krate::__private::Breaker::enter_with(&#breaker, &#clock) {
                ::core::result::Result::Ok(#permit) => { #ran }
                ::core::result::Result::Err(#rejected) => #refused,
            }
        }
    }

    fn ran(&self, run: &TokenStream, permit: &Ident) -> TokenStream {
        let breaker = &self.guard.breaker;
        let value = local("__obs_value");
        let settled = self.settled(&value, permit);
        if breaker.settings.timeout.is_none() {
            return quote! {
                let #value = #run;
                #settled
            };
        }
        let late = self.instead(&quote!(#permit.timed_out()), &quote!(TimedOut));
        quote! {
            match #run {
                ::core::option::Option::Some(#value) => { #settled }
                ::core::option::Option::None => #late,
            }
        }
    }

    /// The end of a call whose body has run.
    fn settled(&self, value: &Ident, permit: &Ident) -> TokenStream {
        let krate = &self.guard.krate;
        let class = self.class(value);
        let Some(_) = &self.guard.fallback else {
            return quote! {
                #permit.settle(#class);
                (#value, #krate::__private::Fate::Ran)
            };
        };
        let (known, error) = (local("__obs_class"), local("__obs_error"));
        let fallen_back = self.fallen_back(&quote!(#error));
        quote! {
            let #known = #class;
            #permit.settle(#known);
            match #value {
                ::core::result::Result::Err(#error) if #known.is_failure() => {
                    (#fallen_back, #krate::__private::Fate::Failed)
                }
                #value => (#value, #krate::__private::Fate::Ran),
            }
        }
    }

    /// The value of a call whose body did not give one.
    fn instead(&self, rejected: &TokenStream, fate: &TokenStream) -> TokenStream {
        // Where the type of the error is written.
        let at = match &self.inside.func.sig.output {
            ReturnType::Type(_, ty) => place::at(ty),
            ReturnType::Default => Span::call_site(),
        };
        let krate = self.guard.krate.at(at);
        let value = match &self.guard.fallback {
            None => quote_spanned!(at=> #krate::__private::refused(#rejected)),
            Some(_) => self.fallen_back(&quote_spanned! {at=>
                #krate::__private::FromRejected::from_rejected(#rejected)
            }),
        };
        let krate = &self.guard.krate;
        quote!((#value, #krate::__private::Fate::#fate))
    }

    fn fallen_back(&self, error: &TokenStream) -> TokenStream {
        let Some(fallback) = &self.guard.fallback else {
            return TokenStream::new();
        };
        let path = &fallback.path;
        let arguments = fallback.arguments.iter().map(|saved| &saved.variable);
        let awaited = (self.inside.returned.how != How::Directly).then(|| quote!(.await));
        let at = place::at(path);
        quote_spanned!(at=> (#path)(#(#arguments,)* #error) #awaited)
    }

    /// Statements that keep what the fallback gets.
    fn saved(&self) -> TokenStream {
        let fallback = self.guard.fallback.iter();
        let cloned = fallback
            .flat_map(|fallback| &fallback.arguments)
            .filter(|saved| saved.is_cloned);
        let cloned = cloned.map(|Saved { name, variable, .. }| {
            let at = place::at(name);
            quote_spanned!(at=> let #variable = ::core::clone::Clone::clone(&#name);)
        });
        quote!(#(#cloned)*)
    }

    /// What the value says about the callee.
    fn class(&self, value: &Ident) -> TokenStream {
        let Guard { krate, .. } = self.guard;
        let mut class = match &self.guard.judgement {
            Judgement::ByType => quote! {{
                use #krate::__private::{AnyClass as _, OwnClass as _, ResultClass as _};
                (&&&#krate::__private::ClassOf(&#value)).class()
            }},
            Judgement::OkIf(test) => quote!(#krate::__private::class_ok_if(&#value, #test)),
            Judgement::ErrorIf(test) => quote!(#krate::__private::class_error_if(&#value, #test)),
        };
        for (function, test) in [
            ("recorded", &self.guard.record),
            ("ignored", &self.guard.ignore),
        ] {
            if let Some(test) = test {
                let at = place::at(test);
                let (krate, function) = (krate.at(at), Ident::new(function, at));
                class = quote_spanned!(at=> #krate::__private::#function(#class, &#value, #test));
            }
        }
        class
    }

    /// The breaker, of which a reference can be made.
    fn found(&self) -> TokenStream {
        let Guard { krate, breaker, .. } = self.guard;
        let (name, settings) = (&breaker.name, settings(krate, &breaker.settings));
        let Breaker { key, .. } = breaker;
        let Some(key) = key else {
            return quote! {{
                static __OBS_BREAKER: #krate::__private::BreakerSite =
                    #krate::__private::BreakerSite::new(#name, #settings);
                #[#krate::__private::linkme::distributed_slice(#krate::__private::BREAKER_SITES)]
                #[linkme(crate = #krate::__private::linkme)]
                static __OBS_BREAKER_LISTED: &#krate::__private::BreakerSite = &__OBS_BREAKER;
                __OBS_BREAKER.get()
            }};
        };
        let (expr, max_keys) = (&key.expr, key.max_keys);
        let at = place::at(expr);
        let located = krate.at(at);
        let text = quote_spanned! {at=>
            #located::__private::label_text(&#located::__private::LabelProbe(&(#expr)))
        };
        quote! {{
            static __OBS_BREAKERS: #krate::__private::KeyedSite =
                #krate::__private::KeyedSite::new(#name, #settings, #max_keys);
            __OBS_BREAKERS.get(#text)
        }}
    }
}

fn settings(krate: &CratePath, settings: &BreakerSettings) -> TokenStream {
    let private = quote!(#krate::__private);
    let BreakerSettings {
        window,
        failure_threshold,
        failure_rate,
        min_calls,
        slow_call,
        slow_rate,
        timeout,
        recovery_timeout,
        backoff,
        max_recovery_timeout,
        jitter,
        half_open_calls,
        half_open_max,
    } = *settings;
    let window = match window {
        Window::Consecutive => quote!(Consecutive),
        Window::Count(calls) => quote!(Count(#calls)),
        Window::Time(span) => {
            let span = duration(span);
            quote!(Time(#span))
        }
    };
    let (slow_call, timeout) = (optional(slow_call), optional(timeout));
    let [recovery_timeout, max_recovery_timeout, half_open_max] =
        [recovery_timeout, max_recovery_timeout, half_open_max].map(duration);
    quote! {
        #private::BreakerSettings {
            window: #private::Window::#window,
            failure_threshold: #failure_threshold,
            failure_rate: #failure_rate,
            min_calls: #min_calls,
            slow_call: #slow_call,
            slow_rate: #slow_rate,
            timeout: #timeout,
            recovery_timeout: #recovery_timeout,
            backoff: #backoff,
            max_recovery_timeout: #max_recovery_timeout,
            jitter: #jitter,
            half_open_calls: #half_open_calls,
            half_open_max: #half_open_max,
        }
    }
}

fn duration(duration: Duration) -> TokenStream {
    let (secs, nanos) = (duration.as_secs(), duration.subsec_nanos());
    quote!(::core::time::Duration::new(#secs, #nanos))
}

fn optional(time: Option<Duration>) -> TokenStream {
    match time.map(duration) {
        Some(time) => quote!(::core::option::Option::Some(#time)),
        None => quote!(::core::option::Option::None),
    }
}
