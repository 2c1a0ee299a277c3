//! What a returned value says about the calls that an external API still allows.

use crate::metric;

/// What `rate_limit_remaining` reads off a returned value: a number, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number of calls",
    label = "not a number",
    note = "`rate_limit_remaining` takes a function from a reference to the returned value to a number or an `Option` of one"
)]
pub trait Calls {
    /// The number, if there is one.
    fn calls(self) -> Option<f64>;
}

impl<N: Calls> Calls for Option<N> {
    fn calls(self) -> Option<f64> {
        self.and_then(N::calls)
    }
}

macro_rules! calls {
    ($($number:ty)+) => {$(
        #[allow(clippy::cast_lossless, reason = "some of the numbers have no lossless way")]
        impl Calls for $number {
            fn calls(self) -> Option<f64> {
                Some(self as f64)
            }
        }
    )+};
}

calls!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize f32 f64);

/// What `rate_limit_remaining` takes. `FnOnce` is a bound of the trait, so that a closure's parameter
/// needs no type.
#[diagnostic::on_unimplemented(
    message = "`rate_limit_remaining` takes a function from a reference to the returned value to a number",
    label = "not a function of `&{T}`",
    note = "write for example `rate_limit_remaining = |response| response.remaining`"
)]
pub trait ReadLimit<T: ?Sized, N>: FnOnce(&T) -> N {}

impl<T: ?Sized, N, F: FnOnce(&T) -> N> ReadLimit<T, N> for F {}

/// Sets `external_api_rate_limit_remaining` to what `read` finds in a returned value, if anything.
pub fn note_rate_limit<T: ?Sized, N: Calls>(
    api: &str,
    endpoint: &str,
    value: &T,
    read: impl ReadLimit<T, N>,
) {
    if let Some(remaining) = read(value).calls() {
        metric::set_rate_limit_remaining(api, endpoint, remaining);
    }
}
