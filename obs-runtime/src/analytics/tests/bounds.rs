//! What there is no room for.

use std::time::Duration;

use obs_schema::monitoring::Analytics;

use super::super::day;
use super::super::settings::Settings;
use super::super::store::{Lost, Store};
use super::super::{Entry, MAX_NAMES, RETENTION, SLOT, Summary};

const START: Duration = Duration::from_secs(1_000_000_000);
const BUDGET: usize = 1 << 20;

fn summary(store: &mut Store, now: Duration) -> Summary {
    let excerpt = store.excerpt(now, RETENTION);
    Summary::new(&excerpt, &Settings::new(&Analytics::DEFAULT))
}

#[test]
fn names_beyond_the_bound_are_counted_together() {
    let mut store = Store::new(START);
    let mut lost = 0;
    for n in 0..MAX_NAMES + 70 {
        let name = format!("feature {n}");
        let entry = Entry {
            feature: Some(&name),
            ..Entry::of("used")
        };
        lost += store.record(START, &entry, BUDGET).overflowed;
    }
    assert_eq!(lost, 70);
    let seen = summary(&mut store, START);
    assert_eq!(seen.by_feature.len(), MAX_NAMES + 1);
    assert_eq!(seen.by_feature[0].name, "__overflow__");
    assert_eq!(seen.by_feature[0].count, 70);
    assert_eq!(seen.events, MAX_NAMES as u64 + 70);
}

#[test]
fn long_names_are_cut_at_a_character() {
    let mut store = Store::new(START);
    let name = "é".repeat(1_000);
    let entry = Entry {
        error: Some(&name),
        ..Entry::of("failed")
    };
    store.record(START, &entry, BUDGET);
    let seen = summary(&mut store, START);
    assert_eq!(seen.by_error[0].name, "é".repeat(64));
}

/// A slot in which as much is different as there is room for.
fn fill(store: &mut Store, now: Duration) -> Lost {
    let mut lost = Lost::default();
    for n in 0..MAX_NAMES {
        let name = format!("{n:0>128}");
        let entry = Entry {
            event: &name,
            user: Some(&name),
            feature: Some(&name),
            error: Some(&name),
            model: Some(&name),
            tokens_in: 1,
            tokens_out: 1,
        };
        let more = store.record(now, &entry, BUDGET);
        lost.overflowed += more.overflowed;
        lost.evicted += more.evicted;
    }
    lost
}

#[test]
fn the_oldest_go_when_the_memory_is_used_up() {
    let mut store = Store::new(START);
    let mut evicted = 0;
    let mut now = START;
    for _ in 0..50 {
        now += SLOT;
        let lost = fill(&mut store, now);
        assert_eq!(lost.overflowed, 0);
        evicted += lost.evicted;
        assert!(store.bytes() <= BUDGET, "{}", store.bytes());
        // A reader makes the store copy its last slot, which must not be counted twice.
        let seen = summary(&mut store, now);
        assert_eq!(
            seen.events + evicted,
            (now - START).as_secs() / SLOT.as_secs() * MAX_NAMES as u64
        );
    }
    let seen = summary(&mut store, now);
    assert!(evicted > 0);
    // What is left is whole, and it is said how far back it reaches.
    let slots = seen.events / MAX_NAMES as u64;
    assert!(slots >= 2, "{slots}");
    assert!(seen.covered <= SLOT * slots as u32, "{:?}", seen.covered);
    assert!(
        seen.covered > SLOT * (slots as u32 - 1),
        "{:?}",
        seen.covered
    );
}

#[test]
fn what_is_older_than_a_day_is_forgotten() {
    let mut store = Store::new(START);
    store.record(START, &Entry::of("first"), BUDGET);
    let empty = store.bytes();
    let later = START + RETENTION + SLOT;
    assert_eq!(
        store.record(later, &Entry::of("later"), BUDGET),
        Lost::default()
    );
    let seen = summary(&mut store, later);
    assert_eq!((seen.events, seen.by_event[0].name.as_str()), (1, "later"));
    assert_eq!(store.bytes(), empty);
    assert_eq!(summary(&mut store, later + RETENTION * 2).events, 0);
    assert_eq!(store.bytes(), 0);
}

#[test]
fn a_young_process_says_how_little_it_knows() {
    let mut store = Store::new(START);
    store.record(START, &Entry::of("first"), BUDGET);
    let now = START + Duration::from_secs(70);
    assert_eq!(summary(&mut store, now).covered, Duration::from_secs(70));
}

#[test]
fn no_number_of_tokens_is_too_large() {
    let mut store = Store::new(START);
    for _ in 0..2 {
        let entry = Entry {
            model: Some("m"),
            tokens_in: u64::MAX,
            ..Entry::of("asked")
        };
        store.record(START, &entry, BUDGET);
    }
    let seen = summary(&mut store, START);
    assert_eq!(
        (seen.by_model[0].requests, seen.by_model[0].tokens_in),
        (2, u64::MAX)
    );
}

#[test]
fn the_users_of_the_day_are_those_of_the_summary_at_any_time() {
    let mut store = Store::new(START);
    let mut now = START;
    for slot in 0..400_u32 {
        now += SLOT;
        // Now and then more than are counted one by one.
        let users = if slot % 90 == 7 { 600 } else { 3 };
        for n in 0..users {
            let user = format!("{}", (slot / 2) * 50 + n);
            let entry = Entry {
                user: Some(&user),
                ..Entry::of("came")
            };
            store.record(now, &entry, BUDGET * 8);
            if n % 200 == 0 {
                let excerpt = store.excerpt(now, RETENTION);
                let (day, seen) = (day::users(&excerpt), summary(&mut store, now).users);
                assert_eq!(day.is_exact, seen.is_exact);
                assert_eq!(day.count, seen.count, "in slot {slot}");
            }
        }
    }
}
