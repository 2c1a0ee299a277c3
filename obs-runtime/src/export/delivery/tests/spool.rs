//! What is on disk until it is settled, with real files and the real clock.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::export::delivery::queue::Size;
use crate::export::delivery::spool::Shelf;

const QUICK: Limits = Limits {
    queue_items: 10_000,
    queue_bytes: 1_000_000,
    batch_items: 10,
    batch_bytes: 10_000,
    delay: Duration::from_millis(5),
    timeout: Duration::from_secs(5),
    retry: Retry {
        first: Duration::from_millis(5),
        longest: Duration::from_millis(20),
        // On disk it is tried for longer.
        within: Duration::ZERO,
    },
    newest_only: false,
};

const SOON: Duration = Duration::from_secs(10);

/// A receiver whose items are worth something later, told apart by who made them.
#[derive(Clone, Default)]
struct Later(Receiver, &'static str);

impl Sink for Later {
    fn name(&self) -> &'static str {
        "later"
    }

    fn origin(&self) -> Option<Arc<[u8]>> {
        Some(self.1.as_bytes().into())
    }

    async fn send(&mut self, batch: &Batch) -> Answer {
        assert_eq!(batch.origin(), Some(&b"first"[..]));
        self.0.send(batch).await
    }
}

fn settings(directory: &Path) -> SpoolSettings {
    SpoolSettings {
        directory: directory.to_owned(),
        service: "the shop/../x".to_owned(),
        max_bytes: 1 << 20,
    }
}

/// A process that spools to this directory.
fn start(settings: SpoolSettings) -> Dispatch {
    let mut dispatch = Dispatch::start().unwrap();
    dispatch.spool_to(settings).unwrap();
    dispatch
}

fn away() -> Later {
    Later(
        Receiver::answering(std::iter::repeat_n(later(), 100_000)),
        "first",
    )
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![directory.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|ending| ending == "batch") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let deadline = std::time::Instant::now() + SOON;
    while !condition() {
        assert!(std::time::Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Hands over items, ten to a batch, and waits until they are on disk: how long that takes is not what is tested.
fn fill_disk(queue: &Queue, directory: &TempDir, items: std::ops::Range<usize>) {
    let (before, batches) = (files(directory.path()).len(), items.len().div_ceil(10));
    let mut all = Batch::default();
    items.for_each(|item| all.push(item.to_string().as_bytes()));
    queue.push_all(&all);
    wait_for("the batches", || {
        files(directory.path()).len() == before + batches
    });
}

/// Leaves 25 items of a process that could not deliver them.
fn leave_behind(directory: &TempDir) -> Books {
    let dispatch = start(settings(directory.path()));
    let queue = dispatch.open(away(), QUICK);
    fill_disk(&queue, directory, 0..25);
    dispatch.finish(Duration::from_millis(100));
    queue.books()
}

#[test]
fn what_cannot_be_delivered_outlives_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let books = leave_behind(&directory);
    assert_eq!((books.delivered, books.queued), (0, 25));
    assert_eq!(books.queued_bytes, 0);
    assert!(books.spooled_bytes > 0);
    assert_balanced(&books);
    assert_eq!(files(directory.path()).len(), 3);

    // The next process sends it first, and what it says of itself is not mixed with it.
    let dispatch = start(settings(directory.path()));
    let receiver = Later(Receiver::default(), "first");
    let queue = dispatch.open(receiver.clone(), QUICK);
    fill(&queue, 25..30);
    assert!(dispatch.flush(SOON));
    assert_eq!(receiver.0.requests().concat(), names(0..30));
    let books = queue.books();
    assert_eq!((books.produced, books.delivered), (30, 30));
    wait_for("the files to be removed", || {
        files(directory.path()).is_empty()
    });
    dispatch.finish(SOON);
    assert_balanced(&queue.books());
    assert_eq!(queue.books().spooled_bytes, 0);
}

#[test]
fn nothing_is_left_when_everything_arrives() {
    let directory = tempfile::tempdir().unwrap();
    let dispatch = start(settings(directory.path()));
    let receiver = Later(Receiver::default(), "first");
    let queue = dispatch.open(receiver.clone(), QUICK);
    fill(&queue, 0..100);
    dispatch.finish(SOON);
    drop(dispatch);
    let books = queue.books();
    assert_eq!(
        (books.delivered, books.queued, books.spooled_bytes),
        (100, 0, 0)
    );
    assert_eq!(receiver.0.requests().concat(), names(0..100));
    let service = fs::read_dir(directory.path()).unwrap().next().unwrap();
    let sink = service.unwrap().path().join("later");
    assert_eq!(fs::read_dir(sink).unwrap().count(), 0);
}

#[test]
fn processes_that_share_a_directory_leave_each_other_alone() {
    let directory = tempfile::tempdir().unwrap();
    let one = start(settings(directory.path()));
    let queue = one.open(away(), QUICK);
    fill(&queue, 0..10);
    wait_for("the file", || files(directory.path()).len() == 1);
    let other = start(settings(directory.path()));
    let receiver = Later(Receiver::default(), "first");
    let others = other.open(receiver.clone(), QUICK);
    fill(&others, 10..20);
    assert!(other.flush(SOON));
    assert_eq!(receiver.0.requests().concat(), names(10..20));
    assert_eq!(others.books().produced, 10);
}

#[test]
fn a_full_spool_keeps_the_oldest_and_loses_nothing_unseen() {
    let directory = tempfile::tempdir().unwrap();
    let small = SpoolSettings {
        max_bytes: 1,
        ..settings(directory.path())
    };
    let limits = Limits {
        queue_items: 40,
        ..QUICK
    };
    let dispatch = start(small);
    let queue = dispatch.open(away(), limits);
    fill(&queue, 0..10);
    wait_for("the first batch", || files(directory.path()).len() == 1);
    fill(&queue, 10..100);
    wait_for("the queue to fill", || {
        queue.books().lost(Loss::QueueFull) > 0
    });
    assert_balanced(&queue.books());
    assert_eq!(files(directory.path()).len(), 1);
    dispatch.finish(Duration::from_millis(50));
    let books = queue.books();
    assert_balanced(&books);
    assert_eq!(books.queued, 10, "only what is on disk is left");
}

#[test]
fn without_a_disk_it_waits_in_memory_and_arrives_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let dispatch = start(settings(directory.path()));
    let receiver = Later(
        Receiver::answering([later(), later(), later(), later(), later()]),
        "first",
    );
    let limits = Limits {
        retry: Retry {
            first: Duration::from_millis(100),
            ..QUICK.retry
        },
        ..QUICK
    };
    let queue = dispatch.open(receiver.clone(), limits);
    fill(&queue, 0..10);
    wait_for("an attempt", || !receiver.0.requests().is_empty());
    let place = files(directory.path())[0].parent().unwrap().to_owned();
    // A file where the directory was: nothing can be written there, by nobody.
    fs::rename(&place, directory.path().join("gone")).unwrap();
    fs::write(&place, "").unwrap();
    fill(&queue, 10..20);
    fill(&queue, 20..30);
    assert!(dispatch.flush(SOON), "{:?}", queue.books());
    let books = queue.books();
    assert_balanced(&books);
    assert_eq!(books.delivered, 30, "{books:?}");
    let last = receiver.0.requests();
    assert_eq!(last[last.len() - 2..].concat(), names(10..30));
}

#[test]
fn what_a_power_failure_left_of_a_file_is_removed() {
    let directory = tempfile::tempdir().unwrap();
    leave_behind(&directory);
    let emptied = &files(directory.path())[0];
    fs::write(emptied, "").unwrap();
    let dispatch = start(settings(directory.path()));
    let queue = dispatch.open(Later(Receiver::default(), "first"), QUICK);
    assert!(dispatch.flush(SOON), "{:?}", queue.books());
    assert!(!emptied.exists());
}

#[test]
fn a_damaged_file_costs_its_own_items() {
    let directory = tempfile::tempdir().unwrap();
    leave_behind(&directory);
    let damaged = &files(directory.path())[0];
    let mut content = fs::read(damaged).unwrap();
    *content.last_mut().unwrap() ^= 1;
    fs::write(damaged, content).unwrap();
    let dispatch = start(settings(directory.path()));
    let receiver = Later(Receiver::default(), "first");
    let queue = dispatch.open(receiver.clone(), QUICK);
    assert!(dispatch.flush(SOON));
    let books = queue.books();
    assert_eq!((books.produced, books.delivered), (25, 15));
    assert_eq!(books.lost(Loss::Damaged), 10);
    assert_balanced(&books);
    assert_eq!(receiver.0.requests().concat(), names(10..25));
}

#[test]
fn a_directory_that_cannot_be_is_an_error_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let mut dispatch = Dispatch::start().unwrap();
    assert!(dispatch.spool_to(settings(&file)).is_err());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::MetadataExt;
    let directory = tempfile::tempdir().unwrap();
    leave_behind(&directory);
    let file = &files(directory.path())[0];
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(file), 0o600);
    assert_eq!(mode(&file.with_file_name("lock")), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
}

#[test]
fn what_arrived_of_a_batch_on_disk_does_not_wait_any_more() {
    let directory = tempfile::tempdir().unwrap();
    let some = Answer::SomeLater {
        items: vec![0],
        rejected: 2,
        why: "429".to_owned(),
    };
    let mut answers = vec![some];
    answers.extend(std::iter::repeat_n(later(), 100_000));
    let dispatch = start(settings(directory.path()));
    let receiver = Later(Receiver::answering(answers), "first");
    let queue = dispatch.open(receiver, QUICK);
    fill(&queue, 0..10);
    wait_for("the rest is tried", || queue.books().requests > 2);
    let books = queue.books();
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (7, 2));
    assert_eq!(books.queued, 1);
    dispatch.finish(Duration::from_millis(50));
    let books = queue.books();
    // It is on disk, so it is not lost.
    assert_eq!((books.queued, books.lost(Loss::Shutdown)), (1, 0));
    assert_balanced(&books);
    assert_eq!(files(directory.path()).len(), 1);
}

#[test]
fn what_was_left_before_the_clock_was_set_back_is_sent_first() {
    let directory = tempfile::tempdir().unwrap();
    leave_behind(&directory);
    // As if the clock had been an hour ahead.
    let place = files(directory.path())[0].parent().unwrap().to_owned();
    let name = place.file_name().unwrap().to_str().unwrap();
    let (millis, rest) = name.split_once('-').unwrap();
    let ahead = millis.parse::<u64>().unwrap() + 3_600_000;
    let renamed = place.with_file_name(format!("{ahead:015}-{rest}"));
    fs::rename(&place, renamed).unwrap();

    let dispatch = start(settings(directory.path()));
    let queue = dispatch.open(away(), QUICK);
    fill_disk(&queue, &directory, 25..35);
    dispatch.finish(Duration::from_millis(100));
    assert_eq!(queue.books().queued, 35);
    drop(dispatch);

    let dispatch = start(settings(directory.path()));
    let receiver = Later(Receiver::default(), "first");
    let queue = dispatch.open(receiver.clone(), QUICK);
    assert!(dispatch.flush(SOON));
    assert_eq!(receiver.0.requests().concat(), names(0..35));
    assert_balanced(&queue.books());
}

/// Lets the first write in a spool wait until somebody reads this pipe: whoever opens one to write waits for that.
#[cfg(unix)]
fn pipe_for_the_first_batch(directory: &TempDir) -> PathBuf {
    let service = fs::read_dir(directory.path()).unwrap().next().unwrap();
    let sink = service.unwrap().path().join("later");
    let place = fs::read_dir(sink).unwrap().next().unwrap().unwrap().path();
    let pipe = place.join("0000000000000001.part");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    pipe
}

#[cfg(unix)]
#[test]
fn a_write_that_hangs_at_the_end_is_called_off() {
    use std::io::Read;

    let directory = tempfile::tempdir().unwrap();
    let dispatch = start(settings(directory.path()));
    let queue = dispatch.open(away(), QUICK);
    let pipe = pipe_for_the_first_batch(&directory);
    fill(&queue, 0..10);
    dispatch.finish(Duration::from_millis(100));
    let books = queue.books();
    assert_balanced(&books);
    assert_eq!((books.queued, books.lost(Loss::Shutdown)), (0, 10));

    // The write goes on, but nobody counts on it any more.
    let mut written = Vec::new();
    let mut end = fs::File::open(&pipe).unwrap();
    end.read_to_end(&mut written).unwrap();
    assert!(written.starts_with(b"obsbatch"));
    wait_for("the pipe to be removed", || !pipe.exists());
    assert!(files(directory.path()).is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn a_write_that_is_finished_when_nobody_waits_any_more_counts() {
    let directory = tempfile::tempdir().unwrap();
    let (shelf, _) = Shelf::open(&settings(directory.path()), "later").unwrap();
    let pipe = pipe_for_the_first_batch(&directory);
    let mut batch = Batch::default();
    batch.push(b"item");
    let size = Size::of(&batch);
    let mut put = Box::pin(shelf.put(batch));
    assert!(futures::poll!(&mut put).is_pending());
    drop(put);
    assert!(fs::read(&pipe).unwrap().starts_with(b"obsbatch"));
    wait_for("the file", || files(directory.path()).len() == 1);
    assert_eq!(shelf.call_off().await, Some(size));
    assert_eq!(shelf.call_off().await, None);
}

#[test]
fn what_a_killed_process_had_not_finished_is_removed() {
    let directory = tempfile::tempdir().unwrap();
    leave_behind(&directory);
    let unfinished = files(directory.path())[0].with_extension("part");
    fs::write(&unfinished, "half").unwrap();
    let dispatch = start(settings(directory.path()));
    dispatch.open(away(), QUICK);
    assert!(!unfinished.exists());
}
