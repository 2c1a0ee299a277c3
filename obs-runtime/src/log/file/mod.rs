//! Log files that give way to new ones by size and time.
//!
//! One thread writes, another one compresses and removes what gave way. All that they have to know about
//! former files is in the names of these, so a process goes on where one before it ended, whatever that
//! died of.

mod archive;
mod hangup;
mod housekeeper;
mod name;
mod open;
mod schedule;
#[cfg(all(test, unix))]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use obs_schema::monitoring::{Logging, Rotation};

use self::archive::Archive;
use self::hangup::Hangup;
use self::housekeeper::Housekeeper;
use self::open::OpenFile;
use self::schedule::Schedule;
use super::sink::{Batch, Sink, SinkError};
use crate::diagnostics;
use crate::hot::clock;

/// Who may read a new file, less what the process's umask takes away: logs tell about people.
#[cfg(unix)]
const FILE_MODE: u32 = 0o640;
#[cfg(unix)]
const DIRECTORY_MODE: u32 = 0o750;
/// How often it is looked whether the file is still where it was.
const LOOK: u64 = 1_000_000_000;
/// How long a file that could not be put aside is written on before that is tried again.
const RETRY: u64 = 10_000_000_000;
/// For how long a file is left alone that gave way: a process that shares it notices by then.
const REST: Duration = Duration::from_secs(3);

/// Lines in a file, which gives way to a new one when it is large or its day is over.
///
/// The former file gets the time into its name, `shop.log.2026-11-21T10-00-00.123Z`, and some seconds later
/// it is compressed to `….gz` if that is wanted. Former files are removed, the oldest first, as soon as they
/// are too many, too old or too large together.
///
/// - Directories that are missing are made, readable for the group (mode 0750), and so are files (0640), both
///   less what the umask takes away.
/// - The file is opened anew at `SIGHUP`, and when it was moved or deleted, which is noticed within a second
///   of writing. So `logrotate` works with and without `copytruncate`. A program that writes a file no
///   longer ends by `SIGHUP` alone; a handler of its own is called as before.
/// - When the disk is full, lines are lost and counted, never cut in two, and it goes on as soon as there is
///   room. When a file cannot be put aside, it is written on beyond its size.
/// - Several processes can share a file.
/// - A pipe or a device, such as `/dev/stdout`, is written to and never put aside.
///
/// ```
/// use std::time::Duration;
/// use obs_runtime::log::{FileSink, LogConfig, LogFormat, Output, Rotation};
///
/// let file = FileSink::new("/var/log/shop/shop.log")
///     .with_rotation(Rotation::Hourly)
///     .with_max_file_size(64 << 20)
///     .with_max_age(Duration::from_secs(7 * 86_400));
/// let config = LogConfig::new().with_output(Output::new(LogFormat::Json, file));
/// ```
#[derive(Debug)]
#[must_use = "nothing is written before the sink is given to an `Output`"]
pub struct FileSink {
    path: PathBuf,
    rules: Rules,
    file: Option<OpenFile>,
    /// Where the file really is: `path` may be a link.
    real: PathBuf,
    schedule: Schedule,
    hangup: Option<Hangup>,
    housekeeper: Housekeeper,
    /// When it was last looked whether the file is still there.
    looked: u64,
    /// Until when a file that could not be put aside is written on.
    retry: u64,
}

/// When a file gives way, and what stays of those that did.
#[derive(Debug, Clone)]
struct Rules {
    rotation: Rotation,
    max_file_size: u64,
    max_files: u32,
    max_age: Duration,
    max_total_size: u64,
    compress: bool,
    rest: Duration,
}

impl From<&Logging> for Rules {
    fn from(logging: &Logging) -> Self {
        Self {
            rotation: logging.rotation,
            max_file_size: logging.max_file_size,
            max_files: logging.max_files,
            max_age: logging.max_age,
            max_total_size: logging.max_total_size,
            compress: logging.compress,
            rest: REST,
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::from(&Logging::DEFAULT)
    }
}

impl FileSink {
    /// Lines in the file at `path`, which is opened when the log starts, and with the next line if that
    /// fails. A relative path is one from the current directory as it is now.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_rules(path.into(), Rules::default())
    }

    /// The file of a service's `monitoring(logging(..))`; without a path there, `<service>.log`.
    pub(super) fn of_service(logging: &Logging, service: &str) -> Self {
        let path = match logging.file {
            "" if service.is_empty() => PathBuf::from("service.log"),
            "" => PathBuf::from(format!("{}.log", service.replace(['/', '\\'], "_"))),
            path => PathBuf::from(path),
        };
        Self::with_rules(path, Rules::from(logging))
    }

    fn with_rules(path: PathBuf, rules: Rules) -> Self {
        let path = std::path::absolute(&path).unwrap_or(path);
        Self {
            real: path.clone(),
            path,
            schedule: Schedule::new(rules.rotation),
            rules,
            file: None,
            hangup: None,
            housekeeper: Housekeeper::default(),
            looked: 0,
            retry: 0,
        }
    }

    /// When a new file is begun whatever the size of the old one. Default: daily.
    pub fn with_rotation(mut self, rotation: Rotation) -> Self {
        self.rules.rotation = rotation;
        self.schedule = Schedule::new(rotation);
        self
    }

    /// How many bytes the file gets. Only a line that is longer makes it larger. Default: 100 MiB.
    pub fn with_max_file_size(mut self, bytes: u64) -> Self {
        self.rules.max_file_size = bytes;
        self
    }

    /// How many former files are kept. Default: 100.
    pub fn with_max_files(mut self, files: u32) -> Self {
        self.rules.max_files = files;
        self
    }

    /// For how long a former file is kept, from its last line on. Default: 30 days.
    pub fn with_max_age(mut self, age: Duration) -> Self {
        self.rules.max_age = age;
        self
    }

    /// How many bytes all former files together may take. Default: 1 GiB.
    pub fn with_max_total_size(mut self, bytes: u64) -> Self {
        self.rules.max_total_size = bytes;
        self
    }

    /// Whether former files are compressed. Default: yes.
    pub fn with_compression(mut self, compress: bool) -> Self {
        self.rules.compress = compress;
        self
    }

    /// Lets go of a file that is not the one at the path any more.
    fn look(&mut self) {
        let hung_up = self.hangup.as_ref().is_some_and(Hangup::came);
        let now = monotonic_ns();
        let is_time = now.saturating_sub(self.looked) >= LOOK;
        let path = &self.path;
        if hung_up || is_time && !self.file.as_mut().is_some_and(|file| file.is_at(path)) {
            self.file = None;
        }
        if is_time {
            self.looked = now;
        }
    }

    /// The file, with room for a line of so many bytes.
    fn file_for(&mut self, line: usize) -> io::Result<&mut OpenFile> {
        if self.file.is_none() {
            self.open()?;
        }
        if self.is_due(line) {
            self.rotate()?;
        }
        self.file
            .as_mut()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn open(&mut self) -> io::Result<()> {
        let (file, last) = OpenFile::open(&self.path)?;
        self.real = std::fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let last = last.and_then(|last| last.duration_since(UNIX_EPOCH).ok());
        let last = last.and_then(|last| u64::try_from(last.as_nanos()).ok());
        self.schedule.begin(last.unwrap_or_else(unix_ns));
        if self.housekeeper.is_idle() && file.is_regular() {
            // There may be something that the process before this one left undone.
            self.housekeeper.wake(&self.real, &self.rules);
        }
        self.looked = monotonic_ns();
        self.file = Some(file);
        Ok(())
    }

    /// Whether the file is to give way before a line of so many bytes.
    fn is_due(&mut self, line: usize) -> bool {
        let Some(file) = self.file.as_ref().filter(|file| file.can_rotate()) else {
            return false;
        };
        let now = monotonic_ns();
        now >= self.retry
            && (file.is_full(line, self.rules.max_file_size)
                || self.schedule.is_due(unix_ns(), now))
    }

    /// Puts the file aside and begins a new one. If that is not possible, the file is written on.
    fn rotate(&mut self) -> io::Result<()> {
        let path = &self.path;
        let is_own = self.file.as_mut().is_some_and(|file| file.is_at(path));
        // Otherwise another process has put it aside already.
        if is_own && let Err(error) = Archive::of(&self.real).put(&self.real, unix_ns() / 1_000_000)
        {
            let path = self.real.display();
            diagnostics::report(&format!(
                "the log file `{path}` cannot be put aside: {error}"
            ));
            self.retry = monotonic_ns().saturating_add(RETRY);
            return Ok(());
        }
        self.file = None;
        self.open()?;
        self.housekeeper.wake(&self.real, &self.rules);
        Ok(())
    }

    /// Writes the lines of a batch from the byte `start` on that fit into one file: how many bytes, and why
    /// not all.
    fn write_some(&mut self, batch: &Batch, start: usize) -> (usize, io::Result<()>) {
        let (first, max) = (batch.end_of_lines(start, 0), self.rules.max_file_size);
        let file = match self.file_for(first - start) {
            Ok(file) => file,
            Err(error) => return (0, Err(error)),
        };
        let end = batch.end_of_lines(start, file.room(max));
        file.append(batch.bytes().get(start..end).unwrap_or_default())
    }
}

impl Sink for FileSink {
    fn begin(&mut self) {
        self.hangup.get_or_insert_with(Hangup::watch);
        if self.file.is_none()
            && let Err(error) = self.open()
        {
            let error = about(&self.path, &error);
            diagnostics::report(&format!("the log file cannot be opened: {error}"));
        }
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        self.look();
        let mut done = 0;
        while done < batch.bytes().len() {
            let (written, result) = self.write_some(batch, done);
            done += written;
            result.map_err(|error| SinkError {
                written: batch.whole_lines(done),
                source: about(&self.path, &error),
            })?;
        }
        Ok(())
    }
}

/// The error with the name of the file.
fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}

/// The time of the system's clock, which can be set.
fn unix_ns() -> u64 {
    clock::now_unix_nanos()
}

/// The time of a clock that cannot be set.
fn monotonic_ns() -> u64 {
    clock::to_nanos(clock::ticks())
}
