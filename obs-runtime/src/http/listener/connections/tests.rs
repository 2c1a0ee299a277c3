//! Who is served, who waits, and who has to go.

use std::thread::sleep;

use futures::FutureExt;

use super::*;

fn peer(last: u8) -> Peer {
    Peer::Machine(([10, 0, 0, last], 1).into())
}

fn add(all: &Arc<Connections>, last: u8) -> Arc<Held> {
    Arc::new(all.add(peer(last)))
}

/// `None` while it waits.
fn is_served(held: &Held) -> Option<bool> {
    held.is_served().now_or_never()
}

fn leaves(held: &Held) -> bool {
    held.must_leave().now_or_never().is_some()
}

#[test]
fn an_address_with_its_share_gives_up_what_was_silent_for_longest() {
    let all = Connections::new(10, 2);
    let (first, second, other) = (add(&all, 1), add(&all, 1), add(&all, 2));
    let third = add(&all, 1);
    assert_eq!(is_served(&third), None, "the others have just come");
    sleep(SILENCE);
    all.tick();
    assert_eq!(is_served(&third), Some(true));
    assert!(leaves(&first));
    assert!(!leaves(&second) && !leaves(&other) && !leaves(&third));
    drop((first, second, other, third));
    assert!(all.are_gone().now_or_never().is_some());
}

#[test]
fn who_is_answered_keeps_the_place_and_the_next_waits() {
    let all = Connections::new(10, 1);
    let first = add(&all, 1);
    let working = first.work();
    let next = add(&all, 1);
    sleep(SILENCE);
    all.tick();
    assert_eq!(is_served(&next), None);
    drop((working, first));
    assert_eq!(is_served(&next), Some(true));
}

#[test]
fn who_does_not_read_is_silent() {
    let all = Connections::new(10, 1);
    let first = add(&all, 1);
    let _working = first.work();
    first.note_reading(false);
    let next = add(&all, 1);
    sleep(STALL);
    all.tick();
    assert!(leaves(&first));
    assert_eq!(is_served(&next), Some(true));
}

#[test]
fn a_crowd_makes_room_for_others_at_once() {
    let all = Connections::new(4, 4);
    let lone = add(&all, 2);
    let crowd: Vec<_> = (0..3).map(|_| add(&all, 1)).collect();
    let new = add(&all, 3);
    assert_eq!(is_served(&new), Some(true));
    assert!(leaves(&crowd[0]));
    assert!(!leaves(&lone) && !leaves(&new) && !leaves(&crowd[1]));
}

#[test]
fn there_are_never_more_than_allowed() {
    let all = Connections::new(8, 3);
    let held: Vec<_> = (0..5000u16).map(|n| add(&all, (n % 7) as u8)).collect();
    let table = lock(&all.table);
    assert_eq!(table.served.len(), 8);
    assert!(table.waiting.len() <= MAX_WAITING);
    drop(table);
    let served = held.iter().filter(|held| is_served(held) == Some(true));
    assert_eq!(served.count(), 8);
}
