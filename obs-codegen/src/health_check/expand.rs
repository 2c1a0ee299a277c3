//! The definition and its line for the linker, in front of the body.

use obs_schema::health::{CheckSettings, HealthKind};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::HealthCheck;
use crate::constant::{duration, option};
use crate::place::at;
use crate::return_ty::How;

pub(super) fn expand(check: &HealthCheck) -> TokenStream {
    let listed = listed(check);
    let body = check.func.body.as_ref().map(|body| &body.tokens);
    check.func.with_body(quote!(#listed #body))
}

fn listed(check: &HealthCheck) -> TokenStream {
    let HealthCheck {
        krate,
        func,
        name,
        group,
        traffic,
        settings,
    } = check;
    let private = quote!(#krate::__private);
    let line = quote_spanned!(func.sig.ident.span()=> ::core::line!());
    let settings = settings_tokens(settings, &private);
    let run = run(check);
    quote! {
        const _: () = {
            #[#private::linkme::distributed_slice(#private::HEALTH_CHECKS)]
            #[linkme(crate = #private::linkme)]
            static __OBS_HEALTH_CHECK: #private::HealthFunction = #private::HealthFunction {
                def: #private::HealthCheckDef {
                    name: #name,
                    group: #group,
                    traffic: #traffic,
                    settings: #settings,
                    source: #private::Source {
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: #line,
                    },
                },
                run: #run,
            };
        };
    }
}

/// How the function is called. Its name and its type stand where the user wrote them, so that errors about
/// what it returns point there.
fn run(check: &HealthCheck) -> TokenStream {
    let HealthCheck { krate, func, .. } = check;
    let name = &func.sig.ident;
    let place = match &func.sig.output {
        syn::ReturnType::Default => at(name),
        syn::ReturnType::Type(_, ty) => Span::call_site().located_at(ty.span()),
    };
    let spanned = krate.at(place);
    let run = quote!(#krate::__private::HealthRun);
    if check.settings.kind == HealthKind::Liveness {
        let local = quote_spanned!(place=> #spanned::__private::local_check(#name()));
        return quote!(#run::Local(|| #local));
    }
    match func.returned().how {
        How::Directly => {
            let health = quote_spanned!(place=> #spanned::__private::health_of(#name()));
            quote!(#run::Blocking(|| #health))
        }
        How::Async | How::Future | How::BoxedFuture => {
            let future = quote_spanned!(place=> #spanned::__private::health_of_future(#name()));
            quote!(#run::Waiting(|| #future))
        }
    }
}

fn settings_tokens(settings: &CheckSettings, private: &TokenStream) -> TokenStream {
    let at = quote!(#private::schema::health);
    let CheckSettings {
        kind,
        critical,
        timeout,
        interval,
        initial_delay,
        retries,
        unhealthy_threshold,
        healthy_threshold,
    } = settings;
    let kind = Ident::new(&format!("{kind:?}"), Span::call_site());
    let timeout = option(timeout.map(duration));
    let interval = option(interval.map(duration));
    let initial_delay = duration(*initial_delay);
    quote! {
        #at::CheckSettings {
            kind: #at::HealthKind::#kind,
            critical: #critical,
            timeout: #timeout,
            interval: #interval,
            initial_delay: #initial_delay,
            retries: #retries,
            unhealthy_threshold: #unhealthy_threshold,
            healthy_threshold: #healthy_threshold,
        }
    }
}
