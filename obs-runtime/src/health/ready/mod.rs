//! Checks that are there already.
//!
//! | check | asks |
//! |---|---|
//! | [`Disk`] | how much room a file system has |
//! | [`Memory`] | how close the process is to the limit of its container, or the machine to its end; [local](super::LocalCheck) |
//! | [`Tcp`] | whether somebody accepts connections |
//! | [`RateLimit`] | how many calls an external API still allows |
//! | `Http` (feature `checks`) | whether an address is answered with a status and a piece of JSON |
//! | `Certificate` (feature `checks`) | when the certificates in a file or of a server run out |
//! | `Redis`, `RedisServer` (feature `redis`) | whether Redis answers, over a connection of the program or a new one |
//! | `Sql` (feature `sqlx`) | whether a pool of `sqlx` has a connection over which the database answers |
//! | `Grpc` (feature `tonic`) | what a server says over the gRPC health checking protocol |

#[cfg(feature = "checks")]
mod certificate;
mod disk;
#[cfg(feature = "tonic")]
mod grpc;
#[cfg(feature = "checks")]
mod http;
#[cfg(all(test, feature = "checks"))]
mod made;
mod memory;
mod rate_limit;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlx")]
mod sql;
mod tcp;

#[cfg(feature = "checks")]
pub use certificate::Certificate;
pub use disk::Disk;
#[cfg(feature = "tonic")]
pub use grpc::Grpc;
#[cfg(feature = "checks")]
pub use http::Http;
pub use memory::Memory;
pub use rate_limit::RateLimit;
#[cfg(feature = "redis")]
pub use redis::{Redis, RedisServer};
#[cfg(feature = "sqlx")]
pub use sql::Sql;
pub use tcp::Tcp;

use super::probe::BoxedHealth;
use super::status::Health;

/// The future of a check that knows its answer at once.
fn at_once<'a>(look: impl FnOnce() -> Health + 'a) -> BoxedHealth<'a> {
    Box::pin(async { look() })
}
