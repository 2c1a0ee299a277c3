//! Batches between the queue and the receiver, the oldest first, on disk as far as there is a disk.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::spawn_blocking;

use super::place::Place;
use super::writing::Writing;
use super::{SpoolSettings, file};
use crate::diagnostics;
use crate::export::delivery::Batch;
use crate::export::delivery::queue::Size;

/// See the module.
#[derive(Debug)]
pub(in super::super) struct Shelf {
    sink: &'static str,
    max_bytes: u64,
    /// Where new batches go, and what earlier processes left; held for their locks.
    own: Place,
    _others: Vec<Place>,
    state: Mutex<State>,
    /// A batch was put here, or nothing more comes.
    filled: Notify,
    /// A batch was removed.
    room: Notify,
    /// Whether the disk failed last time: said once, and once when it is over.
    failing: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    batches: VecDeque<Stored>,
    bytes: u64,
    last: u64,
    /// The batch that is being written.
    writing: Option<(Arc<Writing>, Size)>,
    ended: bool,
}

/// A batch that is here.
#[derive(Debug)]
pub(in super::super) enum Stored {
    /// In a file.
    OnDisk(OnDisk),
    /// In memory, because there was no way to write it.
    InMemory(Batch),
}

/// A batch in a file.
#[derive(Debug)]
pub(in super::super) struct OnDisk {
    path: Arc<PathBuf>,
    bytes: u64,
    pub(in super::super) items: usize,
}

impl Shelf {
    /// The shelf of a sink, with what earlier processes left. Says how many items that is.
    ///
    /// # Errors
    ///
    /// If the directory cannot be made or read.
    pub(in super::super) fn open(
        settings: &SpoolSettings,
        sink: &'static str,
    ) -> io::Result<(Self, usize)> {
        let own = Place::new(settings, sink)?;
        let others = Place::left_behind(settings, sink)?;
        let mut state = State::default();
        for place in &others {
            state.take_over(sink, place)?;
        }
        let found = state.batches.iter().map(Stored::items_on_disk).sum();
        let shelf = Self {
            sink,
            max_bytes: settings.max_bytes,
            own,
            _others: others,
            state: Mutex::new(state),
            filled: Notify::new(),
            room: Notify::new(),
            failing: AtomicBool::new(false),
        };
        Ok((shelf, found))
    }

    /// Puts a batch behind the others, when there is room. Says whether it is on disk then.
    pub(in super::super) async fn put(&self, batch: Batch) -> bool {
        let path = self.reserve().await;
        let target = path.clone();
        let writing = Arc::new(Writing::default());
        self.lock().writing = Some((writing.clone(), Size::of(&batch)));
        // A disk may take its time, and other sinks are served by the same thread.
        let write = move || (file::write(&target, &batch, &writing), batch);
        let written = spawn_blocking(write).await;
        self.lock().writing = None;
        let stored = match written {
            Ok((Ok(bytes), batch)) => {
                self.note_disk(None);
                Stored::OnDisk(OnDisk {
                    path: Arc::new(path),
                    bytes,
                    items: batch.len(),
                })
            }
            Ok((Err(error), batch)) => {
                self.note_disk(Some(&error));
                Stored::InMemory(batch)
            }
            // The runtime has ended, and with it everything that waits in memory.
            Err(_) => return false,
        };
        let is_on_disk = matches!(stored, Stored::OnDisk(_));
        let mut state = self.lock();
        state.bytes += stored.bytes();
        state.batches.push_back(stored);
        drop(state);
        self.filled.notify_one();
        is_on_disk
    }

    /// Ends a write that nobody waits for any more. Says how much is on disk by it nevertheless.
    pub(in super::super) async fn call_off(&self) -> Option<Size> {
        let (writing, size) = self.lock().writing.take()?;
        writing.call_off().await.then_some(size)
    }

    /// The file of the next batch, when there is room for one.
    async fn reserve(&self) -> PathBuf {
        loop {
            let room = self.room.notified();
            {
                let mut state = self.lock();
                if state.bytes < self.max_bytes {
                    state.last += 1;
                    return self.own.file(state.last);
                }
            }
            room.await;
        }
    }

    /// Nothing more is put.
    pub(in super::super) fn end(&self) {
        self.lock().ended = true;
        self.filled.notify_one();
    }

    /// The oldest batch, which leaves the shelf but not the disk; `None` when nothing more comes.
    pub(in super::super) async fn next(&self) -> Option<Stored> {
        loop {
            {
                let mut state = self.lock();
                if let Some(stored) = state.batches.pop_front() {
                    return Some(stored);
                }
                if state.ended {
                    return None;
                }
            }
            self.filled.notified().await;
        }
    }

    /// The items of a batch.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or is damaged.
    pub(in super::super) async fn load(&self, stored: &OnDisk) -> io::Result<Batch> {
        let path = stored.path.clone();
        spawn_blocking(move || file::read(&path)).await?
    }

    /// Removes a batch that is settled.
    pub(in super::super) async fn remove(&self, stored: &OnDisk) {
        let path = stored.path.clone();
        let removed = spawn_blocking(move || fs::remove_file(&*path)).await;
        if let Ok(Err(error)) = removed
            && error.kind() != io::ErrorKind::NotFound
        {
            let (sink, path) = (self.sink, stored.path.display());
            diagnostics::report(&format!(
                "{sink}: cannot remove {path}, which will be sent again: {error}"
            ));
        }
        let mut state = self.lock();
        state.bytes = state.bytes.saturating_sub(stored.bytes);
        drop(state);
        self.room.notify_one();
    }

    /// Bytes on disk.
    pub(in super::super) fn bytes(&self) -> u64 {
        self.lock().bytes
    }

    fn note_disk(&self, error: Option<&io::Error>) {
        let was_failing = self.failing.swap(error.is_some(), Relaxed);
        let (sink, path) = (self.sink, self.own.path.display());
        match error {
            Some(error) if !was_failing => diagnostics::report(&format!(
                "{sink}: cannot write to {path}, keeps what it has in memory: {error}"
            )),
            None if was_failing => {
                diagnostics::report(&format!("{sink}: writes to {path} again"));
            }
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes what lies in a place of an earlier process.
    fn take_over(&mut self, sink: &str, place: &Place) -> io::Result<()> {
        for path in place.batches()? {
            match file::count(&path) {
                Ok(items) => {
                    let bytes = fs::metadata(&path).map_or(0, |file| file.len());
                    self.bytes += bytes;
                    self.batches.push_back(Stored::OnDisk(OnDisk {
                        path: Arc::new(path),
                        bytes,
                        items,
                    }));
                }
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    // What a power failure left of it. No other version of this program can send that either.
                    diagnostics::report(&format!(
                        "{sink}: {} is removed: it breaks off before its first item",
                        path.display()
                    ));
                    let _ = fs::remove_file(&path);
                }
                Err(error) => diagnostics::report(&format!(
                    "{sink}: {} is left alone: {error}",
                    path.display()
                )),
            }
        }
        Ok(())
    }
}

impl Stored {
    fn bytes(&self) -> u64 {
        match self {
            Self::OnDisk(stored) => stored.bytes,
            Self::InMemory(_) => 0,
        }
    }

    fn items_on_disk(&self) -> usize {
        match self {
            Self::OnDisk(stored) => stored.items,
            Self::InMemory(_) => 0,
        }
    }
}
