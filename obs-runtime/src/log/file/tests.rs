//! Log files on a real disk.

mod keeping;
mod moving;
mod rotating;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::read::GzDecoder;
use tempfile::TempDir;
use tracing::Level;

use super::*;

/// A directory with a log file in it.
struct Place {
    directory: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("shop.log")
    }

    /// A sink whose former files stay as they are.
    fn sink(&self) -> FileSink {
        FileSink::new(self.path())
            .with_rotation(Rotation::Never)
            .with_compression(false)
    }

    fn archive(&self) -> Archive {
        Archive::of(&self.path())
    }

    /// The names in the directory other than that of the log file, in order.
    fn former(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != "shop.log").collect();
        names.sort();
        names
    }

    fn read(&self, name: &str) -> String {
        let path = self.directory.path().join(name);
        if name.ends_with(".gz") {
            unzipped(&path)
        } else {
            fs::read_to_string(path).unwrap()
        }
    }

    /// The text of all files, the oldest first.
    fn all(&self) -> String {
        let mut text: String = self.former().iter().map(|name| self.read(name)).collect();
        text.push_str(&fs::read_to_string(self.path()).unwrap_or_default());
        text
    }
}

fn unzipped(path: &Path) -> String {
    let mut text = String::new();
    let mut decoder = GzDecoder::new(fs::File::open(path).unwrap());
    decoder.read_to_string(&mut text).unwrap();
    text
}

fn batch(lines: &[impl AsRef<str>]) -> Batch {
    let mut batch = Batch::default();
    for line in lines {
        batch.push(Level::INFO, format!("{}\n", line.as_ref()).as_bytes());
    }
    batch
}

fn write(sink: &mut FileSink, lines: &[impl AsRef<str>]) {
    sink.write(&batch(lines)).unwrap();
}

/// Time that stands still until it is advanced.
struct Frozen;

impl Frozen {
    fn new() -> Self {
        clock::freeze();
        Self
    }

    fn advance(&self, by: Duration) {
        clock::advance(by);
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        clock::resume();
    }
}
