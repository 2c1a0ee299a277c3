//! `SIGHUP`: the sign that the log file was moved and a new one is to be begun.

#[cfg(unix)]
mod signal {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    use signal_hook::consts::SIGHUP;
    use signal_hook::{SigId, flag, low_level};

    use crate::diagnostics;

    /// Notices the signal. A handler that the program has is called as ever.
    #[derive(Debug)]
    pub(in crate::log::file) struct Hangup {
        came: Arc<AtomicBool>,
        registered: Option<SigId>,
    }

    impl Hangup {
        pub(in crate::log::file) fn watch() -> Self {
            let came = Arc::new(AtomicBool::new(false));
            let registered = flag::register(SIGHUP, Arc::clone(&came));
            let registered = registered
                .inspect_err(|error| {
                    diagnostics::report(&format!(
                        "the log file is not opened anew at SIGHUP: {error}"
                    ));
                })
                .ok();
            Self { came, registered }
        }

        /// Whether the signal came since this was last asked.
        pub(in crate::log::file) fn came(&self) -> bool {
            self.came.load(Relaxed) && self.came.swap(false, Relaxed)
        }
    }

    impl Drop for Hangup {
        fn drop(&mut self) {
            if let Some(registered) = self.registered {
                low_level::unregister(registered);
            }
        }
    }
}

#[cfg(not(unix))]
mod signal {
    /// There is no such signal.
    #[derive(Debug)]
    pub(in crate::log::file) struct Hangup;

    impl Hangup {
        pub(in crate::log::file) fn watch() -> Self {
            Self
        }

        pub(in crate::log::file) fn came(&self) -> bool {
            false
        }
    }
}

pub(super) use signal::Hangup;
