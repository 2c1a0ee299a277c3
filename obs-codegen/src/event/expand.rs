//! The definition, the counter, and how an event is recorded.

use obs_schema::monitoring::Level;
use obs_schema::name::check_event_name;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Generics, Ident, Lifetime, Type};

use super::{Event, Field, Form};
use crate::constant::option;
use crate::crate_path::CratePath;
use crate::label_set;
use crate::place::{assert_nothing_about, at};

pub(super) fn expand(event: &Event) -> TokenStream {
    let Event { krate, labels, .. } = event;
    let (ident, generics) = (&labels.ident, &labels.generics);
    let labels = label_set::expand(labels);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let definition = definition(event);
    let record = record(event);
    let any_time = any_time(ident, generics);
    let checks = checks(event, &any_time);
    quote! {
        #labels

        const _: () = {
            static __OBS_SITE: #krate::__private::EventSite =
                #krate::__private::EventSite::new(<#any_time as #krate::__private::Event>::DEF);

            #[automatically_derived]
            impl #impl_generics #krate::__private::Event for #ident #ty_generics #where_clause {
                const DEF: &'static #krate::__private::EventDef = &#definition;

                fn record(&self) {
                    #record
                }
            }

            // The linker lists it, so that the series exist before the first event.
            #[#krate::__private::linkme::distributed_slice(#krate::__private::METRIC_SETS)]
            #[linkme(crate = #krate::__private::linkme)]
            static __OBS_EVENT: fn() = || __OBS_SITE.register();
        };
        #checks
    }
}

fn definition(event: &Event) -> TokenStream {
    let Event {
        krate,
        name,
        help,
        labels,
        ..
    } = event;
    let schema = quote!(#krate::__private::schema);
    // A name that was refused is still one thing, and has no mistake that would be said again.
    let counter = match check_event_name(name) {
        Ok(()) => format!("{name}_total"),
        Err(_) => "refused_total".to_owned(),
    };
    let help = if help.is_empty() { "Refused." } else { help };
    let owner = labels.ident.to_string();
    let level = format_ident!("{}", format!("{:?}", level(event)));
    let line = quote_spanned!(labels.ident.span()=> ::core::line!());
    let fields = event.fields.iter().map(|field| {
        let name = &field.name;
        let role = field.role.as_ref().map(|given| {
            let role = format_ident!("{}", format!("{:?}", given.role));
            quote!(#schema::event::Role::#role)
        });
        let role = option(role);
        quote!(#schema::event::EventField { name: #name, role: #role })
    });
    quote! {
        #krate::__private::EventDef {
            name: #name,
            level: #schema::monitoring::Level::#level,
            counter: &#krate::__private::MetricDef {
                labels: <Self as #krate::__private::Labels>::LABELS,
                owner: #owner,
                source: #krate::__private::Source {
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: #line,
                },
                ..#krate::__private::MetricDef::new(
                    #counter,
                    #help,
                    #krate::__private::MetricKind::Counter,
                )
            },
            fields: &[#(#fields),*],
        }
    }
}

fn level(event: &Event) -> Level {
    Level::parse(&event.level).unwrap_or(Level::Info)
}

fn record(event: &Event) -> TokenStream {
    let krate = &event.krate;
    let texts = event
        .fields
        .iter()
        .enumerate()
        .map(|(at, field)| text(krate, at, field));
    let values = event
        .fields
        .iter()
        .enumerate()
        .map(|(at, field)| value(krate, at, field));
    let has_label = event.fields.iter().any(|field| field.form == Form::Label);
    let traits =
        has_label.then(|| quote!(use #krate::__private::{AnyValue as _, LabelValue as _};));
    quote! {
        #traits
        #krate::__private::Labels::with_key(self, |__obs_key| __OBS_SITE.count(__obs_key));
        #(#texts)*
        __OBS_SITE.note(&[#(#values),*]);
    }
}

/// What the value of a field borrows from.
fn text(krate: &CratePath, position: usize, field: &Field) -> Option<TokenStream> {
    let Field {
        ident, ty, form, ..
    } = field;
    let text = text_ident(position);
    (*form == Form::LabelText).then(|| {
        let read = quote_spanned!(at(ty)=> <#ty as #krate::__private::LabelText>::label_text(&self.#ident));
        quote!(let #text = #read;)
    })
}

fn text_ident(position: usize) -> Ident {
    format_ident!("__obs_text_{position}")
}

fn value(krate: &CratePath, position: usize, field: &Field) -> TokenStream {
    let Field {
        ident, ty, form, ..
    } = field;
    let reference = quote!(#krate::__private::AttributeRef);
    match form {
        Form::Value => {
            quote_spanned!(at(ty)=> <#ty as #krate::__private::FieldValue>::field_value(&self.#ident))
        }
        Form::Tokens => {
            quote_spanned!(at(ty)=> <#ty as #krate::__private::TokenCount>::token_count(&self.#ident))
        }
        Form::Display => written(krate, "Display", field),
        Form::Debug => written(krate, "Debug", field),
        // Of any type: one that is no label has been refused by the labels of the counter.
        Form::Label => {
            quote!(#reference::Str((&#krate::__private::LabelProbe(&self.#ident)).text()))
        }
        Form::LabelText => {
            let text = text_ident(position);
            quote!(#reference::Str(&#text))
        }
    }
}

/// The written form of a value. An `Option` is the value in it, or there is none.
fn written(krate: &CratePath, form: &str, field: &Field) -> TokenStream {
    let Field { ident, ty, .. } = field;
    let form = format_ident!("{form}");
    let reference = quote!(#krate::__private::AttributeRef);
    if !is_option(ty) {
        return quote_spanned!(at(ty)=> #reference::#form(&self.#ident));
    }
    let value = quote_spanned!(at(ty)=> #reference::#form(__obs_value));
    quote! {
        match &self.#ident {
            ::core::option::Option::Some(__obs_value) => #value,
            ::core::option::Option::None => #reference::None,
        }
    }
}

/// Whether the type is called so: it is not known what it is.
fn is_option(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Option"),
        Type::Paren(inner) => is_option(&inner.elem),
        Type::Group(inner) => is_option(&inner.elem),
        _ => false,
    }
}

/// The rules that need the types of the labels.
fn checks(event: &Event, any_time: &TokenStream) -> TokenStream {
    let Event {
        krate,
        place,
        series_budget,
        ..
    } = event;
    let about_name = assert_nothing_about("name", place);
    let about_labels = assert_nothing_about("labels", place);
    quote! {
        const _: () = {
            const __OBS_FINDINGS: #krate::__private::schema::Findings =
                #krate::__private::schema::check::event_findings(
                    <#any_time as #krate::__private::Event>::DEF,
                    #series_budget,
                );
            #about_name
            #about_labels
        };
    }
}

/// The type with `'static` for each lifetime.
fn any_time(ident: &Ident, generics: &Generics) -> TokenStream {
    let lifetimes = generics
        .lifetimes()
        .map(|_| Lifetime::new("'static", Span::call_site()));
    quote!(#ident<#(#lifetimes),*>)
}

pub(super) fn stand_in(item: &DeriveInput, krate: &CratePath) -> TokenStream {
    let ident = &item.ident;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::Event for #ident #ty_generics #where_clause {
            const DEF: &'static #krate::__private::EventDef = &#krate::__private::EventDef {
                name: "refused",
                level: #krate::__private::schema::monitoring::Level::Off,
                counter: &#krate::__private::MetricDef::new(
                    "refused_total",
                    "Refused.",
                    #krate::__private::MetricKind::Counter,
                ),
                fields: &[],
            };

            fn record(&self) {}
        }
    }
}
