//! Names that the expansion uses or might use, with other meanings.

use obs_runtime::{counted, timed, trace_request};

use crate::counts::{ok, with_outcome};

mod shadowed {
    #![allow(
        non_camel_case_types,
        dead_code,
        unused_macros,
        clippy::upper_case_acronyms
    )]

    use obs_runtime::{monitor_performance, trace_request, track_db_query, track_external_api};

    macro_rules! vec {
        () => {
            compile_error!("the user's `vec!`")
        };
    }
    macro_rules! panic {
        () => {
            compile_error!("the user's `panic!`")
        };
    }
    macro_rules! format {
        () => {
            compile_error!("the user's `format!`")
        };
    }
    macro_rules! concat {
        () => {
            compile_error!("the user's `concat!`")
        };
    }
    macro_rules! module_path {
        () => {
            compile_error!("the user's `module_path!`")
        };
    }
    macro_rules! file {
        () => {
            compile_error!("the user's `file!`")
        };
    }
    macro_rules! line {
        () => {
            compile_error!("the user's `line!`")
        };
    }
    macro_rules! assert {
        () => {
            compile_error!("the user's `assert!`")
        };
    }

    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod obs {}
    pub(crate) mod linkme {}
    pub(crate) struct Result;
    pub(crate) struct Option;
    pub(crate) struct Box;
    pub(crate) struct String;
    pub(crate) struct Vec;
    pub(crate) struct Op;
    pub(crate) struct Callsite;
    pub(crate) struct OperationDef;
    pub(crate) struct Verdict;
    pub(crate) struct Infallible;
    pub(crate) struct str;
    pub(crate) struct u8;
    pub(crate) struct u64;
    pub(crate) struct usize;
    pub(crate) struct f64;
    pub(crate) struct bool;
    pub(crate) struct char;
    pub(crate) trait Default {}
    pub(crate) trait Fn {}
    pub(crate) trait FnOnce {}
    pub(crate) trait Send {}
    pub(crate) trait Sync {}
    pub(crate) trait Drop {}
    pub(crate) trait Clone {}
    pub(crate) trait Label {}
    pub(crate) trait Future {}
    pub(crate) trait Into {}
    #[allow(non_snake_case)]
    pub(crate) fn Ok() {}
    #[allow(non_snake_case)]
    pub(crate) fn Err() {}
    #[allow(non_snake_case)]
    pub(crate) fn Some() {}
    #[allow(non_upper_case_globals)]
    pub(crate) const None: () = ();
    pub(crate) fn call() {}
    pub(crate) fn drop() {}
    pub(crate) fn radix() {}

    #[trace_request("shadowed", labels(large = n > 3, fixed = "x"), attributes(n = n, d = %n, e = ?n))]
    pub(crate) fn judged(n: u32) -> ::core::result::Result<u32, i32> {
        if n == 0 {
            return ::core::result::Result::Err(1);
        }
        ::core::result::Result::Ok(n)
    }

    #[trace_request("shadowed_async", labels(large: ::core::primitive::bool = n > 3), error_if = |n| *n == 0)]
    pub(crate) async fn later(n: u32) -> u32 {
        n
    }

    #[trace_request("shadowed_future", attributes(n = n))]
    pub(crate) fn future(n: u32) -> impl ::core::future::Future<Output = u32> {
        async move { n }
    }

    #[track_db_query("shadowed")]
    #[track_external_api("shadowed", rate_limit_remaining = |n| *n)]
    #[monitor_performance("shadowed_fused", labels(n = n, max_series = 5), ok_if = |n| *n > 0)]
    pub(crate) fn fused(n: u32) -> u32 {
        n
    }

    #[trace_request("shadowed_never")]
    pub(crate) async fn never() -> ! {
        loop {
            ::tokio::task::yield_now().await;
        }
    }
}

/// What the items of an expansion are called must not be what an expression in it finds.
const VALUES: [u32; 2] = [4, 5];
const _LEAST: u32 = 2;

#[trace_request(
    "constants",
    labels(many = n > VALUES[0], few = n < _LEAST),
    attributes(least = _LEAST, first = VALUES[0])
)]
fn constants(n: u32) -> u32 {
    n + VALUES[1] + _LEAST
}

struct User {
    country: &'static str,
}

impl User {
    fn country(&self) -> String {
        self.country.to_lowercase()
    }
}

/// Labels borrow from values that only their expressions hold.
#[trace_request("temporaries", labels(country = user.country(), code = user.country().get(..2).unwrap_or("none"), home = user.country().len() == 2, max_series = 4))]
fn temporaries(user: &User) -> usize {
    user.country.len()
}

#[trace_request(
    "locals",
    labels(large = __obs_op > 1),
    attributes(value = __obs_value, future = __obs_future, key = op)
)]
fn locals(__obs_op: u32, __obs_value: u32, __obs_future: u32, op: u32) -> Result<u32, String> {
    let value = __obs_op + __obs_value + __obs_future + op;
    Ok(value)
}

#[trace_request("locals_async", attributes(value = __obs_value, future = __obs_future))]
async fn locals_async(__obs_value: u32, __obs_future: u32) -> Result<u32, String> {
    Ok(__obs_value + __obs_future)
}

#[timed(labels(r#type = r#type), ok_if = |r#in| *r#in > 0)]
#[counted(labels(r#match = r#match > 1))]
#[trace_request(attributes(r#fn = r#match))]
fn r#struct(r#type: bool, r#match: u32) -> u32 {
    u32::from(r#type) + r#match
}

struct Order {
    r#type: bool,
}

impl Order {
    #[trace_request("raw_field", labels(r#type = self.r#type), attributes(r#type.id = self.r#type))]
    fn r#move(&self) -> Result<bool, String> {
        Ok(self.r#type)
    }
}

#[tokio::test]
async fn names_of_others() {
    assert!(matches!(shadowed::judged(4), Ok(4)));
    assert!(matches!(shadowed::judged(0), Err(1)));
    assert_eq!(shadowed::later(1).await, 1);
    assert_eq!(shadowed::future(1).await, 1);
    assert_eq!(shadowed::fused(1), 1);
    drop(shadowed::never());
    assert_eq!((ok("shadowed"), ok("shadowed_async")), (1, 1));
    assert_eq!((ok("shadowed_future"), ok("shadowed_fused")), (1, 1));
}

#[tokio::test]
async fn names_of_the_expansion() {
    assert_eq!(constants(1), 8);
    assert_eq!(temporaries(&User { country: "DE" }), 2);
    assert_eq!(ok("temporaries"), 1);
    assert_eq!(locals(1, 2, 3, 4), Ok(10));
    assert_eq!(locals_async(1, 2).await, Ok(3));
    assert_eq!(
        (ok("constants"), ok("locals"), ok("locals_async")),
        (1, 1, 1)
    );
}

#[tokio::test]
async fn without_a_prelude() {
    use crate::prelude::{boxed, direct, later, never};

    assert!(direct(1, "a").is_ok());
    assert!(later(1).await.is_ok());
    assert_eq!(boxed(2).await, 2);
    assert!(std::panic::catch_unwind(|| never()).is_err());
    assert_eq!((ok("no_prelude"), ok("no_prelude_counted")), (1, 1));
    assert_eq!(with_outcome("no_prelude_never", "panic"), 1);
}

#[test]
fn raw_names() {
    assert_eq!(r#struct(true, 2), 3);
    assert_eq!(Order { r#type: true }.r#move(), Ok(true));
    assert_eq!((ok("struct"), ok("raw_field")), (1, 1));
}
