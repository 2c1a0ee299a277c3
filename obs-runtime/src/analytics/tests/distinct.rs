//! The number of users, and how far it is off.

use super::super::distinct::{Distinct, EXACT_USERS, USERS_ERROR, Union, Users};

/// Different keys, the same in each run: the finalizer of `SplitMix64`, which is a bijection.
fn key(seed: u64, n: u64) -> u64 {
    let mut z = (seed << 40 | n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn count<'a>(slots: impl Iterator<Item = &'a Distinct>) -> Users {
    Union::of(slots).users()
}

fn users(seed: u64, range: std::ops::Range<u64>) -> Distinct {
    let mut users = Distinct::default();
    range.for_each(|n| users.add(key(seed, n)));
    users
}

#[test]
fn few_users_are_counted_exactly_however_often_they_come() {
    let mut slot = Distinct::default();
    for n in 0..10_000 {
        slot.add(key(0, n % EXACT_USERS as u64));
    }
    let counted = count([&slot].into_iter());
    assert_eq!((counted.count, counted.is_exact), (512, true));
    assert!(slot.bytes() <= 8 * EXACT_USERS);
}

#[test]
fn slots_with_few_users_are_added_up_exactly() {
    let slots: Vec<Distinct> = (0..100).map(|n| users(0, n * 100..n * 100 + 500)).collect();
    let counted = count(slots.iter());
    assert_eq!((counted.count, counted.is_exact), (10_400, true));
}

#[test]
fn many_users_take_no_more_memory() {
    let few = users(0, 0..EXACT_USERS as u64 + 1);
    assert!(matches!(few, Distinct::Sketch(_)));
    let many = users(0, 0..200_000);
    assert!(many.bytes() < 5_000, "{}", many.bytes());
}

/// The root of the mean of the squared relative errors of many runs, and the greatest of them.
fn errors(run: impl Fn(u64) -> (u64, u64)) -> (f64, f64) {
    const RUNS: u64 = 40;
    let errors: Vec<f64> = (0..RUNS)
        .map(|seed| {
            let (counted, actual) = run(seed);
            counted as f64 / actual as f64 - 1.0
        })
        .collect();
    let squares: f64 = errors.iter().map(|error| error * error).sum();
    let greatest = errors
        .iter()
        .fold(0.0, |max: f64, error| max.max(error.abs()));
    ((squares / RUNS as f64).sqrt(), greatest)
}

#[test]
fn a_slot_with_many_users_is_as_exact_as_is_said() {
    for actual in [513, 2_000, 30_000] {
        let (error, greatest) =
            errors(|seed| (count([&users(seed, 0..actual)].into_iter()).count, actual));
        assert!(error <= 1.25 * USERS_ERROR, "{actual}: {error}");
        assert!(greatest <= 4.0 * USERS_ERROR, "{actual}: {greatest}");
    }
}

#[test]
fn slots_that_share_users_are_as_exact_as_is_said() {
    // Each slot has half of its users in common with the one before; the last has few.
    let (error, greatest) = errors(|seed| {
        let mut slots: Vec<Distinct> = (0..10)
            .map(|n| users(seed, n * 2_000..n * 2_000 + 4_000))
            .collect();
        slots.push(users(seed, 21_900..22_100));
        let counted = count(slots.iter());
        assert!(!counted.is_exact);
        (counted.count, 22_100)
    });
    assert!(error <= 1.25 * USERS_ERROR, "{error}");
    assert!(greatest <= 4.0 * USERS_ERROR, "{greatest}");
}
