//! The cells and segments under real threads.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use obs_schema::def::CallOutcome;

use super::block::Block;
use super::{
    body, cells, clock,
    local::{self, Call},
    pool, segment,
};

#[test]
fn totals_are_exact_while_threads_come_and_go() {
    let cell = cells::allocate(1).unwrap();
    let float = cells::allocate(1).unwrap();
    for _ in 0..8 {
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        cells::add(cell, 3);
                        cells::add_f64(float, 0.5);
                    }
                });
            }
        });
    }
    assert_eq!(cells::read(cell), 8 * 16 * 1000 * 3);
    assert!((cells::read_f64(float) - 64_000.0).abs() < 1e-6);
}

#[test]
fn cells_of_different_offsets_do_not_touch() {
    let offsets: Vec<u32> = (0..3000).map(|_| cells::allocate(9).unwrap()).collect();
    for (n, &offset) in offsets.iter().enumerate() {
        cells::add(offset, n as u64);
        cells::add(offset + 8, 1);
    }
    for (n, &offset) in offsets.iter().enumerate() {
        assert_eq!(
            (cells::read(offset), cells::read(offset + 8)),
            (n as u64, 1)
        );
    }
}

#[test]
fn a_row_longer_than_a_part_is_refused() {
    assert_eq!(cells::allocate(cells::PART_CELLS + 1), None);
    assert!(cells::allocate(cells::PART_CELLS).is_some());
}

#[test]
fn a_duration_lands_in_the_bucket_whose_bound_it_reaches() {
    let bounds = [10, 20, 40];
    let block = Block::allocate(bounds.len()).unwrap();
    for ticks in [0, 10, 11, 20, 21, 40, 41, u64::MAX / 2, 15, 5, 15] {
        block.begin();
        block.end(CallOutcome::Ok, ticks, &bounds);
    }
    block.begin();
    block.end(CallOutcome::Error, 20, &bounds);
    let totals = block.read();
    assert_eq!(totals.of(CallOutcome::Ok), [3, 4, 2, 2]);
    assert_eq!(totals.of(CallOutcome::Error), [0, 1, 0, 0]);
    assert_eq!((totals.begun, totals.ended, totals.torn), (12, 12, 0));
    let extremes = block.take_extremes().unwrap();
    assert_eq!((extremes.least, extremes.greatest), (0, u64::MAX / 2));
    assert_eq!(block.take_extremes(), None);
    block.end(CallOutcome::Ok, 15, &bounds);
    let extremes = block.take_extremes().unwrap();
    assert_eq!((extremes.least, extremes.greatest), (15, 15));
}

/// Ends a call as a call does: by the guess, and by a search where that is wrong.
fn end(block: Block, ticks: u64, bounds: &[u64]) {
    let cells = block.cells(local::get());
    if !cells.is_some_and(|cells| block.end_if_guessed(cells, CallOutcome::Ok, ticks)) {
        block.end(CallOutcome::Ok, ticks, bounds);
    }
}

proptest::proptest! {
    /// The speculated bucket against the definition of a histogram.
    #[test]
    fn buckets_agree_with_a_plain_search(
        mut bounds in proptest::collection::btree_set(1u64..1000, 1..20),
        durations in proptest::collection::vec(0u64..1200, 1..200),
    ) {
        let bounds: Vec<u64> = std::mem::take(&mut bounds).into_iter().collect();
        let block = Block::allocate(bounds.len()).unwrap();
        let mut expected = vec![0u64; bounds.len() + 1];
        for &ticks in &durations {
            end(block, ticks, &bounds);
            expected[bounds.iter().filter(|&&bound| bound < ticks).count()] += 1;
        }
        let totals = block.read();
        proptest::prop_assert_eq!(totals.of(CallOutcome::Ok), &expected[..]);
        proptest::prop_assert_eq!(totals.sum(CallOutcome::Ok), durations.iter().sum::<u64>());
        proptest::prop_assert_eq!(totals.sum(CallOutcome::Error), 0);
        let extremes = block.take_extremes().unwrap();
        proptest::prop_assert_eq!(Some(&extremes.least), durations.iter().min());
        proptest::prop_assert_eq!(Some(&extremes.greatest), durations.iter().max());
    }
}

#[cfg(feature = "export")]
proptest::proptest! {
    /// Windows end at any time, which takes nothing from the extremes of all.
    #[test]
    fn the_extremes_since_the_start_are_those_of_all_windows(
        calls in proptest::collection::vec((0u64..1200, proptest::bool::ANY), 1..60),
    ) {
        let bounds = [100, 500];
        let block = Block::allocate(bounds.len()).unwrap();
        proptest::prop_assert_eq!(block.all_extremes(), None);
        for (at, &(ticks, ends_window)) in calls.iter().enumerate() {
            end(block, ticks, &bounds);
            if ends_window {
                block.take_extremes();
            }
            let so_far = || calls[..=at].iter().map(|call| call.0);
            let extremes = block.all_extremes().unwrap();
            proptest::prop_assert_eq!(Some(extremes.least), so_far().min());
            proptest::prop_assert_eq!(Some(extremes.greatest), so_far().max());
        }
    }
}

#[cfg(feature = "export")]
#[test]
fn the_extremes_since_the_start_are_those_of_threads_that_are_gone_as_well() {
    let block = Block::allocate(1).unwrap();
    for ticks in [30, 7, 90] {
        std::thread::spawn(move || end(block, ticks, &[50]))
            .join()
            .unwrap();
        block.take_extremes();
    }
    let extremes = block.all_extremes().unwrap();
    assert_eq!((extremes.least, extremes.greatest), (7, 90));
}

#[test]
fn a_reader_never_sees_a_count_that_differs_from_the_sum_of_its_buckets() {
    let bounds = [8, 64];
    let block = Block::allocate(bounds.len()).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut ticks = 0;
            while !stop.load(Relaxed) {
                ticks = (ticks + 7) % 100;
                end(block, ticks, &bounds);
            }
        });
        let consistent = (0..20_000).all(|_| {
            let totals = block.read();
            let counted: u64 = totals.of(CallOutcome::Ok).iter().sum();
            totals.torn > 0 || totals.ended == counted
        });
        stop.store(true, Relaxed);
        assert!(consistent);
    });
}

#[test]
fn a_frozen_clock_moves_only_when_it_is_told_to() {
    clock::freeze();
    let start = clock::ticks();
    assert_eq!(clock::ticks(), start);
    clock::advance(Duration::from_millis(250));
    let passed = clock::ticks() - start;
    assert_eq!(clock::to_nanos(passed), 250_000_000);
    assert!(passed <= clock::from_seconds(0.25));
    clock::resume();
    let real = clock::ticks();
    std::thread::sleep(Duration::from_millis(1));
    assert!(clock::ticks() > real);
}

#[test]
fn ticks_follow_the_monotonic_clock() {
    let (ticks, instant) = (clock::ticks(), std::time::Instant::now());
    std::thread::sleep(Duration::from_millis(50));
    let measured = clock::to_seconds(clock::ticks() - ticks);
    let real = instant.elapsed().as_secs_f64();
    assert!(
        (measured / real - 1.0).abs() < 0.01,
        "{measured} against {real}"
    );
}

#[test]
fn ticks_convert_to_the_wall_clock() {
    let unix = clock::to_unix_nanos(clock::ticks());
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    assert!(now.as_nanos().abs_diff(u128::from(unix)) < 1_000_000_000);
}

#[test]
fn span_ids_differ_between_threads() {
    let ids: Vec<Vec<u64>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..1000).map(|_| local::next_span_id()).collect()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let mut all: Vec<u64> = ids.into_iter().flatten().collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 4000);
    assert!(all[0] != 0);
}

#[test]
fn a_place_in_an_ended_trace_is_not_open() {
    let mut owned = pool::take().unwrap();
    owned.body().trace_id = 7;
    owned.open(None, "root");
    let place = owned.as_current(1, Call::NONE);
    let stay = segment::activate(place);
    assert_eq!(segment::with_current(|body, _| body.trace_id), Some(7));
    drop(stay);
    assert!(segment::with_current(|body, _| body.trace_id).is_none());
    owned.close();
    pool::recycle(owned);
    assert!(!place.is_open());
    let _stay = segment::activate(place);
    assert!(segment::with_current(|body, _| body.trace_id).is_none());
}

#[test]
fn a_thread_that_only_traces_leaves_its_segment_to_others() {
    let place = || {
        let owned = pool::take().unwrap();
        let place = format!("{:p}", owned.as_current(1, Call::NONE).segment.unwrap());
        pool::recycle(owned);
        place
    };
    let places = (0..200).map(|_| std::thread::spawn(place).join().unwrap());
    let different: std::collections::BTreeSet<String> = places.collect();
    // Tests beside this one take some meanwhile.
    assert!(different.len() < 100, "{} of 200", different.len());
}

#[test]
fn text_is_cut_at_a_character() {
    assert_eq!(body::cut("aé", 2), "a");
    assert_eq!(body::cut("aé", 3), "aé");
    assert_eq!(body::cut("é", 0), "");
}
