//! The beginning of a call: labels, parent, attributes.

use obs_schema::def::OperationFamily;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::local;
use crate::crate_path::CratePath;
use crate::operation::label::{Label, LabelValues};
use crate::operation::{Block, Operation};
use crate::options::Form;
use crate::place;

/// Statements that make the variable `op` and begin the call in it, by the method `enter`. The call is begun
/// in its place: it is too large to be moved there at every call.
pub(super) fn begin(
    operation: &Operation,
    items: &TokenStream,
    op: &Ident,
    owner: &TokenStream,
    enter: &TokenStream,
) -> TokenStream {
    let krate = &operation.krate;
    let enter = with_arguments(operation, items, &quote!(#op.#enter));
    quote! {
        let mut #op = #krate::__private::#owner::new();
        #enter;
    }
}

/// The type of the value that owns a synchronous call.
pub(super) fn owner(operation: &Operation) -> TokenStream {
    let is_counted = |block: &Block| block.family == OperationFamily::Calls;
    if operation.span.is_none() && operation.blocks.iter().all(is_counted) {
        quote!(Count)
    } else {
        quote!(Op)
    }
}

/// An expression that notes what the call will need when the future is polled that the function returns.
pub(super) fn later(operation: &Operation, items: &TokenStream) -> TokenStream {
    let krate = &operation.krate;
    with_arguments(operation, items, &quote!(#krate::__private::Later::new))
}

/// A call of `function` with the callsite, the key of the series, and the parent.
fn with_arguments(
    operation: &Operation,
    items: &TokenStream,
    function: &TokenStream,
) -> TokenStream {
    let krate = &operation.krate;
    let key = key(operation);
    let probes = probes(krate, &operation.labels);
    let parent = match operation
        .span
        .as_ref()
        .and_then(|span| span.parent.as_ref())
    {
        Some(parent) => {
            let at = place::at(parent);
            let krate = krate.at(at);
            quote_spanned!(at=> #krate::__private::parent(&(#parent)))
        }
        None => quote!(::core::option::Option::None),
    };
    quote! {{
        #items
        #probes
        #function(&__OBS_CALLSITE, #key, #parent)
    }}
}

/// Statements that add the attributes to the call in `op`, if somebody records them.
pub(super) fn attributes(operation: &Operation, op: &Ident) -> TokenStream {
    if operation.attributes.is_empty() {
        return TokenStream::new();
    }
    let recorder = local("__obs_recorder");
    let each = operation.attributes.iter().map(|attribute| {
        let (key, expr) = (&attribute.key.text, &attribute.expr);
        let at = place::at(expr);
        // Everything that an error about the value can point at is where the value is.
        let krate = operation.krate.at(at);
        let mut recorder = recorder.clone();
        recorder.set_span(recorder.span().located_at(at));
        let value = match attribute.form {
            Form::Plain => quote_spanned!(at=> &(#expr)),
            Form::Display => quote_spanned!(at=> &#krate::__private::Displayed(&(#expr))),
            Form::Debug => quote_spanned!(at=> &#krate::__private::Debugged(&(#expr))),
        };
        quote_spanned!(at=> #recorder.attribute(#key, #value);)
    });
    quote! {
        if let ::core::option::Option::Some(#recorder) = #op.recorder() {
            #(#each)*
        }
    }
}

/// The key of the series. It is written where it is used: a label can borrow from what its expression
/// makes on the way.
fn key(operation: &Operation) -> TokenStream {
    let krate = &operation.krate;
    let labels = &operation.labels;
    if labels.iter().all(|label| label.values.is_indexed()) {
        let index = index(krate, labels);
        return quote!(#krate::__private::SeriesKey::Index(#index));
    }
    let values = labels.iter().map(|label| text(krate, label));
    quote!(#krate::__private::SeriesKey::Values(&[#(&*#values),*]))
}

/// The traits behind [`probe`].
fn probes(krate: &CratePath, labels: &[Label]) -> TokenStream {
    if labels.iter().any(|label| is_checked(&label.values)) {
        quote!(use #krate::__private::{AnyValue as _, LabelValue as _};)
    } else {
        TokenStream::new()
    }
}

/// Whether the definition of the operation demands that the type is a `Label`.
fn is_checked(values: &LabelValues) -> bool {
    matches!(values, LabelValues::Type(_) | LabelValues::Inferred { .. })
}

/// The number of the combination of values.
fn index(krate: &CratePath, labels: &[Label]) -> TokenStream {
    labels
        .iter()
        // A label with one value does not change the number.
        .filter(|label| !matches!(label.values, LabelValues::One(_)))
        .fold(quote!(0), |index, label| {
            let value = probe(krate, label);
            quote_spanned!(place::at(&label.expr)=> #value.radix(#index))
        })
}

/// The text of a label's value.
fn text(krate: &CratePath, label: &Label) -> TokenStream {
    let at = place::at(&label.expr);
    let function = match &label.values {
        LabelValues::One(value) => return quote!(#value),
        values if is_checked(values) => {
            let value = probe(krate, label);
            return quote_spanned!(at=> #value.text());
        }
        LabelValues::TypeOrText(..) | LabelValues::Text(_) => quote_spanned!(at=> label_text),
        _ => quote_spanned!(at=> label_value),
    };
    let (krate, value) = (krate.at(at), probe(krate, label));
    quote_spanned!(at=> #krate::__private::#function #value)
}

/// The value of a label with its type, where that is known: so a reference to it will do. An error about
/// the value is one about the label.
///
/// Where the definition has checked the type, that is where the error belongs, so here any type will do.
fn probe(krate: &CratePath, label: &Label) -> TokenStream {
    let (expr, at) = (&label.expr, place::at(&label.expr));
    let krate = krate.at(at);
    // A cast and no `::<..>`: to that the compiler would add advice of its own if there is no such type,
    // and not see that it has said so of the signature.
    let ty = label.ty.as_ref().map(|ty| quote_spanned!(at=> as &(#ty)));
    quote_spanned!(at=> (&#krate::__private::LabelProbe(&(#expr) #ty)))
}
