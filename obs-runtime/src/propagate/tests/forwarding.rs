//! Keys of the request context on their way out.

use super::*;
use crate::context::RequestContext;
use crate::propagate::forward::each_of;

const REQUEST_ID: &[(&str, &str)] = &[("request.id", "x-request-id")];

/// What is told of a request.
fn told(request: RequestContext, keys: &'static [(&str, &str)]) -> Vec<(String, String)> {
    let _inside = request.enter();
    let mut all = Vec::new();
    each_of(keys, |header, value| {
        all.push((header.to_owned(), value.to_owned()));
    });
    all
}

fn own(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(own).collect()
}

#[test]
fn keys_go_out_as_far_as_they_are_listed() {
    let request = || {
        RequestContext::new()
            .with_request_id("r-17")
            .with_user_id("ada")
            .with("tenant", "acme")
    };
    assert_eq!(
        told(request(), REQUEST_ID),
        own(&[("x-request-id", "r-17")])
    );
    let more = &[("tenant", "x-tenant"), ("user.id", "x-user")];
    assert_eq!(
        told(request(), more),
        own(&[("x-tenant", "acme"), ("x-user", "ada")])
    );
    assert_eq!(told(request(), &[]), []);
    assert_eq!(told(RequestContext::new(), REQUEST_ID), []);
}

#[test]
fn a_value_that_no_header_can_hold_is_left_out() {
    for odd in ["", "a\r\nx-admin: 1", " r", "r ", "ä", "a\tb", "\0"] {
        let request = RequestContext::new().with_request_id(odd);
        assert_eq!(told(request, REQUEST_ID), [], "{odd:?}");
    }
    let request = RequestContext::new().with_request_id("a b");
    assert_eq!(told(request, REQUEST_ID), own(&[("x-request-id", "a b")]));
}

#[test]
fn the_request_id_takes_the_place_of_a_former_one() {
    let _inside = RequestContext::new().with_request_id("r-17").enter();
    let mut carrier = headers(&[("X-Request-Id", "other")]);
    Propagators::DEFAULT.inject(&mut carrier);
    assert_eq!(carrier, headers(&[("x-request-id", "r-17")]));
    let mut none = Headers::new();
    Propagators::NONE.inject(&mut none);
    assert!(none.is_empty());
}
