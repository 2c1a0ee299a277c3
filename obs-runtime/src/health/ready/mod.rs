//! Checks that are there already.
//!
//! | check | asks |
//! |---|---|
//! | [`Disk`] | how much room a file system has |
//! | [`Memory`] | how close the process is to the limit of its container, or the machine to its end; [local](super::LocalCheck) |
//! | [`Tcp`] | whether somebody accepts connections |
//! | [`RateLimit`] | how many calls an external API still allows |

mod disk;
mod memory;
mod rate_limit;
mod tcp;

pub use disk::Disk;
pub use memory::Memory;
pub use rate_limit::RateLimit;
pub use tcp::Tcp;

use super::probe::BoxedHealth;
use super::status::Health;

/// The future of a check that knows its answer at once.
fn at_once<'a>(look: impl FnOnce() -> Health + 'a) -> BoxedHealth<'a> {
    Box::pin(async { look() })
}
