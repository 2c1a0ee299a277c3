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

/// Sets `external_api_rate_limit_remaining` to what `read` finds in a returned value, if anything.
pub fn note_rate_limit<T: ?Sized, N: Calls>(
    api: &str,
    endpoint: &str,
    value: &T,
    read: impl FnOnce(&T) -> N,
) {
    if let Some(remaining) = read(value).calls() {
        metric::set_rate_limit_remaining(api, endpoint, remaining);
    }
}
