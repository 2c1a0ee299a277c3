//! What is taken back after a while.
//!
//! One thread waits for all of it, and ends when there is nothing. What is to be done has a name, and
//! there is one of each name, so the number is bounded by that of the names.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::fork::PerProcess;

static EXPIRY: PerProcess<Expiry> = PerProcess::new();

/// Runs `task` after so long, in place of what was to be run under this name.
///
/// # Errors
///
/// If the thread cannot be started. Nothing is run then.
pub(crate) fn after(
    name: &str,
    time: Duration,
    task: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let at = Instant::now()
        .checked_add(time)
        .ok_or_else(|| io::Error::other("the time is beyond what the clock can tell"))?;
    EXPIRY.get(Expiry::default).add(
        name,
        Task {
            at,
            run: Box::new(task),
        },
    )
}

/// Runs `task` at that time, in place of what was to be run under this name: in a forked child, which does not have the
/// thread that waited for it.
///
/// # Errors
///
/// If the thread cannot be started. Nothing is run then.
pub(crate) fn at(
    name: &str,
    time: SystemTime,
    task: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let left = time.duration_since(SystemTime::now());
    after(name, left.unwrap_or_default(), task)
}

/// Does not run what was to be run under this name.
pub(crate) fn cancel(name: &str) {
    EXPIRY.get(Expiry::default).lock().tasks.remove(name);
}

#[derive(Debug, Default)]
struct Expiry {
    list: Mutex<List>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct List {
    tasks: BTreeMap<String, Task>,
    /// Whether the thread runs.
    attended: bool,
}

struct Task {
    at: Instant,
    run: Box<dyn FnOnce() + Send>,
}

impl Expiry {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&'static self, name: &str, task: Task) -> io::Result<()> {
        let mut list = self.lock();
        if !list.attended {
            std::thread::Builder::new()
                .name("obs-expiry".to_owned())
                .spawn(|| self.run())?;
            list.attended = true;
        }
        list.tasks.insert(name.to_owned(), task);
        drop(list);
        self.changed.notify_one();
        Ok(())
    }

    /// The thread.
    fn run(&self) {
        let mut list = self.lock();
        while let Some((name, at)) = list.next() {
            let left = at.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                let woken = self.changed.wait_timeout(list, left);
                list = woken.unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            let task = list.tasks.remove(&name);
            drop(list);
            if let Some(task) = task {
                let _ = catch_unwind(AssertUnwindSafe(task.run));
            }
            list = self.lock();
        }
        list.attended = false;
    }
}

impl List {
    /// What is to be run first, and when.
    fn next(&self) -> Option<(String, Instant)> {
        let first = self.tasks.iter().min_by_key(|(_, task)| task.at)?;
        Some((first.0.clone(), first.1.at))
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn what_is_due_first_runs_first_and_a_panic_stops_nothing() {
        let (send, sent) = mpsc::channel();
        let later = send.clone();
        after("test.later", 3 * SOON, move || later.send("later").unwrap()).unwrap();
        after("test.panic", SOON / 2, || panic!("a task of this test")).unwrap();
        after("test.sooner", SOON, move || send.send("sooner").unwrap()).unwrap();
        assert_eq!(sent.recv_timeout(LONG), Ok("sooner"));
        assert_eq!(sent.recv_timeout(LONG), Ok("later"));
    }

    #[test]
    fn one_of_a_name_takes_the_place_of_the_other() {
        let (send, sent) = mpsc::channel();
        for word in ["first", "second"] {
            let send = send.clone();
            after("test.replaced", SOON, move || send.send(word).unwrap()).unwrap();
        }
        drop(send);
        assert_eq!(sent.recv_timeout(LONG), Ok("second"));
        assert_eq!(
            sent.recv_timeout(LONG),
            Err(mpsc::RecvTimeoutError::Disconnected)
        );
    }

    #[test]
    fn what_is_cancelled_never_runs() {
        let (send, sent) = mpsc::channel::<()>();
        after("test.cancelled", SOON, move || send.send(()).unwrap()).unwrap();
        cancel("test.cancelled");
        assert_eq!(
            sent.recv_timeout(LONG),
            Err(mpsc::RecvTimeoutError::Disconnected)
        );
    }
}
