//! A wall clock that is set while calls are made, by the library of the Debian package `libfaketime`.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where Debian puts it.
const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/// Two wall clocks: one that goes as it should, and one that is set.
#[derive(Debug)]
pub(crate) struct Clock {
    sound: PathBuf,
    faulty: PathBuf,
}

impl Clock {
    pub(crate) fn begin() -> io::Result<Self> {
        if !Path::new(LIBRARY).exists() {
            return Err(io::Error::other("libfaketime is not there"));
        }
        let file = |name| std::env::temp_dir().join(format!("obs-{name}-{}", std::process::id()));
        let clock = Self {
            sound: file("clock"),
            faulty: file("clock-set"),
        };
        std::fs::write(&clock.sound, "+0")?;
        clock.set(0)?;
        Ok(clock)
    }

    /// Sets the faulty one forward by so many hours, or back.
    pub(crate) fn set(&self, hours: i32) -> io::Result<()> {
        std::fs::write(&self.faulty, format!("{:+}", hours * 3600))
    }

    /// Gives a process one of them. The time of both is asked for in the same way, which takes longer than without.
    pub(crate) fn give_to(&self, process: &mut Command, is_faulty: bool) {
        let file = if is_faulty { &self.faulty } else { &self.sound };
        process
            .env("LD_PRELOAD", LIBRARY)
            .env("FAKETIME_TIMESTAMP_FILE", file)
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("FAKETIME_CACHE_DURATION", "1");
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        for file in [&self.sound, &self.faulty] {
            let _ = std::fs::remove_file(file);
        }
    }
}
