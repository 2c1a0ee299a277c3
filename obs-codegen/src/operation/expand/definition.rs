//! The constants and statics of an operation.

use obs_schema::def::OperationFamily;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::crate_path::CratePath;
use crate::func::{Func, used};
use crate::operation::label::{Label, LabelValues, UNNAMED_VALUES};
use crate::operation::outer::marked;
use crate::operation::{Block, Operation};
use crate::place;

/// The definition, the callsite, its entry in the list of the linker, and the checks that only the
/// compiler can make.
pub(super) fn items(operation: &Operation, func: &Func) -> TokenStream {
    let krate = &operation.krate;
    let definition = definition(operation, func);
    let checks = checks(operation);
    let counted = marked(operation);
    let taken = used(&operation.taken);
    quote! {
        #taken
        #[doc = #counted]
        const __OBS_OPERATION: #krate::__private::OperationDef = #definition;
        #checks
        static __OBS_CALLSITE: #krate::__private::Callsite =
            #krate::__private::Callsite::new(&__OBS_OPERATION);
        #[#krate::__private::linkme::distributed_slice(#krate::__private::CALLSITES)]
        #[linkme(crate = #krate::__private::linkme)]
        static __OBS_LISTED: &#krate::__private::Callsite = &__OBS_CALLSITE;
    }
}

fn definition(operation: &Operation, func: &Func) -> TokenStream {
    let krate = &operation.krate;
    let private = quote!(#krate::__private);
    let Operation {
        name,
        service,
        function,
        ..
    } = operation;
    let blocks = operation
        .blocks
        .iter()
        .map(|block| block_def(&private, block));
    let labels = operation.labels.iter().map(|label| label_def(krate, label));
    let outcomes = operation.outcomes(func);
    let span = operation.span.as_ref();
    let kind = match span {
        Some(span) => {
            let kind = variant(&span.kind);
            quote!(::core::option::Option::Some(#private::SpanKind::#kind))
        }
        None => quote!(::core::option::Option::None),
    };
    let slow = span.map_or(0.0, |span| span.slow_secs);
    let root = span.is_some_and(|span| span.root);
    let fixed = pairs(span.map_or(&[], |span| span.fixed.as_slice()));
    // Of the function: that of the attribute is one and the same for all methods of a service.
    let line = quote_spanned!(func.sig.ident.span()=> ::core::line!());
    quote! {
        #private::OperationDef {
            name: #name,
            service: #service,
            function: ::core::concat!(::core::module_path!(), "::", #function),
            span: #kind,
            blocks: &[#(#blocks),*],
            labels: &[#(#labels),*],
            outcomes: #outcomes,
            slow_secs: #slow,
            root: #root,
            attributes: #fixed,
            source: #private::Source {
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: #line,
            },
        }
    }
}

fn block_def(private: &TokenStream, block: &Block) -> TokenStream {
    let family = variant(&block.family);
    let constants = pairs(&block.constants);
    let buckets = match &block.buckets {
        _ if block.family == OperationFamily::Calls => quote!(&[]),
        Some(bounds) => quote!(&[#(#bounds),*]),
        None => quote!(#private::schema::bucket::DEFAULT_DURATION_BUCKETS),
    };
    quote! {
        #private::BlockDef {
            family: #private::OperationFamily::#family,
            constants: #constants,
            buckets: #buckets,
        }
    }
}

fn label_def(krate: &CratePath, label: &Label) -> TokenStream {
    let name = &label.name;
    let values = label_values(krate, label);
    let private = quote!(#krate::__private);
    quote!(#private::LabelDef { name: #name, values: #values })
}

fn label_values(krate: &CratePath, label: &Label) -> TokenStream {
    let private = quote!(#krate::__private);
    let at = place::at(&label.expr);
    let capped = |max_series: u32| quote!(#private::Values::Capped { max_series: #max_series });
    match &label.values {
        LabelValues::One(value) => quote!(#private::Values::Finite(&[#value])),
        LabelValues::Type(ty) => {
            // That the type is no `Label` is a mistake of the label, and that there is no such type one
            // of the signature: its tokens stay where they are, so that the compiler reports it once.
            let krate = krate.at(at);
            let values = quote_spanned! {at=>
                #krate::__private::values_of(#krate::__private::TypeOf::<#ty>::NEW)
            };
            quote!(#private::Values::Finite(#values))
        }
        LabelValues::TypeOrText(ty, cap) => {
            let capped = capped(*cap);
            quote! {{
                use #private::ProbeDefault as _;
                match #private::Probe::<#ty>::LABEL_VALUES {
                    ::core::option::Option::Some(values) => #private::Values::Finite(values),
                    ::core::option::Option::None => #capped,
                }
            }}
        }
        LabelValues::Inferred {
            patterns,
            types,
            expr,
        } => {
            let krate = krate.at(at);
            let values = quote_spanned!(at=> #krate::__private::label_values(
                &|(#(#patterns,)*): (#(#types,)*)| (#expr).__obs_type()
            ));
            quote! {{
                use #private::TypeOfValue as _;
                #[allow(unused_variables, unused_mut, clippy::all, clippy::pedantic)]
                const __OBS_VALUES: &[&::core::primitive::str] = #values;
                #private::Values::Finite(__OBS_VALUES)
            }}
        }
        LabelValues::Unnamed => capped(UNNAMED_VALUES),
        LabelValues::Text(cap) => capped(*cap),
    }
}

/// What can only be checked once the values of all labels are known.
fn checks(operation: &Operation) -> TokenStream {
    if operation.labels.is_empty() {
        return TokenStream::new();
    }
    let krate = &operation.krate;
    let private = quote!(#krate::__private);
    let budget = match &operation.service_ty {
        None => quote!(#private::schema::cardinality::DEFAULT_SERIES_BUDGET),
        Some(service) => quote! {{
            use #private::ProbeDefault as _;
            #private::Probe::<#service>::SERIES_BUDGET
        }},
    };
    let help = budget_help(operation);
    let at = operation.labels_span.unwrap_or_else(Span::call_site);
    let krate = krate.at(at);
    quote_spanned! {at=>
        const _: () = #krate::__private::assert_labels(&__OBS_OPERATION, #budget, #help);
    }
}

/// What helps against a budget that is exceeded: to say what the labels are if that was a guess, and
/// otherwise to have less of them.
fn budget_help(operation: &Operation) -> String {
    let guessed = operation.labels.iter().find_map(|label| {
        let name = &label.name;
        Some(match &label.values {
            LabelValues::Unnamed => format!(
                "; the values of `{name}` are not known here, so {UNNAMED_VALUES} are assumed: \
                 write `{name}: Type = ..`"
            ),
            LabelValues::Text(_) if label.ty.is_none() => format!(
                "; the type of `{name}` is not known here, so `max_series` is taken for it: \
                 write `{name}: Type = ..`"
            ),
            _ => return None,
        })
    });
    guessed.unwrap_or_else(|| match operation.service_ty {
        Some(_) => "; leave out a label, or raise `series_budget` in `#[service(..)]`".to_owned(),
        None => "; leave out a label".to_owned(),
    })
}

fn pairs(pairs: &[(&'static str, String)]) -> TokenStream {
    let pairs = pairs.iter().map(|(key, value)| quote!((#key, #value)));
    quote!(&[#(#pairs),*])
}

/// The variant of an enum without fields, as its `Debug` writes it.
fn variant(value: &impl std::fmt::Debug) -> Ident {
    Ident::new(&format!("{value:?}"), Span::call_site())
}
