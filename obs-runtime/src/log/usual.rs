//! What the records of a place in the program have in common, and those of a thread: encoded once, and copied
//! from then on.

#[cfg(any(feature = "otlp", feature = "elastic"))]
use std::cell::Cell;
#[cfg(any(feature = "otlp", feature = "elastic"))]
use std::thread::LocalKey;

use tracing::Level;

use super::draft::{Head, Text, View};

/// Places that a thread remembers.
const PLACES: usize = 64;

/// What a thread remembers in one encoding: `P` of places, `T` of itself.
#[derive(Debug)]
pub(crate) struct Usual<P, T> {
    /// By where they are in the source: of those that share a slot the last is remembered.
    places: [Option<(Place, P)>; PLACES],
    thread: Option<(Thread, T)>,
}

/// The memory of a thread, taken out while it is used.
#[cfg(any(feature = "otlp", feature = "elastic"))]
pub(crate) type Memory<P, T> = Cell<Option<Box<Usual<P, T>>>>;

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

/// Lends the thread's memory; after the thread's locals are gone, fresh one.
#[cfg(any(feature = "otlp", feature = "elastic"))]
pub(crate) fn with<P: 'static, T: 'static>(
    memory: &'static LocalKey<Memory<P, T>>,
    run: impl FnOnce(&mut Usual<P, T>),
) {
    let kept = memory.try_with(Cell::take).unwrap_or_default();
    let mut usual = kept.unwrap_or_default();
    run(&mut usual);
    let _ = memory.try_with(|memory| memory.set(Some(usual)));
}

impl<P, T> Usual<P, T> {
    /// What the place of a record says; `None` if that is not told by constants.
    pub(crate) fn of_place(&mut self, record: View<'_>, encode: impl FnOnce() -> P) -> Option<&P> {
        let place = Place::of(record.head)?;
        let slot = self.places.get_mut(place.slot())?;
        if !slot.as_ref().is_some_and(|(known, _)| known.is(&place)) {
            *slot = Some((place, encode()));
        }
        slot.as_ref().map(|(_, encoded)| encoded)
    }

    /// What the thread of a record says.
    pub(crate) fn of_thread(&mut self, record: View<'_>, encode: impl FnOnce() -> T) -> &T {
        let is_known = self
            .thread
            .as_ref()
            .is_some_and(|(known, _)| known.is(record));
        if !is_known {
            self.thread = None;
        }
        let (_, encoded) = self
            .thread
            .get_or_insert_with(|| (Thread::of(record), encode()));
        encoded
    }
}

impl<P, T> Default for Usual<P, T> {
    fn default() -> Self {
        Self {
            places: [const { None }; PLACES],
            thread: None,
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

    fn is(&self, record: View<'_>) -> bool {
        let name = record.head.thread.map(|name| record.text(name));
        self.id == record.head.thread_id && self.name.as_deref() == name
    }
}

#[cfg(test)]
mod tests {
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

    fn thread(record: View<'_>) -> String {
        let name = record.head.thread.map(|name| record.text(name));
        format!("{} {name:?}", record.head.thread_id)
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
                    let known = usual.of_thread(record, || thread(record)).clone();
                    assert_eq!(known, thread(record));
                }
            }
        }
    }

    #[test]
    fn a_place_is_encoded_once() {
        let mut usual = Usual::<_, ()>::default();
        let drafts = drafts();
        let mut count = 0;
        for record in [drafts[0].view(), drafts[7].view(), drafts[0].view()] {
            usual.of_place(record, || count += 1).unwrap();
        }
        assert_eq!(count, 1);
        assert!(usual.of_place(drafts[3].view(), || ()).is_none());
    }
}
