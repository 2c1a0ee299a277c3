use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use proptest::prelude::*;

use super::*;

fn trace(number: u128) -> TraceId {
    TraceId::new(number).unwrap()
}

#[test]
fn the_ends_of_the_ratio_keep_all_and_none() {
    for randomness in [1, 0x80_0000_0000_0000, 0xff_ffff_ffff_ffff] {
        assert!(
            Sampler::ratio(1.0)
                .decide(trace(randomness), None, 0)
                .is_sampled()
        );
        assert!(
            !Sampler::ratio(0.0)
                .decide(trace(randomness), None, 0)
                .is_sampled()
        );
    }
}

#[test]
fn a_ratio_that_is_no_ratio_counts_as_the_nearer_end() {
    let id = trace(0x80_0000_0000_0000);
    assert!(Sampler::ratio(7.0).decide(id, None, 0).is_sampled());
    assert!(!Sampler::ratio(-1.0).decide(id, None, 0).is_sampled());
    assert!(!Sampler::ratio(f64::NAN).decide(id, None, 0).is_sampled());
}

#[test]
fn the_parent_decides_unless_it_is_not_trusted() {
    let (on, off) = (Some(TraceFlags::SAMPLED), Some(TraceFlags::NONE));
    assert!(Sampler::always_off().decide(trace(1), on, 0).is_sampled());
    assert!(!Sampler::always_on().decide(trace(1), off, 0).is_sampled());
    assert!(
        !Sampler::always_off()
            .parent_based(false)
            .decide(trace(1), on, 0)
            .is_sampled()
    );
    assert!(
        Sampler::always_on()
            .parent_based(false)
            .decide(trace(1), off, 0)
            .is_sampled()
    );
}

#[test]
fn the_limit_holds_against_a_parent_too() {
    let sampler = Sampler::always_off().max_per_second(2);
    let decide = |now_ns| sampler.decide(trace(1), Some(TraceFlags::SAMPLED), now_ns);
    assert_eq!(
        [decide(0), decide(0), decide(0)],
        [
            HeadDecision::Sampled,
            HeadDecision::Sampled,
            HeadDecision::RateLimited
        ]
    );
    assert_eq!(decide(499_999_999), HeadDecision::RateLimited);
    assert_eq!(decide(500_000_000), HeadDecision::Sampled);
}

#[test]
fn a_trace_that_nobody_wants_does_not_use_up_the_limit() {
    let sampler = Sampler::always_off().max_per_second(1);
    assert_eq!(sampler.decide(trace(1), None, 0), HeadDecision::NotSampled);
    assert_eq!(
        sampler.decide(trace(1), Some(TraceFlags::SAMPLED), 0),
        HeadDecision::Sampled
    );
}

#[test]
fn a_limit_of_zero_admits_nothing() {
    let sampler = Sampler::always_on().max_per_second(0);
    for now_ns in [0, 1, u64::MAX / 2] {
        assert_eq!(
            sampler.decide(trace(1), None, now_ns),
            HeadDecision::RateLimited
        );
    }
}

#[test]
fn an_operation_with_a_ratio_of_its_own_is_not_asked_for_anything_else() {
    let sampler = Sampler::ratio(0.0)
        .operations([("pay", 1.0), ("half", 0.0), ("half", 0.5), ("never", 0.0)])
        .target_per_second(1);
    let (high, low) = (trace(0x80_0000_0000_0000), trace(0x7f_ffff_ffff_ffff));
    let is_sampled = |name, id| sampler.decide_for(name, id, None, 0).is_sampled();
    assert!((0..100).all(|_| is_sampled("pay", low)));
    assert!((0..100).all(|_| is_sampled("half", high) && !is_sampled("half", low)));
    assert!(!is_sampled("never", high) && !is_sampled("other", high));
}

#[test]
fn the_parent_and_the_limit_come_before_the_ratio_of_an_operation() {
    let sampler = Sampler::always_on()
        .operations([("never", 0.0), ("pay", 1.0)])
        .max_per_second(1);
    let (on, off) = (Some(TraceFlags::SAMPLED), Some(TraceFlags::NONE));
    let decide = |name, parent, now_ns| sampler.decide_for(name, trace(1), parent, now_ns);
    assert_eq!(decide("never", None, 0), HeadDecision::NotSampled);
    assert_eq!(decide("pay", off, 0), HeadDecision::NotSampled);
    assert_eq!(decide("never", on, 0), HeadDecision::Sampled);
    assert_eq!(decide("pay", None, 0), HeadDecision::RateLimited);
    assert_eq!(decide("pay", None, 1_000_000_000), HeadDecision::Sampled);
}

#[test]
fn threads_share_one_limit() {
    let sampler = Sampler::always_on().max_per_second(100);
    let admitted = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let sampled = (0..1_000).filter(|_| sampler.decide(trace(1), None, 5).is_sampled());
                admitted.fetch_add(sampled.count() as u32, Relaxed);
            });
        }
    });
    assert_eq!(admitted.into_inner(), 100);
}

/// A bucket as the textbook has it: a level, refilled by the time that passed.
struct Bucket {
    capacity_ns: u128,
    level_ns: u128,
    share_ns: u128,
    last_ns: u64,
}

impl Bucket {
    fn admit(&mut self, now_ns: u64) -> bool {
        self.level_ns = (self.level_ns + u128::from(now_ns - self.last_ns)).min(self.capacity_ns);
        self.last_ns = now_ns;
        let admitted = self.level_ns >= self.share_ns;
        if admitted {
            self.level_ns -= self.share_ns;
        }
        admitted
    }
}

proptest! {
    #[test]
    fn a_higher_ratio_keeps_the_same_traces_and_more(
        id in 1..=u128::MAX,
        a in 0.0..=1.0_f64,
        b in 0.0..=1.0_f64,
    ) {
        let sampled = |ratio| Sampler::ratio(ratio).decide(trace(id), None, 0).is_sampled();
        prop_assert!(!sampled(a.min(b)) || sampled(a.max(b)));
    }

    #[test]
    fn a_ratio_keeps_its_share_of_evenly_spread_ids(percent in 0..=100_u32) {
        let sampler = Sampler::ratio(f64::from(percent) / 100.0);
        let ids = (0..1_000_u128).map(|n| trace(1 << 127 | (n * (1 << 56) / 1_000)));
        let kept = ids.filter(|id| sampler.decide(*id, None, 0).is_sampled()).count();
        prop_assert!(kept.abs_diff(percent as usize * 10) <= 1, "kept {kept}");
    }

    #[test]
    fn operations_are_found_as_in_a_map(
        ratios in prop::collection::vec(("[a-c]{1,2}", prop::sample::select(vec![0.0, 1.0])), 0..12),
        asked in "[a-c]{1,2}",
    ) {
        let map: std::collections::HashMap<_, _> = ratios.iter().cloned().collect();
        let sampler = Sampler::ratio(0.0).operations(ratios);
        let is_sampled = sampler.decide_for(&asked, trace(1), None, 0).is_sampled();
        prop_assert_eq!(is_sampled, map.get(&asked).is_some_and(|ratio| *ratio == 1.0));
    }

    #[test]
    fn the_limit_is_a_token_bucket(
        rate in 1..=50_u32,
        steps in prop::collection::vec(prop_oneof![0..1_000_u64, 0..2_000_000_000_u64], 1..200),
    ) {
        let limit = RateLimit::per_second(rate);
        let share_ns = u128::from(1_000_000_000 / rate);
        let mut bucket = Bucket { capacity_ns: 1_000_000_000, level_ns: 1_000_000_000, share_ns, last_ns: 0 };
        let mut now_ns = 0;
        for step in steps {
            now_ns += step;
            prop_assert_eq!(limit.admit(now_ns), bucket.admit(now_ns));
        }
    }
}
