//! A place for log lines that counts them and keeps nothing.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts lines. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    count: Arc<AtomicU64>,
}

impl Lines {
    /// How many so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count.load(Relaxed)
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Control characters are escaped in JSON, so every line feed ends a line; and a search for it is
        // cheap beside the formatting.
        let lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
        self.count.fetch_add(lines as u64, Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
