//! The record of a call, around the body.
//!
//! ```text
//! let mut call = DebugCall::new(&SITE);
//! if let Some(arguments) = call.arguments() { arguments.add("arg.order", (&Shown(&order)).text()); }
//! let value = call(move || -> Result<Id, E> { <body> });
//! if call.is_on() { call.finish(<verdict on &value>, (&Shown(&value)).text()); }
//! value
//! ```

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt as _;

use super::inside::Inside;
use super::local;
use super::verdict::judged;
use crate::func::{Body, Func};
use crate::operation::debug::DebugTrace;
use crate::return_ty::{How, Value, peeled};

/// The function with another body.
#[must_use]
pub fn debugged(debug: &DebugTrace, func: &Func) -> Func {
    let Some(inside) = Inside::of(&debug.krate, func) else {
        return func.clone();
    };
    let span = inside.body.span;
    let call = local("__obs_debug");
    let begun = begun(debug, func, &call);
    let ended = ended(debug, &inside, &call);
    let tokens = quote! {
        #begun
        #ended
    };
    Func {
        body: Some(Body { tokens, span }),
        ..func.clone()
    }
}

/// Statements that begin the call in `call`.
fn begun(debug: &DebugTrace, func: &Func, call: &Ident) -> TokenStream {
    let (krate, flag, function) = (&debug.krate, &debug.flag, &debug.function);
    let line = quote_spanned!(func.sig.ident.span()=> ::core::line!());
    let arguments = arguments(debug, call);
    quote! {
        let mut #call = {
            static __OBS_DEBUG_SITE: #krate::__private::DebugSite = #krate::__private::DebugSite::new(
                #flag,
                ::core::concat!(::core::module_path!(), "::", #function),
                #krate::__private::Source {
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: #line,
                },
            );
            #[#krate::__private::linkme::distributed_slice(#krate::__private::DEBUG_SITES)]
            #[linkme(crate = #krate::__private::linkme)]
            static __OBS_DEBUG_LISTED: &#krate::__private::DebugSite = &__OBS_DEBUG_SITE;
            #krate::__private::DebugCall::new(&__OBS_DEBUG_SITE)
        };
        #arguments
    }
}

/// A statement that notes the arguments, if somebody wants to know them.
fn arguments(debug: &DebugTrace, call: &Ident) -> TokenStream {
    if debug.parameters.is_empty() {
        return TokenStream::new();
    }
    let krate = &debug.krate;
    let arguments = local("__obs_arguments");
    let each = debug.parameters.iter().map(|name| {
        let key = format!("arg.{}", name.unraw());
        quote!(#arguments.add(#key, (&#krate::__private::Shown(&#name)).text());)
    });
    quote! {
        if let ::core::option::Option::Some(#arguments) = #call.arguments() {
            #[allow(unused_imports)]
            use #krate::__private::{AnyShown as _, DebugShown as _};
            #(#each)*
        }
    }
}

/// The body, and the end of the call in `call`.
fn ended(debug: &DebugTrace, inside: &Inside<'_>, call: &Ident) -> TokenStream {
    let krate = &debug.krate;
    let value = local("__obs_value");
    let watched = |future: TokenStream| {
        let finish = finish(debug, &inside.returned.value, call, &quote!(#value));
        quote!(#call.watch(#future, |#call, #value| { #finish }))
    };
    match (inside.returned.how, &inside.returned.value) {
        (How::Directly, Value::Never) => {
            let body = inside.body.last_block();
            quote!(#body)
        }
        (How::Directly, returned) => {
            let run = inside.value();
            let finish = finish(debug, returned, call, &quote!(&#value));
            quote! {
                let #value = #run;
                if #call.is_on() {
                    #finish
                }
                #value
            }
        }
        (How::Async, Value::Never) => {
            let block = inside.never_block();
            quote!(match #call.watch(#block, |_, _| {}).await {})
        }
        (How::Async, Value::Plain(ty) | Value::Fallible(ty)) => {
            let watched = watched(inside.block(ty));
            quote!(#watched.await)
        }
        (How::Future, _) => watched(inside.future()),
        (How::BoxedFuture, _) => {
            let watched = watched(inside.future());
            quote!(#krate::__private::boxed(#watched))
        }
    }
}

/// A statement that ends the call with the value behind the reference `value`.
fn finish(debug: &DebugTrace, returned: &Value, call: &Ident, value: &TokenStream) -> TokenStream {
    let krate = &debug.krate;
    let verdict = judged(krate, &debug.judgement, returned, value);
    let result = match returned.ty() {
        Some(ty) if !is_unit(ty) => quote! {{
            #[allow(unused_imports)]
            use #krate::__private::{AnyShown as _, DebugShown as _};
            (&#krate::__private::Shown(#value)).text()
        }},
        _ => quote!(::core::option::Option::None),
    };
    quote!(#call.finish(&#verdict, #result);)
}

fn is_unit(ty: &Type) -> bool {
    matches!(peeled(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}
