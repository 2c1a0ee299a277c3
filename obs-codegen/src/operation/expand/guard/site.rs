//! The statics of policies, and their settings as constants.

use std::time::Duration;

use obs_schema::resilience::{
    BreakerSettings, BulkheadSettings, RateLimitSettings, RetrySettings, Window,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::Guarded;
use crate::crate_path::CratePath;
use crate::operation::guard::{Breaker, Name};
use crate::place;

impl Guarded<'_> {
    /// The breaker, of which a reference can be made.
    pub(super) fn found(&self, breaker: &Breaker) -> TokenStream {
        let krate = &self.guard.krate;
        let (name, settings) = (&breaker.name, breaker_settings(krate, &breaker.settings));
        let Some(key) = &breaker.key else {
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
            #[#krate::__private::linkme::distributed_slice(#krate::__private::KEYED_SITES)]
            #[linkme(crate = #krate::__private::linkme)]
            static __OBS_BREAKERS_LISTED: &#krate::__private::KeyedSite = &__OBS_BREAKERS;
            __OBS_BREAKERS.get(#text)
        }}
    }
}

/// The type of a policy, and the list of the functions that have one.
pub(super) struct PolicyType(&'static str, &'static str);

pub(super) const RETRY: PolicyType = PolicyType("Retry", "RETRY_SITES");
pub(super) const RATE_LIMIT: PolicyType = PolicyType("RateLimit", "RATE_LIMIT_SITES");
pub(super) const BULKHEAD: PolicyType = PolicyType("Bulkhead", "BULKHEAD_SITES");
pub(super) const TIME_LIMIT: PolicyType = PolicyType("TimeLimit", "TIME_LIMIT_SITES");

/// The policy of this name.
pub(super) fn site(
    krate: &CratePath,
    PolicyType(policy, sites): PolicyType,
    name: &Name,
    settings: &TokenStream,
) -> TokenStream {
    let [policy, sites] = [policy, sites].map(|name| Ident::new(name, Span::call_site()));
    let site = quote!(#krate::__private::Site<#krate::__private::#policy>);
    let made = match name {
        Name::Given(name) => quote!(new(#name, #settings)),
        Name::OfFunction(name) => {
            let place = quote!(::core::concat!(::core::file!(), ":", ::core::line!()));
            quote!(of_function(#name, #place, #settings))
        }
    };
    quote! {{
        static __OBS_POLICY: #site = <#site>::#made;
        #[#krate::__private::linkme::distributed_slice(#krate::__private::#sites)]
        #[linkme(crate = #krate::__private::linkme)]
        static __OBS_POLICY_LISTED: &#site = &__OBS_POLICY;
        __OBS_POLICY.get()
    }}
}

pub(super) fn retry(krate: &CratePath, settings: &RetrySettings) -> TokenStream {
    let RetrySettings {
        attempts,
        delay,
        backoff,
        max_delay,
        jitter,
        budget,
        deadline,
    } = *settings;
    let [delay, max_delay] = [delay, max_delay].map(duration);
    let deadline = optional(deadline);
    quote! {
        #krate::__private::RetrySettings {
            attempts: #attempts,
            delay: #delay,
            backoff: #backoff,
            max_delay: #max_delay,
            jitter: #jitter,
            budget: #budget,
            deadline: #deadline,
        }
    }
}

pub(super) fn rate_limit(krate: &CratePath, settings: &RateLimitSettings) -> TokenStream {
    let RateLimitSettings {
        calls,
        per,
        burst,
        wait,
    } = *settings;
    let [per, wait] = [per, wait].map(duration);
    quote! {
        #krate::__private::RateLimitSettings { calls: #calls, per: #per, burst: #burst, wait: #wait }
    }
}

pub(super) fn bulkhead(krate: &CratePath, settings: &BulkheadSettings) -> TokenStream {
    let BulkheadSettings {
        concurrent,
        queue,
        wait,
    } = *settings;
    let wait = duration(wait);
    quote! {
        #krate::__private::BulkheadSettings { concurrent: #concurrent, queue: #queue, wait: #wait }
    }
}

fn breaker_settings(krate: &CratePath, settings: &BreakerSettings) -> TokenStream {
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

pub(super) fn duration(duration: Duration) -> TokenStream {
    let (secs, nanos) = (duration.as_secs(), duration.subsec_nanos());
    quote!(::core::time::Duration::new(#secs, #nanos))
}

fn optional(time: Option<Duration>) -> TokenStream {
    match time.map(duration) {
        Some(time) => quote!(::core::option::Option::Some(#time)),
        None => quote!(::core::option::Option::None),
    }
}
