//! One attempt after the other.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::Guarded;
use super::site::{self, site};
use crate::operation::Judgement;
use crate::operation::expand::local;
use crate::operation::guard::{Repeated, Retry};
use crate::place;

impl Guarded<'_> {
    /// The value of the last attempt, and its fate.
    pub(super) fn retried(
        &self,
        retry: &Retry,
        clock: &TokenStream,
        made: &TokenStream,
        run: &TokenStream,
    ) -> TokenStream {
        let krate = &self.guard.krate;
        let settings = site::retry(krate, &retry.settings);
        let found = site(krate, site::RETRY, &retry.name, &settings);
        let (attempts, delay) = (local("__obs_attempts"), local("__obs_delay"));
        let (value, fate) = (local("__obs_value"), local("__obs_fate"));
        let (touched, repeated) = (touched(retry), repeated(retry));
        // From the second attempt on it is later than when the call began.
        let attempt = self.attempt(&self.unknown(), made, run);
        let advice = self.advice(retry);
        let (next, pause) = match self.is_async() {
            true => (
                quote!(next_async),
                self.waiting(&quote!(#krate::__private::pause(#delay).await)),
            ),
            false => (quote!(next), quote!(#krate::__private::block(#delay))),
        };
        quote!({
            #touched
            let mut #attempts = #found.begin(&#clock);
            loop {
                #repeated
                let (#value, #fate) = #attempt;
                match #attempts.#next(#fate, #advice) {
                    ::core::option::Option::None => break (#value, #fate),
                    ::core::option::Option::Some(#delay) => {
                        ::core::mem::drop(#value);
                        #pause
                    }
                }
            }
        })
    }

    /// What the value says about another attempt, where the operation judges values by itself.
    fn advice(&self, retry: &Retry) -> TokenStream {
        let advice = self.advice_of_error(retry);
        let (function, test) = match &self.guard.judgement {
            Judgement::ByType => return advice,
            Judgement::OkIf(test) => ("advice_ok_if", test),
            Judgement::ErrorIf(test) => ("advice_error_if", test),
        };
        let (value, fate) = (local("__obs_value"), local("__obs_fate"));
        let at = place::at(test);
        let (krate, function) = (self.guard.krate.at(at), Ident::new(function, at));
        quote_spanned!(at=> #krate::__private::#function(#advice, #fate, &#value, #test))
    }

    fn advice_of_error(&self, retry: &Retry) -> TokenStream {
        let value = local("__obs_value");
        let advice = match &retry.retry_if {
            None => {
                let at = self.error_span();
                let krate = self.guard.krate.at(at);
                quote_spanned!(at=> #krate::__private::advice(&#value))
            }
            Some(test) => {
                let at = place::at(test);
                let krate = self.guard.krate.at(at);
                quote_spanned!(at=> #krate::__private::retry_if(&#value, #test))
            }
        };
        let Some(time) = &retry.retry_after else {
            return advice;
        };
        let at = place::at(time);
        let krate = self.guard.krate.at(at);
        quote_spanned!(at=> #krate::__private::retry_after(#advice, &#value, #time))
    }
}

/// Parameters that the body may change, of which each attempt has a copy: the function itself does not change them.
fn touched(retry: &Retry) -> TokenStream {
    let changed = retry.parameters.iter().filter(|one| one.is_mut);
    let names = changed.map(|one| &one.name);
    quote!(#(let _ = &mut #names;)*)
}

/// Statements that give an attempt parameters of its own.
fn repeated(retry: &Retry) -> TokenStream {
    let each = retry.parameters.iter().map(|Repeated { name, is_mut }| {
        let mutability = is_mut.then(|| quote!(mut));
        // The body mentions it, whatever its name says.
        let allowed = name
            .to_string()
            .starts_with('_')
            .then(|| quote!(#[allow(clippy::used_underscore_binding)]));
        let at = place::at(name);
        quote_spanned! {at=>
            #allowed
            let #mutability #name = ::core::clone::Clone::clone(&#name);
        }
    });
    quote!(#(#each)*)
}
