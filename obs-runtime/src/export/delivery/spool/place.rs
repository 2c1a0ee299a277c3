//! The directory in which one process keeps its batches, and those that others left.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::SpoolSettings;
use super::file::{self, UNFINISHED};
use crate::diagnostics;

const LOCK: &str = "lock";
const BATCH: &str = "batch";

/// A directory that is this process's as long as the lock is held.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    _lock: File,
}

impl Place {
    /// A new place for what a sink has.
    ///
    /// # Errors
    ///
    /// If the directories cannot be made.
    pub(super) fn new(settings: &SpoolSettings, sink: &str) -> io::Result<Self> {
        let all = of_sink(settings, sink);
        create(&all)?;
        // Names sort by time, so that what is oldest is taken over first.
        let now = moment(&all)?;
        let name = |attempt: u32| format!("{now:015}-{}-{attempt}", std::process::id());
        let mut attempt = 0;
        loop {
            let path = all.join(name(attempt));
            match directory().create(&path).and_then(|()| claim(&path)) {
                Ok(Some(place)) => return Ok(place),
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                // Somebody was quicker: the place was empty, so it is gone soon.
                _ if attempt > 100 => return Err(io::ErrorKind::AlreadyExists.into()),
                _ => attempt += 1,
            }
        }
    }

    /// The places that belong to nobody any more, the oldest first.
    ///
    /// # Errors
    ///
    /// If the directory cannot be read.
    pub(super) fn left_behind(settings: &SpoolSettings, sink: &str) -> io::Result<Vec<Self>> {
        let all = fs::read_dir(of_sink(settings, sink))?;
        let mut paths: Vec<_> = all.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let mut places = Vec::new();
        for path in paths {
            match claim(&path) {
                Ok(Some(place)) => {
                    place.remove_unfinished();
                    places.push(place);
                }
                Ok(None) => {}
                Err(error) => diagnostics::report(&format!("{}: {error}", path.display())),
            }
        }
        Ok(places)
    }

    /// The batches in it, the oldest first.
    ///
    /// # Errors
    ///
    /// If the directory cannot be read.
    pub(super) fn batches(&self) -> io::Result<Vec<PathBuf>> {
        let mut batches = self.files(BATCH)?;
        batches.sort();
        Ok(batches)
    }

    /// Removes what its process was writing when it ended.
    fn remove_unfinished(&self) {
        for path in self.files(UNFINISHED).unwrap_or_default() {
            let _ = fs::remove_file(path);
        }
    }

    fn files(&self, ending: &str) -> io::Result<Vec<PathBuf>> {
        let all = fs::read_dir(&self.path)?;
        let paths = all.flatten().map(|entry| entry.path());
        let has_ending = |path: &PathBuf| path.extension().is_some_and(|own| own == ending);
        Ok(paths.filter(has_ending).collect())
    }

    /// The file of a batch.
    pub(super) fn file(&self, number: u64) -> PathBuf {
        self.path.join(format!("{number:016x}.{BATCH}"))
    }
}

impl Drop for Place {
    /// Removes the directory, unless batches are in it.
    fn drop(&mut self) {
        if self.batches().is_ok_and(|batches| batches.is_empty()) {
            let _ = fs::remove_file(self.path.join(LOCK));
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// The time in milliseconds since 1970, or what is later than all places there are: the clock may have been set back.
fn moment(all: &Path) -> io::Result<u128> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.unwrap_or_default().as_millis();
    let names = fs::read_dir(all)?.flatten().map(|entry| entry.file_name());
    let times = names.filter_map(|name| name.to_str()?.split_once('-')?.0.parse().ok());
    let last = times.max().map_or(0, |last: u128| last.saturating_add(1));
    Ok(now.max(last))
}

/// Takes a place for this process; `None` if it is another's.
fn claim(path: &Path) -> io::Result<Option<Place>> {
    let lock = file::create(&path.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(Place {
            path: path.to_owned(),
            _lock: lock,
        })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn of_sink(settings: &SpoolSettings, sink: &str) -> PathBuf {
    let service: String = settings.service.chars().map(harmless).collect();
    let service = if service.is_empty() { "_" } else { &*service };
    settings.directory.join(service).join(sink)
}

/// A character that has no meaning in a path.
fn harmless(c: char) -> char {
    if c.is_alphanumeric() || c == '-' {
        c
    } else {
        '_'
    }
}

fn create(path: &Path) -> io::Result<()> {
    directory().recursive(true).create(path)
}

/// Only for its owner.
fn directory() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is no mode"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}
