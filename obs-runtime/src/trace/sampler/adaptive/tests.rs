use proptest::prelude::*;

use super::super::Sampler;
use crate::trace::{TraceFlags, TraceId};

const SECOND: u64 = 1_000_000_000;
/// Seconds until a new load is known.
const LEARN: u64 = 2;

/// Ids as they are made, the same in each run.
struct Ids(u64);

impl Ids {
    fn next(&mut self) -> TraceId {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        TraceId::new(u128::from(z ^ (z >> 31)) | 1 << 100).unwrap()
    }
}

/// How many of so many traces a second are kept, from a time on for so many seconds.
fn kept(sampler: &Sampler, ids: &mut Ids, name: &str, rate: u64, from: u64, seconds: u64) -> u64 {
    let times = (0..rate * seconds).map(|n| from + n * SECOND / rate);
    let decisions = times.map(|now| sampler.decide_for(name, ids.next(), None, now));
    decisions.filter(|decision| decision.is_sampled()).count() as u64
}

fn is_near(number: f64, expected: f64) -> bool {
    (number - expected).abs() <= 0.1 * expected
}

#[test]
fn each_load_comes_to_the_target() {
    for target in [10, 100] {
        for rate in [1, 5, 10, 11, 50, 300, 2_000, 20_000, 100_000] {
            let sampler = Sampler::always_on().target_per_second(target);
            let ids = &mut Ids(rate);
            let seconds = if rate > 10_000 { 100 } else { 200 };
            kept(&sampler, ids, "order", rate, 0, LEARN);
            let count = kept(&sampler, ids, "order", rate, LEARN * SECOND, seconds);
            let per_second = count as f64 / seconds as f64;
            let expected = rate.min(target.into()) as f64;
            assert!(
                is_near(per_second, expected),
                "{rate}: {per_second} of {target}"
            );
        }
    }
}

#[test]
fn operations_do_not_take_from_each_other() {
    let sampler = Sampler::always_on().target_per_second(10);
    let ids = &mut Ids(1);
    let rates = [("health", 5_000), ("order", 200), ("refund", 3)];
    let mut counts = [0; 3];
    for second in 0..200 {
        for (count, (name, rate)) in counts.iter_mut().zip(rates) {
            let new = kept(&sampler, ids, name, rate, second * SECOND, 1);
            *count += if second < LEARN { 0 } else { new };
        }
    }
    let per_second = counts.map(|count| count as f64 / (200 - LEARN) as f64);
    for (found, expected) in per_second.into_iter().zip([10.0, 10.0, 3.0]) {
        assert!(is_near(found, expected), "{per_second:?}");
    }
}

#[test]
fn more_operations_than_there_are_places_are_still_bounded() {
    let sampler = Sampler::always_on().target_per_second(1);
    let ids = &mut Ids(1);
    let names: Vec<String> = (0..5_000).map(|n| format!("user {n}")).collect();
    let count: u64 = names
        .iter()
        .map(|name| kept(&sampler, ids, name, 10, 0, 1))
        .sum();
    assert!((1_000..=2 * 1_025).contains(&count), "{count}");
}

#[test]
fn a_jump_of_the_load_is_bounded_at_once() {
    let sampler = Sampler::always_on().target_per_second(10);
    let ids = &mut Ids(1);
    kept(&sampler, ids, "order", 10, 0, 20);
    for second in 20..25 {
        let count = kept(&sampler, ids, "order", 100_000, second * SECOND, 1);
        assert!(count <= 21, "{count} in second {second}");
    }
    // And back: the second after the quiet one keeps all there is.
    kept(&sampler, ids, "order", 5, 25 * SECOND, 2);
    assert_eq!(kept(&sampler, ids, "order", 5, 27 * SECOND, 10), 50);
}

#[test]
fn steps_of_the_clock_do_no_harm_for_longer_than_a_second() {
    const HOUR: u64 = 3_600 * SECOND;
    let sampler = Sampler::always_on().target_per_second(10);
    let ids = &mut Ids(1);
    kept(&sampler, ids, "order", 1_000, 2 * HOUR, 5);
    for from in [HOUR, 3 * HOUR, 0] {
        let first = kept(&sampler, ids, "order", 1_000, from, 1);
        assert!(first <= 40, "{first}");
        kept(&sampler, ids, "order", 1_000, from + SECOND, LEARN);
        let count = kept(&sampler, ids, "order", 1_000, from + 3 * SECOND, 100);
        assert!(is_near(count as f64 / 100.0, 10.0), "{count}");
    }
}

#[test]
fn the_ratio_is_the_most_and_a_parent_decides_for_itself() {
    let sampler = Sampler::ratio(0.01).target_per_second(10);
    let ids = &mut Ids(1);
    let count = kept(&sampler, ids, "order", 100, 0, 200);
    assert!((100..=300).contains(&count), "{count}");
    let none = Sampler::always_on().target_per_second(1);
    for _ in 0..100 {
        let id = ids.next();
        let followed = none.decide_for("order", id, Some(TraceFlags::SAMPLED), 0);
        assert!(followed.is_sampled());
        let followed = none.decide_for("order", id, Some(TraceFlags::NONE), 0);
        assert!(!followed.is_sampled());
    }
    // Those did not count.
    assert!(none.decide_for("order", ids.next(), None, 0).is_sampled());
}

proptest! {
    #[test]
    fn of_two_traces_the_one_that_a_ratio_would_keep_is_kept(
        rate in 20_u64..5_000, ids in proptest::collection::vec(any::<u64>(), 2..30),
    ) {
        let sampler = Sampler::always_on().target_per_second(1_000_000);
        let few = Sampler::always_on().target_per_second(10);
        kept(&few, &mut Ids(3), "order", rate, 0, 3);
        let decide = |sampler: &Sampler, id: u64| {
            let id = TraceId::new(u128::from(id) | 1 << 100).unwrap();
            (id.randomness(), sampler.decide_for("order", id, None, 3 * SECOND).is_sampled())
        };
        // Up to the bound of the second, there is one threshold for all of them.
        let decided: Vec<_> = ids.iter().take(20).map(|id| decide(&few, *id)).collect();
        let dropped = decided.iter().filter(|(_, kept)| !kept).map(|(position, _)| *position).max();
        let taken = decided.iter().filter(|(_, kept)| *kept).map(|(position, _)| *position).min();
        prop_assert!(dropped.is_none() || taken.is_none() || dropped < taken);
        prop_assert!(ids.iter().all(|id| decide(&sampler, *id).1));
    }
}
