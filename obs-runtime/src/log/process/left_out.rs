//! Tells what the rate limit has left out, also where nothing more is logged.

use std::sync::Weak;

use super::Origin;
use super::limit::{Limiter, Summary};
use crate::diagnostics;
use crate::log::draft::Draft;
use crate::log::handle::{Log, LogHandle};
use crate::log::scratch::Line;
use crate::log::suppress::suppress;

/// A thread that tells when the time has come. It ends with the log.
#[derive(Debug)]
pub(in crate::log) struct Summaries {
    limiter: Limiter,
}

impl Summaries {
    /// Starts the thread. Without it, a summary comes with the next record of its place.
    pub(in crate::log) fn start(limiter: &Limiter, log: Weak<Log>) -> Self {
        let of_thread = limiter.clone();
        let started = std::thread::Builder::new()
            .name("obs-log-limit".to_owned())
            .spawn(move || run(&of_thread, &log));
        if let Err(error) = started {
            diagnostics::report(&format!(
                "the thread that tells what the log leaves out cannot be started: {error}"
            ));
        }
        Self {
            limiter: limiter.clone(),
        }
    }
}

impl Drop for Summaries {
    fn drop(&mut self) {
        self.limiter.close();
    }
}

fn run(limiter: &Limiter, log: &Weak<Log>) {
    let _quiet = suppress();
    while limiter.wait() && limiter.wait_for_window() {
        let Some(log) = log.upgrade() else { return };
        let log = LogHandle::of(log);
        limiter
            .due()
            .iter()
            .for_each(|summary| log.tell_left_out(summary, Origin::Event));
    }
}

impl LogHandle {
    /// Logs how many records of one place were left out.
    pub(super) fn tell_left_out(&self, summary: &Summary, origin: Origin) {
        let (mut draft, mut line) = (Draft::new(), Line::default());
        summary.describe(&mut draft);
        if self.pipeline().finish(&mut draft, origin) {
            self.emit(draft.view(), &mut line);
        }
    }

    /// Logs of every place how many of its records were left out.
    pub(in crate::log) fn tell_all_left_out(&self) {
        if let Some(limiter) = self.pipeline().limiter() {
            limiter
                .all()
                .iter()
                .for_each(|summary| self.tell_left_out(summary, Origin::Event));
        }
    }
}
