//! The beginning of a call: labels, parent, attributes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{local, private};
use crate::operation::Operation;
use crate::operation::label::{Label, LabelValues};
use crate::options::Form;
use crate::respan::at_span;

/// An expression that begins the call: `Op::enter` or `Later::new`.
pub(super) fn begin(
    operation: &Operation,
    items: &TokenStream,
    constructor: &TokenStream,
) -> TokenStream {
    let krate = &operation.krate;
    let (texts, key) = key(operation);
    let parent = match operation
        .span
        .as_ref()
        .and_then(|span| span.parent.as_ref())
    {
        Some(parent) => {
            let here = private(operation, parent.span());
            quote_spanned!(parent.span()=> #here::parent(&(#parent)))
        }
        None => quote!(::core::option::Option::None),
    };
    quote! {{
        #items
        #texts
        #krate::__private::#constructor(&__OBS_CALLSITE, #key, #parent)
    }}
}

/// Statements that add the attributes to the call in `op`, if somebody records them.
pub(super) fn attributes(operation: &Operation, op: &Ident) -> TokenStream {
    if operation.attributes.is_empty() {
        return TokenStream::new();
    }
    let each = operation.attributes.iter().map(|attribute| {
        let (key, expr) = (&attribute.key, &attribute.expr);
        let at = expr.span();
        let here = private(operation, at);
        let value = match attribute.form {
            Form::Plain => quote_spanned!(at=> &(#expr)),
            Form::Display => quote_spanned!(at=> &#here::display(&(#expr))),
            Form::Debug => quote_spanned!(at=> &#here::debug(&(#expr))),
        };
        quote!(#op.attribute(#key, #value);)
    });
    quote! {
        if #op.is_recording() {
            #(#each)*
        }
    }
}

/// Statements that read the labels, and the key of the series.
fn key(operation: &Operation) -> (TokenStream, TokenStream) {
    let krate = &operation.krate;
    let private = quote!(#krate::__private);
    let labels = &operation.labels;
    if labels.iter().all(|label| label.values.is_indexed()) {
        let index = index(&private, labels);
        return (
            TokenStream::new(),
            quote!(#private::SeriesKey::Index(#index)),
        );
    }
    let texts: Vec<Ident> = (0..labels.len())
        .map(|number| local(&format!("__obs_label_{number}")))
        .collect();
    let values = labels.iter().map(|label| text(&private, label));
    (
        quote!(#(let #texts = #values;)*),
        quote!(#private::SeriesKey::Values(&[#(&*#texts),*])),
    )
}

/// The number of the combination of values.
fn index(private: &TokenStream, labels: &[Label]) -> TokenStream {
    labels
        .iter()
        // A label with one value does not change the number.
        .filter(|label| !matches!(label.values, LabelValues::One(_)))
        .fold(quote!(0), |index, label| {
            let value = generic_call(private, "radix", label);
            let expr = &label.expr;
            quote_spanned!(expr.span()=> #value(#index, &(#expr)))
        })
}

/// The text of a label's value.
fn text(private: &TokenStream, label: &Label) -> TokenStream {
    let expr = &label.expr;
    let function = match &label.values {
        LabelValues::One(value) => return quote!(#value),
        LabelValues::Type(_) | LabelValues::Inferred { .. } | LabelValues::Unnamed => "label_value",
        LabelValues::TypeOrText(..) | LabelValues::Text(_) => "label_text",
    };
    let function = generic_call(private, function, label);
    quote_spanned!(expr.span()=> #function(&(#expr)))
}

/// A function over the type of a label; where that is known, it is said, so that a reference to it
/// will do.
fn generic_call(private: &TokenStream, function: &str, label: &Label) -> TokenStream {
    let at = label.expr.span();
    let function = Ident::new(function, at.resolved_at(Span::call_site()));
    let here = at_span(private, at);
    match &label.ty {
        Some(ty) => {
            let ty = at_span(ty, at);
            quote_spanned!(at=> #here::#function::<#ty>)
        }
        None => quote_spanned!(at=> #here::#function),
    }
}
