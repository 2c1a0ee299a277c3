//! Clocks of their own that fall back, and one whole process that does.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

use obs_schema::def::{
    BlockDef, CallOutcome, OperationDef, OperationFamily, Source as Place, SpanKind,
};
use proptest::prelude::*;

use super::drift::{Fault, Reason};
use super::global::wall_nanos;
use super::rate::NANOS;
use super::*;
use crate::callsite::Callsite;
use crate::outcome::Verdict;
use crate::series::SeriesKey;
use crate::{op, testing};

/// A clock of this machine that no other test uses.
fn clock() -> &'static Clock {
    Box::leak(Box::new(Clock::new()))
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn ticks_go_on_at_the_same_rate_when_the_counter_is_given_up() {
    let clock = clock();
    let rate = clock.rate();
    let outer = Instant::now();
    let before = clock.ticks();
    let inner = Instant::now();
    assert!(clock.fall_back(Reason::Drift, 0));
    let after = clock.ticks();
    assert!(after >= before, "{before}, then {after}");
    assert_eq!(clock.rate(), rate);
    assert_eq!(clock.counted(), None);

    std::thread::sleep(millis(20));
    let inner = inner.elapsed().as_secs_f64();
    let passed = Duration::from_nanos(rate.to_nanos(clock.ticks() - before)).as_secs_f64();
    let outer = outer.elapsed().as_secs_f64();
    assert!(
        (inner * 0.999..=outer * 1.001).contains(&passed),
        "{passed} between {inner} and {outer}"
    );
}

#[test]
fn it_is_given_up_once() {
    let clock = clock();
    assert!(clock.fall_back(Reason::ClockSource, 0));
    let ticks = clock.ticks();
    assert!(!clock.fall_back(Reason::Drift, u64::MAX / 2));
    assert!(clock.rate().to_nanos(clock.ticks() - ticks) < NANOS);
    assert_eq!(clock.status().fallback, Some("clock_source"));
    assert_eq!(clock.status().source, "monotonic");
}

#[test]
fn readers_never_see_time_go_back_while_it_is_given_up() {
    let clock = clock();
    let rate = clock.rate();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let (mut last, mut back) = (clock.ticks(), 0);
                    while !stop.load(Relaxed) {
                        let now = clock.ticks();
                        back = back.max(last.saturating_sub(now));
                        last = now;
                    }
                    back
                })
            })
            .collect();
        std::thread::sleep(millis(2));
        clock.fall_back(Reason::Drift, 0);
        std::thread::sleep(millis(2));
        stop.store(true, Relaxed);
        for reader in readers {
            // Not by more than the two clocks take to be read one after the other.
            let back = rate.to_nanos(reader.join().unwrap());
            assert!(back < 50_000, "{back} ns");
        }
    });
}

#[test]
fn the_wall_clock_stays_right() {
    let clock = clock();
    let hour = clock.rate().ticks_in(millis(3_600_000));
    clock.fall_back(Reason::Backwards, clock.ticks() + hour);
    clock.refresh_anchor();
    let unix = i64::try_from(clock.to_unix_nanos(clock.ticks())).unwrap();
    assert!(unix.abs_diff(wall_nanos()) < NANOS);
}

#[test]
fn virtual_time_does_not_notice() {
    let clock = clock();
    clock.freeze();
    let start = clock.ticks();
    clock.fall_back(Reason::Drift, start + 1_000_000_000_000);
    assert_eq!(clock.ticks(), start);
    virtual_time::advance(clock.rate().ticks_in(millis(250)));
    assert_eq!(clock.rate().to_nanos(clock.ticks() - start), 250_000_000);
    // Other threads are on the real time that took over.
    std::thread::scope(|scope| {
        let other = scope.spawn(|| clock.ticks()).join().unwrap();
        assert!(other >= start + 1_000_000_000_000);
    });

    clock.resume();
    let real = clock.ticks();
    assert!(real >= start + 1_000_000_000_000);
    assert_eq!(clock.counted(), None, "the counter is back");
    clock.freeze();
    assert!(clock.ticks() >= real);
    assert_eq!(clock.ticks(), clock.ticks());
    clock.resume();
}

#[test]
fn the_counter_is_read_again_when_the_last_virtual_thread_is_back() {
    let clock = clock();
    let counts = clock.counts();
    clock.freeze();
    clock.freeze();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            clock.freeze();
            clock.resume();
            clock.resume();
            assert_eq!(clock.counted(), None);
        });
    });
    assert_eq!(clock.counted(), None);
    clock.resume();
    assert_eq!(clock.counted().is_some(), counts);
}

#[test]
fn a_sound_machine_is_not_suspected() {
    let clock = clock();
    let counts = clock.counts();
    let mut watch = Watch::over(clock);
    for _ in 0..2 {
        watch.renew();
        std::thread::sleep(millis(1_010));
    }
    watch.renew();
    assert_eq!(clock.counts(), counts);
    assert_eq!(clock.status().fallback, None);
}

/// All that reads ticks, in a process that gives the counter up in the middle of it.
#[test]
fn calls_under_way_keep_their_duration() {
    const CHILD: &str = "OBS_TEST_CLOCK_FALLBACK";
    if std::env::var_os(CHILD).is_some() {
        return give_up_during_a_call();
    }
    let name = "hot::clock::tests::calls_under_way_keep_their_duration";
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(errors.contains("runs at another rate"), "{errors}");
}

fn give_up_during_a_call() {
    const BLOCK: BlockDef = BlockDef {
        family: OperationFamily::Operation,
        constants: &[("operation", "across")],
        buckets: &[0.039, 0.5],
    };
    static DEF: OperationDef = OperationDef {
        name: "across",
        service: "",
        function: "clock::tests",
        span: Some(SpanKind::Internal),
        blocks: &[BLOCK],
        labels: &[],
        outcomes: CallOutcome::Ok.bit(),
        slow_secs: 0.0,
        root: true,
        attributes: &[],
        source: Place {
            module: module_path!(),
            file: file!(),
            line: line!(),
        },
    };
    static CALLSITE: Callsite = Callsite::new(&DEF);
    let begin = || op::begin(&CALLSITE, SeriesKey::Index(0), None);
    let verdict = || Verdict {
        outcome: CallOutcome::Ok,
        error: None,
    };

    let capture = testing::capture();
    // The first call of a callsite goes another way than the others.
    begin().finish(verdict());
    let begun = Instant::now();
    let mut call = begin();
    std::thread::sleep(millis(20));
    Watch::new().give_up(Fault {
        reason: Reason::Drift,
        floor: ticks(),
    });
    assert_eq!((counted(), status().fallback), (None, Some("drift")));
    std::thread::sleep(millis(20));
    call.finish(verdict());
    let longest = begun.elapsed().as_secs_f64();

    let labels = [("operation", "across"), ("outcome", "ok")];
    let observed = capture.observed("operation_duration_seconds", &labels);
    assert_eq!(observed.count, 2);
    assert!((0.04..=longest).contains(&observed.sum), "{observed:?}");
    let span = capture.spans().pop().unwrap();
    let seconds = span.duration_ns as f64 / NANOS as f64;
    assert!((0.04..=longest).contains(&seconds), "{span:?}");
}

proptest! {
    #[test]
    fn no_tick_is_below_the_floor(ahead in 0_u64..10_u64.pow(15)) {
        let clock = clock();
        let floor = clock.real_ticks().saturating_add(ahead);
        clock.fall_back(Reason::Backwards, floor);
        prop_assert!(clock.ticks() >= floor);
        let late = clock.rate().to_nanos(clock.ticks() - floor);
        prop_assert!(late < NANOS || ahead == 0, "{late} ns");
    }
}
