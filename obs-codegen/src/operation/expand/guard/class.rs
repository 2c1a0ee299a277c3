//! The end of an attempt whose body has given a value.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::Guarded;
use crate::operation::Judgement;
use crate::operation::expand::local;
use crate::operation::guard::Breaker;
use crate::place;

impl Guarded<'_> {
    /// Tells the breaker how the call went. The value and its fate.
    pub(super) fn ended(&self, value: &Ident) -> TokenStream {
        let krate = &self.guard.krate;
        let ran = quote!(#krate::__private::Fate::Ran);
        let Some(breaker) = &self.guard.breaker else {
            return quote!((#value, #ran));
        };
        let permit = local("__obs_permit");
        let class = self.class(breaker, value);
        if breaker.fallback.is_none() {
            return quote! {
                #permit.settle(#class);
                (#value, #ran)
            };
        }
        let known = local("__obs_class");
        quote! {
            let #known = #class;
            #permit.settle(#known);
            (#value, #krate::__private::Fate::of(#known))
        }
    }

    /// What the value says about the callee.
    fn class(&self, breaker: &Breaker, value: &Ident) -> TokenStream {
        let krate = &self.guard.krate;
        let mut class = match &self.guard.judgement {
            Judgement::ByType => quote! {{
                use #krate::__private::{AnyClass as _, OwnClass as _, ResultClass as _};
                (&&&#krate::__private::ClassOf(&#value)).class()
            }},
            Judgement::OkIf(test) => quote!(#krate::__private::class_ok_if(&#value, #test)),
            Judgement::ErrorIf(test) => quote!(#krate::__private::class_error_if(&#value, #test)),
        };
        for (function, test) in [("recorded", &breaker.record), ("ignored", &breaker.ignore)] {
            if let Some(test) = test {
                let at = place::at(test);
                let (krate, function) = (krate.at(at), Ident::new(function, at));
                class = quote_spanned!(at=> #krate::__private::#function(#class, &#value, #test));
            }
        }
        class
    }
}
