//! Ids of records, which the receiver takes once each.
//!
//! A record keeps its id however often it is sent, also by a later process that finds it on disk. When an answer is
//! lost, the next attempt is answered with 409 for what has arrived.

use crate::hot::{clock, local};

/// What stands in an action behind the id.
const END: &[u8] = b"\"}}\n";

/// Gives ids: the time of its beginning, a number by chance, and a number in sequence.
#[derive(Debug)]
pub(super) struct Ids {
    /// The line that stands before the next record.
    action: Vec<u8>,
    /// Where the number in sequence is in it.
    number: usize,
}

impl Ids {
    /// Ids that no other process gives, nor one before or after it.
    pub(super) fn new() -> Self {
        let began = clock::now_unix_nanos();
        let chance = local::random_trace_id() as u64;
        // Data streams take no other action.
        let action = format!("{{\"create\":{{\"_id\":\"{began:016x}{chance:016x}-");
        let number = action.len();
        Self {
            action: [action.as_bytes(), b"0", END].concat(),
            number,
        }
    }

    /// Appends the line that stands before a record.
    pub(super) fn write(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.action);
        self.count();
    }

    /// Adds one to the number, digit by digit.
    fn count(&mut self) {
        let end = self.action.len() - END.len();
        let digits = self.action.get_mut(self.number..end).unwrap_or_default();
        for digit in digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return;
            }
            *digit = b'0';
        }
        self.action.insert(self.number, b'1');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_each_other() {
        let mut ids = Ids::new();
        let first = String::from_utf8(ids.action.clone()).unwrap();
        for number in 0..1_001 {
            let mut line = Vec::new();
            ids.write(&mut line);
            let expected = first.replace("-0\"", &format!("-{number}\""));
            assert_eq!(line, expected.into_bytes());
        }
    }
}
