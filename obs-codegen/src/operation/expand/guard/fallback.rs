//! What gives the value instead of a body that failed or did not run.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::Guarded;
use crate::operation::expand::local;
use crate::operation::guard::{Fallback, Saved};
use crate::place;

impl Guarded<'_> {
    /// The value and the fate of the last attempt, or of the fallback after it.
    pub(super) fn or_else(&self, attempts: &TokenStream) -> TokenStream {
        let Some(fallback) = self.fallback() else {
            return attempts.clone();
        };
        let (value, fate) = (local("__obs_value"), local("__obs_fate"));
        let error = local("__obs_error");
        let path = &fallback.path;
        let arguments = fallback.arguments.iter().map(|saved| &saved.variable);
        let awaited = self.is_async().then(|| quote!(.await));
        let at = place::at(path);
        let instead = quote_spanned!(at=> (#path)(#(#arguments,)* #error) #awaited);
        quote! {
            match #attempts {
                (::core::result::Result::Err(#error), #fate) if #fate.is_failed() => (#instead, #fate),
                (#value, #fate) => (#value, #fate),
            }
        }
    }

    /// Statements that keep what the fallback gets.
    pub(super) fn saved(&self) -> TokenStream {
        let arguments = self
            .fallback()
            .map_or(&[][..], |fallback| &fallback.arguments);
        let cloned = arguments.iter().filter(|saved| saved.is_cloned);
        let cloned = cloned.map(|Saved { name, variable, .. }| {
            let at = place::at(name);
            quote_spanned!(at=> let #variable = ::core::clone::Clone::clone(&#name);)
        });
        quote!(#(#cloned)*)
    }

    fn fallback(&self) -> Option<&Fallback> {
        self.guard.breaker.as_ref()?.fallback.as_ref()
    }
}
