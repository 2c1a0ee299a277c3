//! Code around the attributes that must not matter.

/// Names of the prelude and of std mean something else here.
mod shadowed {
    #![allow(dead_code, non_camel_case_types, clippy::upper_case_acronyms)]

    use obs_runtime::{service, trace_request, track_external_api};

    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod alloc {}
    pub(crate) mod obs_runtime_private {}
    pub(crate) struct Option;
    pub(crate) struct Some;
    pub(crate) struct None;
    pub(crate) struct Ok;
    pub(crate) struct Err;
    pub(crate) struct Box;
    pub(crate) struct String;
    pub(crate) struct str;
    pub(crate) struct u64;
    pub(crate) struct bool;
    pub(crate) enum Result<T, E> {
        Ok(T),
        Err(E),
    }
    pub(crate) trait Fn {}
    pub(crate) trait FnOnce {}
    pub(crate) trait Future {}
    pub(crate) trait Iterator {}
    pub(crate) trait Drop {}

    #[trace_request("shadowed", labels(kind = "fixed"), attributes(n = n))]
    pub(crate) fn sync(n: u32) -> Result<u32, u8> {
        if n == 0 {
            Result::Err(1)
        } else {
            Result::Ok(n)
        }
    }

    #[trace_request("shadowed_async", slow = "1s")]
    pub(crate) async fn asynchronous(n: u32) -> Result<u32, u8> {
        if n == 0 {
            Result::Err(1)
        } else {
            Result::Ok(n)
        }
    }

    #[track_external_api("shadowed", rate_limit_remaining = |n| *n)]
    pub(crate) fn api(n: u32) -> u32 {
        n
    }

    #[service(name = "shadowed", monitoring(tracing(rate_limit = 5)))]
    pub(crate) struct Service;

    #[service]
    impl Service {
        pub(crate) fn method(&self) -> u32 {
            1
        }
    }
}

macro_rules! operations {
    ($($vis:vis fn $name:ident($arg:ident: $ty:ty) -> $ret:ty = $operation:literal $body:block)+) => {$(
        #[obs_runtime::trace_request($operation, attributes(argument = $arg))]
        $vis fn $name($arg: $ty) -> $ret $body

        paste_async!($name, $arg, $ty, $ret, $body);
    )+};
}

macro_rules! paste_async {
    ($name:ident, $arg:ident, $ty:ty, $ret:ty, $body:block) => {
        pub(crate) mod asynchronous {
            #[obs_runtime::trace_request("generated_async", labels(sign = $arg > 0))]
            pub(crate) async fn $name($arg: $ty) -> $ret $body
        }
    };
}

operations! {
    pub(crate) fn generated(n: i32) -> Result<i32, String> = "generated" {
        let n = n.checked_abs().ok_or_else(|| "smallest".to_owned())?;
        if n == 0 {
            return Err("zero".to_owned());
        }
        Ok(n)
    }
}

mod reexported {
    /// As in a crate that re-exports the runtime under another name.
    pub(crate) mod telemetry {
        pub(crate) use obs_runtime as obs;
    }

    #[telemetry::obs::trace_request("redirected", labels(odd = n % 2 == 1), crate = crate::surroundings::reexported::telemetry::obs)]
    #[telemetry::obs::counted]
    pub(crate) fn redirected(n: u32) -> Result<u32, String> {
        if n == 0 {
            Err("zero".to_owned())
        } else {
            Ok(n)
        }
    }

    pub(crate) struct Owner;

    #[telemetry::obs::service(crate = crate::surroundings::reexported::telemetry::obs)]
    impl Owner {
        pub(crate) fn method(&self) -> u32 {
            1
        }
    }
}

use crate::counts::{calls, outcomes};

#[tokio::test]
async fn shadowed_names() {
    assert!(matches!(shadowed::sync(1), shadowed::Result::Ok(1)));
    assert!(matches!(
        shadowed::asynchronous(1).await,
        shadowed::Result::Ok(1)
    ));
    assert!(matches!(
        shadowed::asynchronous(0).await,
        shadowed::Result::Err(1)
    ));
    assert_eq!(shadowed::api(3), 3);
    assert_eq!(shadowed::Service.method(), 1);
    assert_eq!(calls("Service::method"), [("ok", 1), ("panic", 0)]);
    // Another type of that name is not the `Result` that has errors.
    assert_eq!(
        calls("shadowed_async"),
        [("ok", 2), ("error", 0), ("panic", 0), ("cancelled", 0)]
    );
    assert_eq!(
        outcomes(
            "operation_calls_total",
            &[("operation", "shadowed"), ("kind", "fixed")]
        ),
        [("ok", 1), ("error", 0), ("panic", 0)]
    );
}

#[tokio::test]
async fn inside_macro_rules() {
    assert_eq!(generated(-3), Ok(3));
    assert!(generated(0).is_err());
    assert!(generated(i32::MIN).is_err());
    assert_eq!(calls("generated"), [("ok", 1), ("error", 2), ("panic", 0)]);
    assert_eq!(asynchronous::generated(3).await, Ok(3));
    assert!(asynchronous::generated(0).await.is_err());
    let positive = [("operation", "generated_async"), ("sign", "true")];
    assert_eq!(
        outcomes("operation_calls_total", &positive),
        [("ok", 1), ("error", 0), ("panic", 0), ("cancelled", 0)]
    );
}

#[test]
fn the_runtime_under_another_name() {
    assert_eq!(reexported::redirected(3), Ok(3));
    assert!(reexported::redirected(0).is_err());
    assert_eq!(
        outcomes(
            "operation_calls_total",
            &[("operation", "redirected"), ("odd", "true")]
        ),
        [("ok", 1), ("error", 0), ("panic", 0)]
    );
    assert_eq!(reexported::Owner.method(), 1);
    assert_eq!(calls("Owner::method"), [("ok", 1), ("panic", 0)]);
}
