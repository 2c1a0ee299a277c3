//! What cannot be a check, and settings that cannot work.

use obs_schema::Issue;
use obs_schema::health::{CheckSettings, HealthKind, check_traffic};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{Safety, parse2};

use crate::diag::Diag;
use crate::func::{Func, other_item};
use crate::options::Options;
use crate::return_ty::How;

/// Reads the item, if it is a function with a body.
pub(super) fn function(item: &TokenStream, diag: &mut Diag) -> Option<Func> {
    if let Some((what, keyword)) = other_item(item) {
        let message = format!("`#[health_check]` cannot be used on {what}; it goes on a function");
        diag.error(keyword.span(), message);
        return None;
    }
    let func: Func = diag.ok(parse2(item.clone()))?;
    if func.body.is_none() {
        diag.error(
            func.sig.ident.span(),
            "`#[health_check]` needs a body; put it on a function that has one",
        );
        return None;
    }
    Some(func)
}

/// Reports what keeps the function from being called by itself.
pub(super) fn signature(func: &Func, settings: &CheckSettings, diag: &mut Diag) {
    let sig = &func.sig;
    if !sig.inputs.is_empty() {
        diag.error_on(
            &sig.inputs,
            "a health check has no arguments, as nobody is there to give them; read a `static`, \
             or register a closure with `obs_runtime::health::check`",
        );
    }
    if !sig.generics.params.is_empty() {
        diag.error_on(
            &sig.generics.params,
            "a health check cannot be generic, as nobody chooses the types; \
             write a function without parameters that calls this one",
        );
    }
    if let Safety::Unsafe(unsafety) = &sig.safety {
        diag.error_on(
            unsafety,
            "a health check cannot be `unsafe`; write a safe function that calls this one",
        );
    }
    if settings.kind == HealthKind::Liveness && func.returned().how != How::Directly {
        let waits = match &sig.asyncness {
            Some(asyncness) => asyncness.to_token_stream(),
            None => sig.output.to_token_stream(),
        };
        diag.error_on(
            waits,
            "a liveness check cannot wait for anything: a restart does not repair what it would wait for; \
             return `Liveness`, or write `kind = readiness`",
        );
    }
}

/// Reports the findings of the rule book, each at its option.
pub(super) fn settings(
    settings: &CheckSettings,
    traffic: &str,
    options: &Options,
    diag: &mut Diag,
) {
    let traffic = check_traffic(settings.kind, traffic).map(Issue::from);
    for issue in settings.check().into_iter().chain(traffic) {
        let option = options.get(&issue.path);
        let span = option.map_or_else(proc_macro2::Span::call_site, |given| given.tokens.span());
        diag.issue(span, &issue);
    }
}
