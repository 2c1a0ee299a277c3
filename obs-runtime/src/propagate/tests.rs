//! The forms that are read and sent.

mod forms;
mod forwarding;
mod places;

use std::collections::HashMap;

use super::*;
use crate::trace::{SpanContext, SpanId, TraceFlags, TraceId};

const TRACE: u128 = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c;
const SPAN: u64 = 0xb7ad_6b71_6920_3331;
const TRACE_HEX: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN_HEX: &str = "b7ad6b7169203331";

type Headers = HashMap<String, String>;

fn headers(list: &[(&str, &str)]) -> Headers {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    list.iter().map(own).collect()
}

fn all() -> Propagators {
    Propagator::ALL
        .into_iter()
        .fold(Propagators::NONE, Propagators::with)
}

/// Trace, span and decision of what is extracted.
fn found(form: Propagator, list: &[(&str, &str)]) -> (Option<(u128, u64)>, Option<bool>) {
    let sent = Propagators::NONE.with(form).extract(&headers(list));
    if let (Some(parent), sampled) = (&sent.parent, sent.sampled) {
        assert!(parent.remote);
        assert_eq!(parent.flags.is_sampled(), sampled == Some(true));
    }
    let ids = sent
        .parent
        .map(|parent| (parent.trace_id.get(), parent.span_id.get()));
    (ids, sent.sampled)
}
