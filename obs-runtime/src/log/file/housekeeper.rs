//! The thread that compresses and removes former files, so that no line waits for that.
//!
//! What is to be done lies in the directory, so nothing is queued, and what a process leaves undone the
//! next one does.

use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use super::Rules;
use super::archive::Archive;
use crate::log::suppress::suppress;
use crate::{diagnostics, fork};

/// How often files are removed for their age while none gives way.
const PAUSE: Duration = Duration::from_secs(600);

/// The end of the thread that the writer of the log has. The thread ends when it is dropped.
#[derive(Debug, Default)]
pub(super) struct Housekeeper {
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    archive: Archive,
    wake: SyncSender<()>,
    /// The process that has the thread.
    process: u32,
}

impl Housekeeper {
    /// Whether nobody looks after former files yet.
    pub(super) fn is_idle(&self) -> bool {
        self.running.is_none()
    }

    /// Looks after the former files of the log file at `path`, now and from time to time.
    pub(super) fn wake(&mut self, path: &Path, rules: &Rules) {
        let archive = Archive::of(path);
        let is_running =
            |running: &Running| running.process == fork::generation() && running.archive == archive;
        if !self.running.as_ref().is_some_and(is_running) {
            self.running = Running::start(archive, rules.clone());
        }
        if let Some(running) = &self.running {
            // If it is full, the thread has yet to begin anyway.
            let _ = running.wake.try_send(());
        }
    }
}

impl Running {
    fn start(archive: Archive, rules: Rules) -> Option<Self> {
        let (wake, woken) = sync_channel(1);
        let work = archive.clone();
        let thread = std::thread::Builder::new()
            .name("obs-log-files".to_owned())
            .spawn(move || run(&work, &rules, &woken));
        match thread {
            Ok(_) => Some(Self {
                archive,
                wake,
                process: fork::generation(),
            }),
            Err(error) => {
                report(&error);
                None
            }
        }
    }
}

fn run(archive: &Archive, rules: &Rules, woken: &Receiver<()>) {
    let _quiet = suppress();
    let mut reported = false;
    loop {
        if woken.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
        match archive.tidy(rules) {
            Ok(()) => reported = false,
            Err(error) if !std::mem::replace(&mut reported, true) => report(&error),
            Err(_) => {}
        }
    }
}

fn report(error: &io::Error) {
    diagnostics::report(&format!(
        "former log files cannot be compressed or removed: {error}"
    ));
}
