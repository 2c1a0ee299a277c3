//! The body, by how its value comes.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ReturnType;

use super::begin::{attributes, begin};
use super::capture::in_order;
use super::local;
use super::verdict::verdict;
use crate::func::{Body, Func};
use crate::operation::Operation;
use crate::return_ty::{How, Returned, Value, inferable};

/// The body in place: the guard ends the call.
pub(super) fn guarded(operation: &Operation, items: &TokenStream, body: &Body) -> TokenStream {
    let op = local("__obs_op");
    let begin = begin(operation, items, &quote!(Op::enter));
    let attributes = attributes(operation, &op);
    let body = body.last_block();
    quote! {
        let #op = #begin;
        #attributes
        #body
    }
}

/// The body in a closure, because `return` and `?` must lead to the end of the call.
pub(super) fn called(
    operation: &Operation,
    items: &TokenStream,
    body: &Body,
    func: &Func,
    returned: &Returned,
) -> TokenStream {
    let (op, value) = (local("__obs_op"), local("__obs_value"));
    let begin = begin(operation, items, &quote!(Op::enter));
    let attributes = attributes(operation, &op);
    let krate = &operation.krate;
    let capture = in_order(krate, func, body);
    let closure = closure(returned.value.ty().and_then(inferable), &capture, body);
    let verdict = verdict(operation, &returned.value, &quote!(&#value));
    quote! {
        let mut #op = #begin;
        #attributes
        let #value = #krate::__private::call(#closure);
        #op.finish(#verdict);
        #value
    }
}

/// The body in an `async` block that is polled inside the call.
pub(super) fn awaited(
    operation: &Operation,
    items: &TokenStream,
    body: &Body,
    func: &Func,
    returned: &Returned,
) -> TokenStream {
    let (op, value) = (local("__obs_op"), local("__obs_value"));
    let future = local("__obs_future");
    let begin = begin(operation, items, &quote!(Op::enter));
    let attributes = attributes(operation, &op);
    let verdict = verdict(operation, &returned.value, &value.to_token_stream());
    let capture = in_order(&operation.krate, func, body);
    let (block, awaited) = match &returned.value {
        Value::Never => (never_block(body), quote!(match #future.await {})),
        Value::Plain(ty) | Value::Fallible(ty) => {
            let edge = return_edge(inferable(ty));
            let body = body.last_block();
            (
                quote!(async move { #edge #capture #body }),
                quote!(#future.await),
            )
        }
    };
    // The call is begun and moved away in a block of its own: it cannot go to another thread, and
    // must not be seen to live across the `await`.
    quote! {
        let #future = {
            let #op = #begin;
            #attributes
            #op.observe(#block, |#value| #verdict)
        };
        #awaited
    }
}

/// The body makes a future; the call begins when that is first polled.
pub(super) fn returned_future(
    operation: &Operation,
    items: &TokenStream,
    body: &Body,
    func: &Func,
    returned: &Returned,
) -> TokenStream {
    let (op, value) = (local("__obs_op"), local("__obs_value"));
    let future = local("__obs_future");
    let begin = begin(operation, items, &quote!(Later::new));
    let attributes = attributes(operation, &op);
    let mutability = (!operation.attributes.is_empty()).then(|| quote!(mut));
    let ty = match &func.sig.output {
        ReturnType::Type(_, ty) => inferable(ty),
        ReturnType::Default => None,
    };
    let krate = &operation.krate;
    let closure = closure(ty, &in_order(krate, func, body), body);
    let verdict = verdict(operation, &returned.value, &value.to_token_stream());
    let observed = quote!(#op.observe(#future, |#value| #verdict));
    let output_ty = returned.value.ty().and_then(inferable);
    let output_ty = output_ty.map_or_else(|| quote!(_), ToTokens::into_token_stream);
    let output = match returned.how {
        How::BoxedFuture => quote!(#krate::__private::boxed(#observed)),
        _ => observed,
    };
    quote! {
        let #mutability #op = #begin;
        #attributes
        // The verdict depends on the type of the output, which the body may leave to the signature.
        let #future = #krate::__private::future_of::<#output_ty, _>(
            #krate::__private::call(#closure)
        );
        #output
    }
}

/// A closure with the body, whose type is written because coercions in the body depend on it.
fn closure(ty: Option<syn::Type>, capture: &TokenStream, body: &Body) -> TokenStream {
    let body = match capture.is_empty() {
        true => body.block().into_token_stream(),
        false => {
            let body = body.last_block();
            quote!({ #capture #body })
        }
    };
    match ty {
        Some(ty) => quote!(move || -> #ty #body),
        None => quote!(move || #body),
    }
}

/// Tells an `async` block what it returns: it has no place for a type. The branch is never taken.
fn return_edge(ty: Option<syn::Type>) -> TokenStream {
    let Some(ty) = ty else {
        return TokenStream::new();
    };
    let value = local("__obs_typed");
    quote! {
        #[allow(unreachable_code, clippy::all, clippy::pedantic)]
        if false {
            let #value: #ty = loop {};
            return #value;
        }
    }
}

/// A body that never returns coerces to a type without values, which an `async` block can have.
fn never_block(body: &Body) -> TokenStream {
    let body = body.block();
    let value = local("__obs_never");
    quote! {
        async move {
            #[allow(unreachable_code)]
            {
                let #value: ::core::convert::Infallible = #body;
                #value
            }
        }
    }
}
