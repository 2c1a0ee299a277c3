//! What the records of a place in the program have in common, and those of a thread: encoded once, and copied
//! from then on.

use tracing::Level;

use super::draft::{Head, Text, View};

/// Places that are remembered.
const PLACES: usize = 64;
/// Threads that are remembered.
const THREADS: usize = 32;

/// What is remembered in one encoding, of places as `P`. Of those that share a slot the last is.
#[derive(Debug)]
pub(crate) struct Usual<P = Vec<u8>> {
    /// By where they are in the source.
    places: [Option<(Place, P)>; PLACES],
    /// By their numbers.
    threads: [Option<(Thread, Vec<u8>)>; THREADS],
}

/// A place in the program that logs: what `tracing`'s macros say of it as constants.
#[derive(Debug, Clone, Copy)]
struct Place {
    level: Level,
    target: &'static str,
    file: &'static str,
    line: u32,
}

#[derive(Debug)]
struct Thread {
    id: u64,
    name: Option<Box<str>>,
}

impl<P> Usual<P> {
    /// What the place of a record says; `None` if that is not told by constants.
    pub(crate) fn of_place(&mut self, record: View<'_>, encode: impl FnOnce() -> P) -> Option<&P> {
        let place = Place::of(record.head)?;
        let slot = self.places.get_mut(place.slot())?;
        if !slot.as_ref().is_some_and(|(known, _)| known.is(&place)) {
            *slot = Some((place, encode()));
        }
        slot.as_ref().map(|(_, encoded)| encoded)
    }

    /// Appends what `write` writes of the thread of a record.
    pub(crate) fn write_thread(&mut self, out: &mut Vec<u8>, record: View<'_>, write: Part) {
        let Some(slot) = self.threads.get_mut(Thread::slot(record)) else {
            return write(out, record);
        };
        if !slot.as_ref().is_some_and(|(known, _)| known.is(record)) {
            *slot = Some((Thread::of(record), written(write, record)));
        }
        if let Some((_, encoded)) = slot {
            out.extend_from_slice(encoded);
        }
    }
}

#[cfg(any(feature = "otlp", feature = "elastic"))]
impl Usual {
    /// Appends what `write` writes of the place of a record.
    pub(crate) fn write_place(&mut self, out: &mut Vec<u8>, record: View<'_>, write: Part) {
        match self.of_place(record, || written(write, record)) {
            Some(encoded) => out.extend_from_slice(encoded),
            None => write(out, record),
        }
    }
}

/// Appends a part of a record.
pub(crate) type Part = fn(&mut Vec<u8>, View<'_>);

fn written(write: Part, record: View<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, record);
    out
}

impl<P> Default for Usual<P> {
    fn default() -> Self {
        Self {
            places: [const { None }; PLACES],
            threads: [const { None }; THREADS],
        }
    }
}

impl Place {
    fn of(head: &Head) -> Option<Self> {
        let (Text::Static(target), Some(Text::Static(file)), Some(line)) =
            (head.target, head.file, head.line)
        else {
            return None;
        };
        Some(Self {
            level: head.level,
            target,
            file,
            line,
        })
    }

    fn slot(&self) -> usize {
        (self.file.as_ptr().addr() ^ self.line as usize) % PLACES
    }

    /// Constants at the same address are the same.
    fn is(&self, other: &Self) -> bool {
        self.line == other.line
            && self.level == other.level
            && std::ptr::eq(self.file, other.file)
            && std::ptr::eq(self.target, other.target)
    }
}

impl Thread {
    fn of(record: View<'_>) -> Self {
        Self {
            id: record.head.thread_id,
            name: record.head.thread.map(|name| record.text(name).into()),
        }
    }

    fn slot(record: View<'_>) -> usize {
        record.head.thread_id as usize % THREADS
    }

    fn is(&self, record: View<'_>) -> bool {
        let name = record.head.thread.map(|name| record.text(name));
        self.id == record.head.thread_id && self.name.as_deref() == name
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::super::draft::Draft;
    use super::*;

    /// Drafts that differ in one thing each from the first.
    fn drafts() -> Vec<Draft> {
        let changes: [fn(&mut Draft); 9] = [
            |_| {},
            |draft| draft.head.level = Level::WARN,
            |draft| draft.head.target = Text::Static("other target"),
            |draft| draft.head.target = draft.append("own target"),
            |draft| draft.head.file = None,
            |draft| draft.head.file = Some(draft.append("own.rs")),
            |draft| draft.head.line = Some(7 + PLACES as u32),
            |draft| draft.head.thread_id = 2,
            |draft| draft.head.thread = Some(draft.append("worker")),
        ];
        let draft = |change: fn(&mut Draft)| {
            let mut draft = Draft::new();
            draft.begin(Level::INFO, 1);
            draft.head.target = Text::Static("target");
            draft.head.file = Some(Text::Static("file.rs"));
            draft.head.line = Some(7);
            draft.head.thread_id = 1;
            change(&mut draft);
            draft
        };
        changes.into_iter().map(draft).collect()
    }

    fn place(record: View<'_>) -> String {
        let head = record.head;
        let file = head.file.map(|file| record.text(file));
        format!(
            "{} {} {file:?} {:?}",
            head.level,
            record.text(head.target),
            head.line
        )
    }

    fn thread(out: &mut Vec<u8>, record: View<'_>) {
        let name = record.head.thread.map(|name| record.text(name));
        out.extend_from_slice(format!("{} {name:?}", record.head.thread_id).as_bytes());
    }

    #[test]
    fn what_is_remembered_is_what_the_record_says_whatever_came_before() {
        let mut usual = Usual::default();
        let drafts = drafts();
        for before in &drafts {
            for after in &drafts {
                for record in [before.view(), after.view(), after.view()] {
                    let known = usual.of_place(record, || place(record)).cloned();
                    assert!(known.is_none_or(|known| known == place(record)));
                    let mut known = Vec::new();
                    usual.write_thread(&mut known, record, thread);
                    assert_eq!(known, written(thread, record));
                }
            }
        }
    }

    #[test]
    fn a_place_is_encoded_once() {
        let mut usual = Usual::default();
        let drafts = drafts();
        let mut count = 0;
        for record in [drafts[0].view(), drafts[7].view(), drafts[0].view()] {
            usual.of_place(record, || count += 1).unwrap();
        }
        assert_eq!(count, 1);
        assert!(usual.of_place(drafts[3].view(), || ()).is_none());
    }

    #[test]
    fn a_thread_is_encoded_once_also_when_threads_take_turns() {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = |out: &mut Vec<u8>, record: View<'_>| {
            COUNT.fetch_add(1, Relaxed);
            thread(out, record);
        };
        let mut usual = Usual::<()>::default();
        let drafts = drafts();
        // Those two are of different threads.
        for record in [drafts[0].view(), drafts[7].view()].repeat(3) {
            usual.write_thread(&mut Vec::new(), record, count);
        }
        assert_eq!(COUNT.load(Relaxed), 2);
    }
}
