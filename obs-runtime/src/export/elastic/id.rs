//! Ids of records, which the receiver takes once each.
//!
//! A record keeps its id however often it is sent, also by a later process that finds it on disk. When an answer is
//! lost, the next attempt is answered with 409 for what has arrived.

use crate::hot::{clock, local};

/// Gives ids: the time of its beginning, a number by chance, and a number in sequence.
#[derive(Debug)]
pub(super) struct Ids {
    /// The action up to the number in sequence.
    action: Box<str>,
    next: u64,
}

impl Ids {
    /// Ids that no other process gives, nor one before or after it.
    pub(super) fn new() -> Self {
        let began = clock::now_unix_nanos();
        let chance = local::random_trace_id() as u64;
        Self {
            // Data streams take no other action.
            action: format!("{{\"create\":{{\"_id\":\"{began:016x}{chance:016x}-").into(),
            next: 0,
        }
    }

    /// Appends the line that stands before a record.
    pub(super) fn write(&mut self, out: &mut Vec<u8>) {
        let number = self.next;
        self.next += 1;
        out.extend_from_slice(self.action.as_bytes());
        out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        out.extend_from_slice(b"\"}}\n");
    }
}
