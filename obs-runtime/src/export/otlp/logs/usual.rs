//! What the records of a call site have in common, and those of a thread: encoded once, and copied from then on.

use std::cell::Cell;

use super::{add, place, thread};
use crate::hot::body::Text;
use crate::log::ship::View;

/// Call sites that a thread remembers.
const PLACES: usize = 64;

thread_local! {
    /// Taken out while it is used.
    static MEMORY: Cell<Option<Box<Memory>>> = const { Cell::new(None) };
}

/// What a thread remembers.
#[derive(Debug)]
struct Memory {
    /// By where they are in the source: of those that share a place here the last is remembered.
    places: [Option<Place>; PLACES],
    thread: Thread,
}

/// A call site.
#[derive(Debug)]
struct Place {
    target: &'static str,
    file: &'static str,
    line: u32,
    encoded: Vec<u8>,
}

/// The thread itself.
#[derive(Debug, Default)]
struct Thread {
    id: u64,
    name: Option<String>,
    encoded: Vec<u8>,
}

/// Appends where a record was logged, and on which thread.
pub(super) fn write(out: &mut Vec<u8>, record: View<'_>) {
    let memory = MEMORY.try_with(Cell::take).unwrap_or_default();
    let mut memory = memory.unwrap_or_default();
    memory.write_place(out, record);
    memory.write_thread(out, record);
    let _ = MEMORY.try_with(|kept| kept.set(Some(memory)));
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            places: [const { None }; PLACES],
            thread: Thread::default(),
        }
    }
}

impl Memory {
    fn write_place(&mut self, out: &mut Vec<u8>, record: View<'_>) {
        let head = record.head;
        let (Text::Static(target), Some(Text::Static(file)), Some(line)) =
            (head.target, head.file, head.line)
        else {
            return place(out, record, &add);
        };
        let known = self
            .places
            .get_mut((file.as_ptr().addr() ^ line as usize) % PLACES);
        let Some(known) = known else {
            return;
        };
        if !known
            .as_ref()
            .is_some_and(|known| known.is(target, file, line))
        {
            let mut encoded = Vec::new();
            place(&mut encoded, record, &add);
            *known = Some(Place {
                target,
                file,
                line,
                encoded,
            });
        }
        if let Some(known) = known {
            out.extend_from_slice(&known.encoded);
        }
    }

    fn write_thread(&mut self, out: &mut Vec<u8>, record: View<'_>) {
        let (id, name) = (
            record.head.thread_id,
            record.head.thread.map(|name| record.text(name)),
        );
        let known = &mut self.thread;
        if known.id != id || known.name.as_deref() != name || known.encoded.is_empty() {
            known.id = id;
            known.name = name.map(str::to_owned);
            known.encoded.clear();
            thread(&mut known.encoded, record, &add);
        }
        out.extend_from_slice(&known.encoded);
    }
}

impl Place {
    /// Constants at the same place are the same.
    fn is(&self, target: &str, file: &str, line: u32) -> bool {
        self.line == line && std::ptr::eq(self.file, file) && std::ptr::eq(self.target, target)
    }
}
