//! Circuit breakers under every interleaving that the memory model allows: the very files of the crate, compiled with the
//! atomics of [loom](https://docs.rs/loom). Around them stands only what they ask for: a clock that is set by hand,
//! counts of each thread's own, and nobody who is told of events.
#![allow(dead_code, reason = "not all of each file is used here")]
#![allow(unreachable_pub, reason = "public in the crate")]

#[path = "../src/words.rs"]
mod words;

mod fork {
    pub(crate) const fn generation() -> u32 {
        0
    }
}

mod hot {
    pub(crate) mod clock {
        use std::cell::Cell;
        use std::time::Duration;

        thread_local! {
            /// The model checker runs all threads in one.
            static NOW: Cell<u64> = const { Cell::new(0) };
        }

        pub(crate) fn set(now: Duration) {
            NOW.set(from_duration(now));
        }

        pub(crate) fn ticks() -> u64 {
            NOW.get()
        }

        /// A tick is a nanosecond.
        pub(crate) fn from_duration(duration: Duration) -> u64 {
            u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
        }

        pub(crate) fn from_seconds(seconds: f64) -> u64 {
            from_duration(Duration::from_secs_f64(seconds))
        }
    }

    pub(crate) mod local {
        pub(crate) const fn random() -> u64 {
            0
        }
    }
}

mod policy {
    /// Why a policy rejected a call or ended it.
    #[derive(Debug, Clone, Copy)]
    pub(crate) enum Reason {
        CircuitOpen,
        TimedOut,
    }

    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Name {
        Static(&'static str),
    }

    impl Name {
        pub(crate) const fn as_str(&self) -> &str {
            let Self::Static(name) = self;
            name
        }
    }

    #[derive(Debug)]
    pub struct Rejected;

    impl Rejected {
        pub(crate) fn new(_: Name, _: Reason, _: Option<u64>) -> Self {
            Self
        }
    }

    pub(crate) mod cells {
        use loom::sync::atomic::{AtomicU64, Ordering::Relaxed};
        use std::cell::Cell;

        /// Threads of one model.
        const THREADS: usize = 3;

        loom::thread_local! {
            /// Which thread of the model this one is.
            pub(crate) static THREAD: Cell<usize> = Cell::new(0);
        }

        /// Counts that every thread keeps for itself, as those of the crate are.
        #[derive(Debug)]
        pub(crate) struct Cells<const N: usize>([[AtomicU64; N]; THREADS]);

        impl<const N: usize> Cells<N> {
            pub(crate) fn new() -> Self {
                Self(std::array::from_fn(|_| {
                    std::array::from_fn(|_| AtomicU64::new(0))
                }))
            }

            pub(crate) const fn again(&self) -> Self {
                panic!("nobody has the same ones twice here")
            }

            pub(crate) fn add(&self, at: u32) {
                let cell = &self.0[THREAD.with(Cell::get)][at as usize];
                cell.store(cell.load(Relaxed) + 1, Relaxed);
            }

            pub(crate) fn read(&self) -> [u64; N] {
                std::array::from_fn(|at| self.0.iter().map(|own| own[at].load(Relaxed)).sum())
            }
        }
    }
}

mod breaker {
    #[path = "../../src/breaker/books.rs"]
    mod books;
    #[path = "../../src/breaker/calm.rs"]
    mod calm;
    #[path = "../../src/breaker/count.rs"]
    mod count;
    #[path = "../../src/breaker/event.rs"]
    mod event;
    #[path = "../../src/breaker/gate.rs"]
    mod gate;
    #[path = "../../src/breaker/machine.rs"]
    mod machine;
    mod models;
    #[path = "../../src/breaker/permit.rs"]
    mod permit;
    #[path = "../../src/breaker/record.rs"]
    mod record;
    #[path = "../../src/breaker/rules.rs"]
    mod rules;
    #[path = "../../src/breaker/time.rs"]
    mod time;
    #[path = "../../src/breaker/transition.rs"]
    mod transition;
    #[path = "../../src/breaker/watch.rs"]
    mod watch;
    #[path = "../../src/breaker/word.rs"]
    mod word;

    mod sync {
        pub(super) use loom::sync::atomic::{AtomicU64, Ordering, fence};
        pub(super) use loom::sync::{Mutex, MutexGuard};
    }

    mod feed {
        use super::event::EventKind;
        use crate::policy::Name;

        pub(super) struct Noted;

        impl Noted {
            pub(super) fn tell(self) {}
        }

        pub(super) fn note(_: &Name, _: EventKind) -> Noted {
            Noted
        }
    }

    mod health {
        #[derive(Debug, Default)]
        pub(super) struct HealthFeed();
    }

    mod registry {
        pub(super) const fn is_ticking() -> bool {
            false
        }
    }
}
