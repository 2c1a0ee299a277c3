//! The memory in which a thread makes its records, used again for each.

use std::cell::Cell;

use super::draft::Draft;
use super::json::UsualJson;

/// What only one long record needed is not kept.
const WARM: usize = 64 * 1024;

thread_local! {
    /// Taken out while it is used, so that a record made meanwhile has memory of its own.
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// A record in the making, and the line that it becomes.
#[derive(Debug)]
pub(super) struct Scratch {
    pub(super) draft: Draft,
    pub(super) line: Line,
}

/// A line in the making, and what it has in common with others of this thread.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) json: Vec<u8>,
    pub(super) usual: UsualJson,
}

/// Lends the thread's memory; after the thread's locals are gone, fresh one.
pub(super) fn with<R>(run: impl FnOnce(&mut Scratch) -> R) -> R {
    let kept = SCRATCH.try_with(Cell::take).ok().flatten();
    let mut scratch = kept.unwrap_or_else(|| {
        Box::new(Scratch {
            draft: Draft::new(),
            line: Line::default(),
        })
    });
    let result = run(&mut scratch);
    if scratch.line.text.capacity() + scratch.line.json.capacity() + scratch.draft.capacity()
        <= WARM
    {
        let _ = SCRATCH.try_with(|kept| kept.set(Some(scratch)));
    }
    result
}
