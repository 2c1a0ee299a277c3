//! What the returned value says about the call.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::crate_path::CratePath;
use crate::operation::{Judgement, Operation};
use crate::place;
use crate::return_ty::Value;

/// An expression for the verdict on the value behind the reference `value`.
pub(super) fn verdict(operation: &Operation, returned: &Value, value: &TokenStream) -> TokenStream {
    let krate = &operation.krate;
    let verdict = judged(krate, &operation.judgement, returned, value);
    let Some(limit) = &operation.rate_limit else {
        return verdict;
    };
    let (api, endpoint, read) = (&limit.api, &limit.endpoint, &limit.read);
    let at = place::at(read);
    let krate = krate.at(at);
    let note = quote_spanned! {at=>
        #krate::__private::note_rate_limit(#api, #endpoint, #value, #read)
    };
    quote! {{
        #note;
        #verdict
    }}
}

/// The same, and nothing is noted of the value.
pub(super) fn judged(
    krate: &CratePath,
    judgement: &Judgement,
    returned: &Value,
    value: &TokenStream,
) -> TokenStream {
    let by_type = by_type(krate, returned, value);
    match judgement {
        Judgement::ByType => by_type,
        Judgement::OkIf(test) => {
            let at = place::at(test);
            let krate = krate.at(at);
            quote_spanned!(at=> #krate::__private::ok_if(#by_type, #value, #test))
        }
        Judgement::ErrorIf(test) => {
            let at = place::at(test);
            let krate = krate.at(at);
            quote_spanned!(at=> #krate::__private::error_if(#by_type, #value, #test))
        }
    }
}

/// By the type of the value: the traits that fit it are tried from the most specific to the least.
fn by_type(krate: &CratePath, returned: &Value, value: &TokenStream) -> TokenStream {
    if !matches!(returned, Value::Fallible(_)) {
        return quote!(#krate::__private::Verdict::OK);
    }
    quote! {{
        use #krate::__private::{
            ByDisplay as _, ByOutcome as _, ByOutcomeAndDisplay as _, ByResult as _, ByValue as _,
        };
        (&&&&&#krate::__private::Classify(#value)).verdict()
    }}
}
