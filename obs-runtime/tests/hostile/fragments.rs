//! Functions that macros of the user write, from fragments of every kind.

use obs_runtime::trace_request;

use crate::counts::{ok, with_outcome};

macro_rules! from_fragments {
    (
        $(#[$meta:meta])*
        $vis:vis fn $name:ident($arg:ident: $ty:ty, $pattern:pat_param) -> $ret:ty,
        label $label:ident = $value:expr;
        limit $limit:literal;
        $body:block
    ) => {
        $(#[$meta])*
        #[trace_request(labels($label = $value), attributes(value = $value, limit = $limit, arg = ?$arg), slow = "1s")]
        $vis fn $name($arg: $ty, $pattern: (u8, u8)) -> $ret $body
    };
}

from_fragments! {
    /// Documented where it is written.
    #[inline]
    #[must_use = "of the result"]
    pub(crate) fn fragments(n: Option<&'static str>, (low, _)) -> Result<usize, String>,
    label some = n.is_some() && low > 0;
    limit 5;
    {
        let text = n.ok_or_else(|| low.to_string())?;
        Ok(text.len())
    }
}

/// The macro's own `n` and the caller's are two parameters.
macro_rules! hygienic {
    ($name:ident, $given:ident, $body:expr) => {
        #[trace_request(attributes(own = n, given = $given))]
        fn $name(n: u32, $given: u32) -> Result<u32, String> {
            let op = n * 10;
            Ok($body + op)
        }
    };
}

hygienic!(two_of_one_name, n, n);

macro_rules! with_parts {
    ($operation:literal, $ok:expr, $path:path, $life:lifetime, $generic:ident: $bound:path, $item:item) => {
        #[trace_request($operation, ok_if = $ok)]
        fn parts<$life, $generic: $bound>(value: &$life $generic) -> &$life $generic {
            $item
            $path(value)
        }
    };
}

with_parts!("parts", |_| later(), nested::same, 'v, Kind: Copy, #[allow(dead_code)] struct Inner;);

fn later() -> bool {
    false
}

mod nested {
    pub(super) fn same<T>(value: &T) -> &T {
        value
    }
}

macro_rules! attribute {
    ($attribute:path, $argument:ident, $($arguments:tt)*) => {
        #[$attribute($($arguments)*)]
        async fn by_path($argument: bool) -> Result<bool, String> {
            Ok($argument)
        }
    };
}

attribute!(
    obs_runtime::monitor_performance,
    flag,
    "by_path",
    labels(flag = flag)
);

macro_rules! methods {
    ($owner:ident { $($name:ident($self:ident) => $result:expr;)+ }) => {
        impl $owner {
            $(
                #[trace_request(attributes(n = $self.0))]
                fn $name(&$self) -> Result<u32, String> {
                    Ok($result)
                }
            )+
        }
    };
}

struct Owner(u32);

methods! {
    Owner {
        doubled(self) => self.0 * 2;
        tripled(self) => self.0 * 3;
    }
}

#[tokio::test]
async fn from_macros() {
    assert_eq!(fragments(Some("abc"), (1, 0)), Ok(3));
    assert_eq!(fragments(None, (1, 0)), Err("1".to_owned()));
    assert_eq!(ok("fragments"), 1);
    assert_eq!(two_of_one_name(1, 2), Ok(12));
    assert_eq!(ok("two_of_one_name"), 1);
    assert_eq!(*parts(&7), 7);
    assert_eq!(with_outcome("parts", "error"), 1);
    assert_eq!(by_path(true).await, Ok(true));
    assert_eq!(ok("by_path"), 1);
    assert_eq!((Owner(2).doubled(), Owner(2).tripled()), (Ok(4), Ok(6)));
    assert_eq!((ok("doubled"), ok("tripled")), (1, 1));
}
