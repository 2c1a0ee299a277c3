//! The users of the last day, which are asked for again and again: the slots that are over are added up once.

use std::sync::{Arc, Mutex, PoisonError};

use super::distinct::{Union, Users};
use super::slot::Slot;
use super::store::Excerpt;
use crate::fork::PerProcess;

static OVER: PerProcess<Mutex<Over>> = PerProcess::new();

/// The slots that are over, added up.
#[derive(Debug, Default)]
struct Over {
    which: Which,
    union: Union,
}

/// Which slots: how many, the first and the last. What is over does not change any more.
type Which = (usize, Option<u64>, Option<u64>);

/// The users of an excerpt.
pub(super) fn users(excerpt: &Excerpt) -> Users {
    let Some((current, over)) = excerpt.slots.split_last() else {
        return Union::default().users();
    };
    let mut union = added_up(over);
    union.add(&current.users);
    union.users()
}

fn added_up(slots: &[Arc<Slot>]) -> Union {
    let number = |slot: &Arc<Slot>| slot.number;
    let which = (
        slots.len(),
        slots.first().map(number),
        slots.last().map(number),
    );
    let over = OVER.get(Mutex::default);
    let mut over = over.lock().unwrap_or_else(PoisonError::into_inner);
    if over.which != which {
        let union = Union::of(slots.iter().map(|slot| &slot.users));
        *over = Over { which, union };
    }
    over.union.clone()
}
