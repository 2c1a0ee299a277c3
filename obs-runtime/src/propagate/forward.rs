//! Keys of the request context that called services are told.

use super::carrier::CarrierMut;
use super::names::X_REQUEST_ID;
use crate::context::{self, REQUEST_ID};
use crate::hot::published::Published;

type Keys = &'static [(&'static str, &'static str)];

/// Before a start.
const DEFAULT: Keys = &[(REQUEST_ID, X_REQUEST_ID)];

static KEYS: Published<Keys> = Published::nothing();

/// Says which keys are sent from now on, each with its header.
pub(crate) fn set(keys: Keys) {
    // A former value is never freed.
    if *KEYS.get().unwrap_or(&DEFAULT) != keys {
        KEYS.set(Some(keys));
    }
}

/// Calls `tell` with the header and the value of each key that the request at hand has.
pub(crate) fn each(tell: impl FnMut(&'static str, &str)) {
    each_of(KEYS.get().unwrap_or(&DEFAULT), tell);
}

/// The same for these keys. A value that no header can hold is left out.
pub(super) fn each_of(keys: Keys, mut tell: impl FnMut(&'static str, &str)) {
    let Some(context) = context::current() else {
        return;
    };
    for (key, header) in keys {
        if let Some(value) = context.get(key).filter(|value| is_sendable(value)) {
            tell(header, &value);
        }
    }
}

/// Sets the headers.
pub(super) fn write(carrier: &mut impl CarrierMut) {
    each(|header, value| carrier.set(header, value));
}

/// Visible ASCII, with spaces in between.
fn is_sendable(value: &str) -> bool {
    let is_shown = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    !value.is_empty() && value.trim() == value && value.bytes().all(is_shown)
}
