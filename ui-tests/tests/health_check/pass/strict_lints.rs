//! A library with every lint that people turn on.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    rust_2018_idioms,
    single_use_lifetimes,
    unreachable_pub,
    unused,
    unused_qualifications,
    unused_lifetimes,
    unused_results,
    variant_size_differences,
    let_underscore_drop,
    trivial_casts,
    unsafe_code,
    elided_lifetimes_in_paths
)]

use std::error::Error;

use obs_runtime::health::{Heartbeat, LocalCheck};
use obs_runtime::health_check;

/// Looks at the database.
///
/// # Errors
/// If it does not answer.
#[health_check("database")]
pub async fn database() -> Result<u64, Box<dyn Error>> {
    let answer = "7".parse()?;
    Ok(answer)
}

#[health_check("queue")]
fn queue() -> bool {
    true
}

static LOOP: Heartbeat = Heartbeat::new(std::time::Duration::from_secs(5));

#[health_check("loop", kind = liveness)]
fn alive() -> impl LocalCheck {
    &LOOP
}

mod inner {
    #[cfg(any())]
    #[obs_runtime::health_check("never")]
    fn never() -> bool {
        true
    }

    pub(crate) fn register() {
        #[obs_runtime::health_check("nested")]
        fn nested() -> bool {
            true
        }
    }
}

fn main() {
    inner::register();
}
