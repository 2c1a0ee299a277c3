//! Children of `fork` that run a part of a test.

use std::io::{Read, Write, pipe};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// After so many seconds a child that hangs is killed.
const PATIENCE: u32 = 30;

/// Which of the two processes after a fork this is.
#[must_use]
pub(crate) enum Side {
    Child,
    /// With the child's id.
    Parent(libc::pid_t),
}

/// Forks. Both processes go on from here until [`join`](Side::join).
pub(crate) fn split() -> Side {
    // SAFETY: the child runs Rust code although the parent has other threads. It is what is tested here;
    // the C library's allocator, which the test uses, is made for it.
    match unsafe { libc::fork() } {
        -1 => panic!("{}", std::io::Error::last_os_error()),
        0 => {
            // SAFETY: no handler is set: the signal ends the process.
            unsafe { libc::alarm(PATIENCE) };
            Side::Child
        }
        pid => Side::Parent(pid),
    }
}

impl Side {
    pub(crate) fn is_child(&self) -> bool {
        matches!(self, Self::Child)
    }

    /// The child's id, in the parent.
    #[cfg(feature = "log")]
    pub(crate) fn id(&self) -> u64 {
        match *self {
            Self::Child => unreachable!("the child does not ask"),
            Self::Parent(pid) => u64::try_from(pid).unwrap(),
        }
    }

    /// Ends the child, without any destructor. The parent waits for it, and for no other end than this one.
    pub(crate) fn join(self) {
        let pid = match self {
            Self::Child => exit(0),
            Self::Parent(pid) => pid,
        };
        let mut status = 0;
        // SAFETY: `status` is there to be written.
        let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
        assert_eq!(waited, pid);
        assert!(
            libc::WIFEXITED(status),
            "the child was killed by signal {}",
            libc::WTERMSIG(status)
        );
        assert_eq!(libc::WEXITSTATUS(status), 0, "the child failed, see above");
    }
}

/// Runs `body` in a child, and waits for its good end.
pub(crate) fn in_child(body: impl FnOnce()) {
    let side = split();
    if side.is_child() && catch_unwind(AssertUnwindSafe(body)).is_err() {
        exit(1);
    }
    side.join();
}

/// The same of a child that says something.
pub(crate) fn told_by_child(body: impl FnOnce() -> Vec<u8>) -> impl FnOnce() -> Vec<u8> {
    let (mut said, mut say) = pipe().unwrap();
    let side = split();
    if side.is_child() {
        drop(said);
        let told = catch_unwind(AssertUnwindSafe(|| say.write_all(&body()).unwrap()));
        exit(i32::from(told.is_err()));
    }
    drop(say);
    move || {
        let mut bytes = Vec::new();
        said.read_to_end(&mut bytes).unwrap();
        side.join();
        bytes
    }
}

fn exit(status: i32) -> ! {
    // SAFETY: ends this process at once.
    unsafe { libc::_exit(status) }
}
