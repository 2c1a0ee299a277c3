//! A write that can be called off until it is finished.

use std::io;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::timeout;

/// What renaming a file takes on a disk that works.
const BRIEF: Duration = Duration::from_millis(100);

/// A batch on its way to the disk.
#[derive(Debug, Default)]
pub(super) struct Writing {
    fate: Mutex<Fate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Fate {
    #[default]
    Open,
    OnDisk,
    CalledOff,
}

impl Writing {
    /// Takes the last step, by which it is on disk. Not to be called from asynchronous code.
    ///
    /// # Errors
    ///
    /// If that fails, or was called off.
    pub(super) fn finish(&self, step: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let mut fate = self.fate.blocking_lock();
        if *fate == Fate::CalledOff {
            return Err(io::ErrorKind::Interrupted.into());
        }
        step()?;
        *fate = Fate::OnDisk;
        Ok(())
    }

    /// Lets it not be finished any more. Says whether it was before.
    pub(super) async fn call_off(&self) -> bool {
        let Ok(mut fate) = timeout(BRIEF, self.fate.lock()).await else {
            return false;
        };
        if *fate == Fate::Open {
            *fate = Fate::CalledOff;
        }
        *fate == Fate::OnDisk
    }
}
