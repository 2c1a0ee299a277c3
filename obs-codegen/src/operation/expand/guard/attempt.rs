//! One attempt: each policy lets it through, or it ends there.

use obs_schema::resilience::{BulkheadSettings, RateLimitSettings};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Lifetime;

use super::Guarded;
use super::site::{self, duration, site};
use crate::operation::expand::local;
use crate::operation::guard::{Breaker, Named};

impl Guarded<'_> {
    /// The value of an attempt and its fate, where `run` is the value of the body after the statements `made`.
    pub(super) fn attempt(
        &self,
        clock: &TokenStream,
        made: &TokenStream,
        run: &TokenStream,
    ) -> TokenStream {
        let guard = self.guard;
        let value = local("__obs_value");
        let breaker = guard.breaker.as_ref();
        let permit = breaker.map(|breaker| self.permit(breaker, clock));
        let rate = guard.rate_limit.as_ref();
        let rate = rate.map(|limit| self.rate_permit(limit, clock));
        let bulkhead = guard.bulkhead.as_ref();
        let slot = bulkhead.map(|bulkhead| self.slot(bulkhead));
        let run = self.in_time(run);
        let left = bulkhead.map(|_| {
            let slot = local("__obs_slot");
            quote!(::core::mem::drop(#slot);)
        });
        let ended = self.ended(&value);
        let body = quote! {
            #permit
            #rate
            #slot
            #made
            let #value = #run;
            #left
            #ended
        };
        match guard.may_reject() {
            true => {
                let label = label();
                quote!(#label: { #body })
            }
            false => quote!({ #body }),
        }
    }

    /// The value of a future; with a limit of time an `Option` of it.
    pub(super) fn awaited(&self, future: &TokenStream) -> TokenStream {
        let krate = &self.guard.krate;
        if let Some(limit) = &self.guard.timeout {
            let site = site(
                krate,
                site::TIME_LIMIT,
                &limit.name,
                &duration(limit.settings),
            );
            let limit = local("__obs_limit");
            return quote!({
                let #limit = #site;
                (#limit.run(#future).await, #limit)
            });
        }
        match self.guard.breaker_timeout() {
            Some(limit) => {
                let limit = duration(limit);
                quote!(#krate::__private::time_limited(#limit, #future).await)
            }
            None => quote!(#future.await),
        }
    }

    /// The value of the body, unless it took too long.
    fn in_time(&self, run: &TokenStream) -> TokenStream {
        let (value, limit) = (local("__obs_value"), local("__obs_limit"));
        let permit = local("__obs_permit");
        let guard = self.guard;
        if guard.timeout.is_some() {
            let counted = guard.breaker.as_ref().map(|_| quote!(#permit.timeout();));
            let late = self.ends_with(&quote!(#limit.timed_out()), "TimedOut");
            return quote! {
                match #run {
                    (::core::option::Option::Some(#value), _) => #value,
                    (::core::option::Option::None, #limit) => {
                        #counted
                        #late
                    }
                }
            };
        }
        if guard.breaker_timeout().is_none() {
            return run.clone();
        }
        let late = self.ends_with(&quote!(#permit.timed_out()), "TimedOut");
        quote! {
            match #run {
                ::core::option::Option::Some(#value) => #value,
                ::core::option::Option::None => #late,
            }
        }
    }

    fn permit(&self, breaker: &Breaker, clock: &TokenStream) -> TokenStream {
        let krate = &self.guard.krate;
        let (found, name) = (self.found(breaker), local("__obs_breaker"));
        let entered = quote!(#krate::__private::Breaker::enter_with(&#name, &#clock));
        let let_in = self.let_in("__obs_permit", &entered);
        quote! {
            let #name = #found;
            #let_in
        }
    }

    fn rate_permit(&self, limit: &Named<RateLimitSettings>, clock: &TokenStream) -> TokenStream {
        let krate = &self.guard.krate;
        let settings = site::rate_limit(krate, &limit.settings);
        let site = site(krate, site::RATE_LIMIT, &limit.name, &settings);
        let entered = match self.is_async() && !limit.settings.wait.is_zero() {
            true => self.waiting(&quote!(#site.enter_async().await)),
            false => quote!(#site.enter_with(&#clock)),
        };
        let rejected = local("__obs_rejected");
        let refused = self.ends_with(&self.noted(), "Rejected");
        quote! {
            if let ::core::result::Result::Err(#rejected) = #entered {
                #refused
            }
        }
    }

    fn slot(&self, bulkhead: &Named<BulkheadSettings>) -> TokenStream {
        let krate = &self.guard.krate;
        let settings = site::bulkhead(krate, &bulkhead.settings);
        let site = site(krate, site::BULKHEAD, &bulkhead.name, &settings);
        let entered = match self.is_async() && bulkhead.settings.queue > 0 {
            true => self.waiting(&quote!(#site.enter_async().await)),
            false => quote!(#site.enter()),
        };
        self.let_in("__obs_slot", &entered)
    }

    /// What waits without blocking its thread.
    pub(super) fn waiting(&self, waits: &TokenStream) -> TokenStream {
        let krate = &self.guard.krate;
        quote!({
            #krate::__private::waiting::<()>();
            #waits
        })
    }

    fn let_in(&self, name: &str, entered: &TokenStream) -> TokenStream {
        let (name, rejected) = (local(name), local("__obs_rejected"));
        let refused = self.ends_with(&self.noted(), "Rejected");
        quote! {
            let #name = match #entered {
                ::core::result::Result::Ok(#name) => #name,
                ::core::result::Result::Err(#rejected) => #refused,
            };
        }
    }

    /// The rejection, which a retry looks at.
    fn noted(&self) -> TokenStream {
        let (rejected, attempts) = (local("__obs_rejected"), local("__obs_attempts"));
        match self.guard.retry {
            Some(_) => quote!(#attempts.rejected(#rejected)),
            None => quote!(#rejected),
        }
    }

    /// Ends an attempt whose body did not give a value.
    fn ends_with(&self, rejected: &TokenStream, fate: &str) -> TokenStream {
        let at = self.error_span();
        let located = self.guard.krate.at(at);
        let value = quote_spanned!(at=> #located::__private::refused(#rejected));
        let (krate, label) = (&self.guard.krate, label());
        let fate = Ident::new(fate, Span::call_site());
        quote!(break #label (#value, #krate::__private::Fate::#fate))
    }
}

fn label() -> Lifetime {
    Lifetime::new("'__obs_attempt", Span::mixed_site())
}
