use proptest::prelude::*;

use super::super::rate::NANOS;
use super::super::reading::Paired;
use super::*;

const RATE: u64 = 2_600_000_000;
/// How many ticks a reading takes.
const WIDTH: u64 = 80;

/// A machine whose counter does what a test says.
struct Machine {
    judge: Judge,
    now: Reading,
}

impl Machine {
    fn new() -> Self {
        let now = Reading {
            clocks: Paired {
                counter: 1_000 * RATE,
                reference: Duration::from_secs(1_000),
                width: WIDTH,
            },
            slept: Duration::ZERO,
        };
        let judge = Judge::new(Rate::new(RATE).unwrap(), now);
        Self { judge, now }
    }

    /// Lets time pass, with a counter that is off by so much.
    fn pass(&mut self, time: Duration, ppm: i64) -> Option<Fault> {
        self.pass_with(time, ppm, 0)
    }

    /// The same, and reads the counter so many ticks late.
    fn pass_with(&mut self, time: Duration, ppm: i64, late: i64) -> Option<Fault> {
        let clocks = &mut self.now.clocks;
        clocks.reference += time;
        let ticks = time.as_nanos() as i128 * i128::from(RATE) / i128::from(NANOS);
        let ticks = ticks + ticks * i128::from(ppm) / 1_000_000;
        clocks.counter = clocks.counter.saturating_add_signed(ticks as i64);
        let mut read = self.now;
        read.clocks.counter = read.clocks.counter.saturating_add_signed(late);
        self.judge.judge(read)
    }

    /// Suspends the machine; the counter goes on for a part of the time.
    fn sleep(&mut self, time: Duration, counted: f64) {
        self.now.slept += time;
        self.now.clocks.counter += (time.as_secs_f64() * counted * RATE as f64) as u64;
    }
}

fn second() -> Duration {
    Duration::from_secs(1)
}

/// Windows as the collector thread makes them, and some that are too short.
fn windows() -> impl Strategy<Value = Vec<(Duration, i64, i64)>> {
    let late = -(WIDTH as i64 / 2)..=(WIDTH as i64 / 2);
    let window = (1_u64..10_000, 0_i64..=450, late)
        .prop_map(|(millis, ppm, late)| (Duration::from_millis(millis), ppm, late));
    prop::collection::vec(window, 1..60)
}

proptest! {
    #[test]
    fn a_counter_within_the_limit_is_kept(windows in windows(), fast in any::<bool>()) {
        let mut machine = Machine::new();
        for (time, ppm, late) in windows {
            let ppm = if fast { ppm } else { -ppm };
            prop_assert_eq!(machine.pass_with(time, ppm, late), None);
        }
    }

    #[test]
    fn a_counter_beyond_the_limit_is_given_up_in_the_second_window(
        times in (1_000_u64..10_000, 1_000_u64..10_000),
        ppm in 505_i64..900_000,
        fast in any::<bool>(),
    ) {
        let ppm = if fast { ppm } else { -ppm };
        let mut machine = Machine::new();
        prop_assert_eq!(machine.pass(second(), 0), None);
        prop_assert_eq!(machine.pass(Duration::from_millis(times.0), ppm), None);
        let fault = machine.pass(Duration::from_millis(times.1), ppm);
        let floor = machine.now.clocks.counter;
        prop_assert_eq!(fault, Some(Fault { reason: Reason::Drift, floor }));
    }

    #[test]
    fn a_machine_may_sleep_whatever_its_counter_does_meanwhile(
        naps in prop::collection::vec((1_u64..1_000_000, 0.0_f64..=1.0, 1_u64..5_000), 1..20),
    ) {
        let mut machine = Machine::new();
        for (slept, counted, awake) in naps {
            machine.sleep(Duration::from_millis(slept), counted);
            prop_assert_eq!(machine.pass(Duration::from_millis(awake), 0), None);
        }
    }

    #[test]
    fn a_jump_that_does_not_repeat_is_forgiven(jumps in prop::collection::vec(1_u64..1_000_000, 1..10)) {
        let mut machine = Machine::new();
        for millis in jumps {
            machine.now.clocks.counter += millis * (RATE / 1_000);
            prop_assert_eq!(machine.pass(second(), 0), None);
            prop_assert_eq!(machine.pass(second(), 0), None);
        }
    }

    #[test]
    fn a_counter_that_went_backwards_is_given_up_without_losing_time(
        before in 1_u64..10_000,
        back_to in 0_u64..900 * RATE,
        slept in 0_u64..100_000,
    ) {
        let mut machine = Machine::new();
        machine.judge.judge(machine.now);
        let time = Duration::from_millis(before);
        prop_assert_eq!(machine.pass(time, 0), None);
        let last = machine.now.clocks.counter;
        machine.sleep(Duration::from_millis(slept), 0.0);
        machine.now.clocks.counter = back_to;
        let fault = machine.pass(second(), 0).unwrap();
        prop_assert_eq!(fault.reason, Reason::Backwards);
        prop_assert!(fault.floor >= last, "{} is before {last}", fault.floor);
    }

    #[test]
    fn short_windows_add_up(millis in prop::collection::vec(1_u64..999, 8..40), ppm in 600_i64..5_000) {
        let mut machine = Machine::new();
        let total: u64 = millis.iter().sum();
        let found = millis
            .into_iter()
            .any(|millis| machine.pass(Duration::from_millis(millis), ppm).is_some());
        // Two windows, each of less than a second more than it needs.
        prop_assert!(found || total < 4_000);
    }
}

#[test]
fn a_counter_that_stands_still_is_given_up_at_once() {
    let mut machine = Machine::new();
    assert_eq!(machine.pass(second(), 0), None);
    let floor = machine.now.clocks.counter;
    let fault = machine.pass(second(), -1_000_000);
    assert_eq!(
        fault,
        Some(Fault {
            reason: Reason::StoodStill,
            floor
        })
    );
}

#[test]
fn a_good_window_in_between_clears_the_suspicion() {
    let mut machine = Machine::new();
    for ppm in [900, 0, 900, 0, -900, 0] {
        assert_eq!(machine.pass(second(), ppm), None);
    }
    assert_eq!(machine.pass(second(), 900), None);
    let fault = machine.pass(second(), -900).unwrap();
    assert_eq!(fault.reason, Reason::Drift);
}

#[test]
fn a_reading_that_was_interrupted_proves_nothing() {
    let mut machine = Machine::new();
    for _ in 0..5 {
        // Two milliseconds between the two clocks, in a window of a second.
        machine.now.clocks.width = RATE / 500;
        let late = RATE as i64 / 1_000;
        assert_eq!(machine.pass_with(second(), 0, late), None);
        assert_eq!(machine.pass_with(second(), 0, -late), None);
    }
}

#[test]
fn a_clock_that_cannot_be_read_proves_nothing() {
    let mut machine = Machine::new();
    machine.now.clocks.reference = Duration::ZERO;
    machine.now.clocks.counter = 0;
    assert_eq!(machine.judge.judge(machine.now), None);
}
