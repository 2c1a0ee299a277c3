//! What stands before queues.

use std::fmt::Debug;

use super::books::Books;
use super::queue::Size;

/// Where items wait that are not encoded yet. Each of them goes into every queue behind it.
pub(crate) trait Stage: Debug + Send + Sync {
    /// How much waits in it at most.
    fn bounds(&self) -> Size;

    /// Its books. What has gone on into queues is still `queued` in them.
    fn books(&self) -> Books;

    /// Puts everything that has come in by now into the queues.
    fn drain(&self);

    /// Takes nothing more in, and puts what is there into the queues.
    fn end(&self);
}
