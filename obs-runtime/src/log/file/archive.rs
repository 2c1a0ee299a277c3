//! The files that gave way: where they are put, which of them stay, and how they are compressed.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::Rules;
use super::name::{Form, Name};

/// Names that are tried for one file.
const TRIES: u64 = 1000;

/// The former files of a log file: those in its directory whose names say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Archive {
    directory: PathBuf,
    /// The name of the log file.
    base: OsString,
}

/// A former file.
#[derive(Debug, Clone)]
struct Former {
    name: Name,
    bytes: u64,
    /// Since the last line was written.
    age: Duration,
}

impl Archive {
    /// That of the log file at `path`.
    pub(super) fn of(path: &Path) -> Self {
        Self {
            directory: path.parent().unwrap_or(Path::new("")).to_owned(),
            base: path.file_name().unwrap_or_default().to_owned(),
        }
    }

    /// Puts the log file at `path` aside. Its name is of this time, or of the next for which there is none.
    pub(super) fn put(&self, path: &Path, unix_ms: u64) -> io::Result<()> {
        let newest = self.list()?.last().map(|former| former.name.unix_ms);
        // After the clock was set back, names go on from the newest one.
        let first = newest.map_or(unix_ms, |newest| unix_ms.max(newest.saturating_add(1)));
        let target = self.claim(first)?;
        fs::rename(path, &target).inspect_err(|_| drop(fs::remove_file(&target)))
    }

    /// A name that no other process takes: an empty file has it, to be replaced.
    fn claim(&self, first_ms: u64) -> io::Result<PathBuf> {
        let mut error = io::Error::from(io::ErrorKind::AlreadyExists);
        for unix_ms in (first_ms..).take(TRIES as usize) {
            let form = Form::Plain;
            let path = self.path(Name { unix_ms, form });
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(_) => return Ok(path),
                Err(found) if found.kind() == io::ErrorKind::AlreadyExists => error = found,
                Err(found) => return Err(found),
            }
        }
        Err(error)
    }

    /// Removes what the rules do not keep, and compresses the rest if they say so. What could not be done
    /// now is done the next time: nothing is removed before what takes its place is on the disk.
    pub(super) fn tidy(&self, rules: &Rules) -> io::Result<()> {
        let mut result = self.remove_partial();
        result = result.and(self.remove(hopeless(self.list()?, rules)));
        let found = self.list()?;
        // Until then, lines of other processes may come to a file that has just given way.
        std::thread::sleep(rules.rest);
        for former in found {
            let is_plain = former.name.form == Form::Plain && former.bytes > 0;
            if rules.compress && is_plain {
                // A program that writes faster than this compresses would fill the disk otherwise.
                result = result.and(self.remove(hopeless(self.list()?, rules)));
                result = result.and(self.compress(former.name.unix_ms));
            }
        }
        result.and(self.remove(doomed(self.list()?, rules)))
    }

    fn remove(&self, formers: Vec<Former>) -> io::Result<()> {
        let mut result = Ok(());
        for former in formers {
            result = result.and(gone(fs::remove_file(self.path(former.name))));
        }
        result
    }

    /// The former files, the oldest first.
    fn list(&self) -> io::Result<Vec<Former>> {
        let mut list = Vec::new();
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(list),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let Some(name) = Name::read(&self.base, &entry.file_name()) else {
                continue;
            };
            // One that another process has removed meanwhile is not there.
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if metadata.is_file() {
                let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                list.push(Former {
                    name,
                    bytes: metadata.len(),
                    age: modified.elapsed().unwrap_or_default(),
                });
            }
        }
        list.sort_by_key(|former| former.name.unix_ms);
        Ok(list)
    }

    /// Removes what is left of a compression that did not end, because its process did.
    fn remove_partial(&self) -> io::Result<()> {
        let mut result = Ok(());
        for former in self.list()? {
            if let Form::Partial(process) = former.name.form
                && !is_other_process(process)
            {
                result = result.and(gone(fs::remove_file(self.path(former.name))));
            }
        }
        result
    }

    /// Replaces a former file by a compressed one.
    fn compress(&self, unix_ms: u64) -> io::Result<()> {
        let path = |form| self.path(Name { unix_ms, form });
        let (plain, partial) = (path(Form::Plain), path(Form::Partial(std::process::id())));
        let compressed = compress(&plain, &partial).and_then(|whole| {
            if whole {
                fs::rename(&partial, path(Form::Gzip))?;
                self.sync()?;
                fs::remove_file(&plain)
            } else {
                fs::remove_file(&partial)
            }
        });
        gone(compressed).inspect_err(|_| drop(fs::remove_file(&partial)))
    }

    /// Makes sure that names are on the disk.
    fn sync(&self) -> io::Result<()> {
        if cfg!(unix) {
            File::open(&self.directory)?.sync_all()?;
        }
        Ok(())
    }

    fn path(&self, name: Name) -> PathBuf {
        self.directory.join(name.of(&self.base))
    }
}

/// The files that the rules do not keep.
fn doomed(oldest_first: Vec<Former>, rules: &Rules) -> Vec<Former> {
    beyond(oldest_first, rules, |former| former.bytes)
}

/// Those that are not worth the time to compress them: too many or too old, or behind others that wait for it and take all
/// the room by themselves. One of these may be as large as it is, since it will be small soon.
fn hopeless(oldest_first: Vec<Former>, rules: &Rules) -> Vec<Former> {
    let mut is_newest = true;
    beyond(oldest_first, rules, |former| match former.name.form {
        Form::Plain if !std::mem::take(&mut is_newest) => former.bytes,
        _ => 0,
    })
}

/// The files that the rules do not keep if they take so much room. The newest is asked for first.
fn beyond(
    mut oldest_first: Vec<Former>,
    rules: &Rules,
    mut room: impl FnMut(&Former) -> u64,
) -> Vec<Former> {
    oldest_first.retain(|former| !matches!(former.name.form, Form::Partial(_)));
    let is_old = |former: &mut Former| former.age > rules.max_age;
    let mut doomed: Vec<Former> = oldest_first.extract_if(.., is_old).collect();
    let (mut files, mut bytes) = (0, 0_u64);
    let is_kept = |former: &&Former| {
        files += 1;
        bytes = bytes.saturating_add(room(former));
        files <= rules.max_files && bytes <= rules.max_total_size
    };
    let kept = oldest_first.iter().rev().take_while(is_kept).count();
    oldest_first.truncate(oldest_first.len() - kept);
    doomed.append(&mut oldest_first);
    doomed
}

/// Writes the file at `plain` to `partial` in compressed form. False if lines came meanwhile.
fn compress(plain: &Path, partial: &Path) -> io::Result<bool> {
    let mut source = File::open(plain)?;
    let before = source.metadata()?;
    let target = BufWriter::new(File::create(partial)?);
    let mut encoder = GzEncoder::new(target, Compression::default());
    let bytes = io::copy(&mut source, &mut encoder)?;
    let target = encoder.finish()?;
    let target = target
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    target.set_permissions(before.permissions())?;
    // How old its lines are is told by its time.
    target.set_modified(before.modified()?)?;
    target.sync_all()?;
    let after = source.metadata()?;
    Ok(after.len() == bytes && after.modified()? == before.modified()?)
}

/// Another process may do the same at the same time: what it has done is done.
fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Whether a process other than this one has this number.
#[cfg(unix)]
fn is_other_process(process: u32) -> bool {
    use nix::errno::Errno;
    use nix::sys::signal::kill;
    use nix::unistd::Pid;

    let Some(pid) = i32::try_from(process).ok().filter(|pid| *pid > 0) else {
        return false;
    };
    process != std::process::id() && kill(Pid::from_raw(pid), None) != Err(Errno::ESRCH)
}

#[cfg(not(unix))]
fn is_other_process(process: u32) -> bool {
    process != std::process::id()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn former(unix_ms: u64, bytes: u64, age: u64) -> Former {
        Former {
            name: Name {
                unix_ms,
                form: Form::Plain,
            },
            bytes,
            age: Duration::from_secs(age),
        }
    }

    fn rules(max_files: u32, max_total_size: u64, max_age: u64) -> Rules {
        Rules {
            max_files,
            max_total_size,
            max_age: Duration::from_secs(max_age),
            ..Rules::default()
        }
    }

    #[test]
    fn the_oldest_go_first_by_each_rule() {
        let files = [
            former(1, 10, 400),
            former(2, 10, 300),
            former(3, 10, 200),
            former(4, 10, 100),
        ];
        for (rules, expected) in [
            (rules(4, 40, 400), 0),
            (rules(3, 40, 400), 1),
            (rules(4, 39, 400), 1),
            (rules(4, 40, 399), 1),
            (rules(1, 40, 400), 3),
            (rules(4, 9, 400), 4),
            (rules(4, 40, 0), 4),
        ] {
            let gone = doomed(files.to_vec(), &rules);
            let gone: Vec<u64> = gone.iter().map(|former| former.name.unix_ms).collect();
            let expected: Vec<u64> = (1..=expected).collect();
            assert_eq!(gone, expected, "{rules:?}");
        }
    }

    #[test]
    fn what_waits_to_be_compressed_takes_no_more_than_all_the_room() {
        let gzip = |unix_ms| {
            let mut former = former(unix_ms, 10, 0);
            former.name.form = Form::Gzip;
            former
        };
        let rules = rules(100, 100, 1);
        let hopeless_of = |waiting: &[Former]| {
            let all: Vec<_> = (0..9).map(gzip).chain(waiting.iter().cloned()).collect();
            hopeless(all, &rules).len()
        };
        // The one at hand will be small, whatever it is now.
        assert_eq!(hopeless_of(&[former(9, 1000, 0)]), 0);
        assert_eq!(hopeless_of(&[9, 10, 11].map(|at| former(at, 50, 0))), 0);
        let too_much = [9, 10, 11, 12].map(|at| former(at, 50, 0));
        assert_eq!(hopeless_of(&too_much), 10);
    }

    proptest! {
        /// What stays is within every bound, and one more would not be.
        #[test]
        fn as_many_stay_as_the_rules_allow(
            sizes in proptest::collection::vec(0..100_u64, 0..30),
            max_files in 1..30_u32,
            max_total in 0..2000_u64,
        ) {
            let files: Vec<Former> = sizes.iter().map(|bytes| former(0, *bytes, 0)).collect();
            let rules = rules(max_files, max_total, 1);
            let gone = doomed(files.clone(), &rules).len();
            let fits = |files: &[Former]| {
                files.len() <= max_files as usize
                    && files.iter().map(|former| former.bytes).sum::<u64>() <= max_total
            };
            prop_assert!(fits(&files[gone..]));
            prop_assert!(gone == 0 || !fits(&files[gone - 1..]));
        }
    }
}
