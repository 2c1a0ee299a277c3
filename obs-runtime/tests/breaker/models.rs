//! What threads do at once.

use std::time::Duration;

use loom::sync::Arc;
use loom::thread::{self, JoinHandle};
use obs_schema::resilience::{BreakerSettings, Window};

use super::books::Books;
use super::calm::Calm;
use super::count::CountWindow;
use super::gate::{Gate, Probe};
use super::machine::Machine;
use super::permit::Permit;
use super::word::{Generation, State, Word};
use crate::hot::clock;
use crate::policy::Name;
use crate::policy::cells::THREAD;

/// In words.
const STACK: usize = 256 * 1024;

/// As many interleavings as fit into a few seconds: all with at most three preemptions.
fn model(check: impl Fn() + Sync + Send + 'static) {
    preempted(3, check);
}

fn preempted(times: usize, check: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(times);
    let check = std::sync::Arc::new(check);
    builder.check(move || {
        let check = check.clone();
        // A breaker is made on the stack, and the usual one is too small.
        let body = thread::Builder::new().stack_size(STACK);
        body.spawn(move || check()).unwrap().join().unwrap();
    });
}

/// A breaker at the end of its open state. The states of its tests have these generations.
fn open_gate() -> (Arc<Gate>, Word, Word) {
    let open = Word::new(State::Open, Generation::FIRST, Some(0));
    let half_open = Word::new(State::HalfOpen, open.generation().next(), None);
    (Arc::new(Gate::new(open)), open, half_open)
}

#[test]
fn a_breaker_that_is_tried_by_many_lets_as_many_through_as_it_should() {
    model(|| {
        let (gate, open, half_open) = open_gate();
        let try_it = move |gate: &Gate| {
            gate.shift(open, half_open);
            assert_eq!(gate.word(), half_open);
            gate.admit(half_open.generation(), 1) == Probe::Admitted
        };
        let other = gate.clone();
        let thread = thread::spawn(move || try_it(&other));
        let passed = u32::from(try_it(&gate)) + u32::from(thread.join().unwrap());
        assert_eq!(passed, 1);
    });
}

#[test]
fn a_permit_that_is_given_back_lets_one_more_through_and_no_second() {
    model(|| {
        let (gate, open, half_open) = open_gate();
        let generation = half_open.generation();
        assert!(gate.shift(open, half_open));
        assert_eq!(gate.admit(generation, 1), Probe::Admitted);
        let other = gate.clone();
        let back = thread::spawn(move || other.give_back(generation));
        let other = gate.clone();
        let again = thread::spawn(move || other.admit(generation, 1) == Probe::Admitted);
        let mut passed = u32::from(gate.admit(generation, 1) == Probe::Admitted);
        passed += u32::from(again.join().unwrap());
        back.join().unwrap();
        passed += u32::from(gate.admit(generation, 1) == Probe::Admitted);
        assert_eq!(passed, 1);
    });
}

#[test]
fn a_result_of_an_earlier_trial_decides_nothing_in_the_next() {
    model(|| {
        let (gate, open, half_open) = open_gate();
        let generation = half_open.generation();
        let next = generation.next().next();
        assert!(gate.shift(open, half_open));
        assert_eq!(gate.admit(generation, 1), Probe::Admitted);
        let other = gate.clone();
        let late = thread::spawn(move || other.settle(generation, true, false));
        // Meanwhile the breaker has opened and is tried again.
        assert_eq!(gate.admit(next, 1), Probe::Admitted);
        late.join().unwrap();
        let trial = gate.settle(next, false, false).unwrap();
        assert_eq!((trial.admitted, trial.done, trial.failed), (1, 1, 0));
    });
}

#[test]
fn a_window_that_begins_anew_has_nothing_of_before() {
    model(|| {
        let window = Arc::new(CountWindow::new(Generation::FIRST, 2, 0));
        let other = window.clone();
        let late = thread::spawn(move || other.note(Generation::FIRST, 1, true, false));
        window.reset(Generation::FIRST.next(), 1);
        let noted = window.note(Generation::FIRST.next(), 2, false, true);
        assert_eq!(noted, Some(1));
        late.join().unwrap();
        let tally = window.tally(2, 2);
        assert_eq!((tally.calls, tally.failed, tally.slow), (1, 0, 1));
    });
}

#[test]
fn results_that_come_at_once_are_all_in_the_window() {
    model(|| {
        let window = Arc::new(CountWindow::new(Generation::FIRST, 30, 0));
        // Both find the same number, and the word has one place left.
        for total in 1..8 {
            assert_eq!(
                window.note(Generation::FIRST, total, true, false),
                Some(total)
            );
        }
        let other = window.clone();
        let thread = thread::spawn(move || other.note(Generation::FIRST, 8, true, false));
        assert!(window.note(Generation::FIRST, 8, false, true).is_some());
        thread.join().unwrap();
        let tally = window.tally(30, 9);
        assert_eq!((tally.calls, tally.failed, tally.slow), (9, 8, 1));
    });
}

#[test]
fn of_two_that_make_the_share_too_large_one_sees_it() {
    model(|| {
        let window = Arc::new(CountWindow::new(Generation::FIRST, 16, 0));
        // Numbers in two words.
        let fail = |window: &CountWindow, total| {
            assert!(window.note(Generation::FIRST, total, true, false).is_some());
            window.tally(16, 9).failed == 2
        };
        let other = window.clone();
        let thread = thread::spawn(move || fail(&other, 8));
        let is_seen = fail(&window, 9);
        assert!(is_seen | thread.join().unwrap());
    });
}

#[test]
fn failures_in_a_row_that_come_at_once_are_all_counted() {
    model(|| {
        let word = Word::new(State::Closed, Generation::FIRST, None);
        let calm = Arc::new(Calm::new());
        calm.begin(word);
        let other = calm.clone();
        let thread = thread::spawn(move || other.fail(word).unwrap());
        let mut lengths = [calm.fail(word).unwrap(), thread.join().unwrap()];
        lengths.sort_unstable();
        assert_eq!((lengths, calm.row()), ([1, 2], 2));
        assert!(!calm.is_of(word));
        calm.succeed(word);
        assert!(calm.is_of(word));
    });
}

#[test]
fn a_failure_of_an_earlier_state_is_in_no_row_of_the_next() {
    model(|| {
        let word = Word::new(State::Closed, Generation::FIRST, None);
        let next = Word::new(State::Closed, word.generation().next(), None);
        let calm = Arc::new(Calm::new());
        calm.begin(word);
        let other = calm.clone();
        let late = thread::spawn(move || {
            other.fail(word);
            other.succeed(word);
        });
        calm.begin(next);
        assert_eq!(calm.fail(next), Some(1));
        late.join().unwrap();
        assert_eq!(calm.row(), 1);
    });
}

/// A whole breaker, closed.
fn machine(settings: BreakerSettings) -> Arc<Machine> {
    assert_eq!(settings.check(), []);
    clock::set(Duration::from_secs(1));
    Arc::new(Machine::new(Name::Static("test"), settings, Books::new()).unlisted())
}

fn enter(machine: &Machine) -> Option<Permit<'_>> {
    machine.enter_at(clock::ticks).ok()
}

fn fail(machine: &Machine) {
    enter(machine).into_iter().for_each(Permit::failure);
}

fn succeed(machine: &Machine) {
    enter(machine).into_iter().for_each(Permit::success);
}

/// Does something on a further thread, which counts for itself.
fn beside<T: Send + 'static>(
    machine: &Arc<Machine>,
    act: impl FnOnce(&Machine) -> T + Send + 'static,
) -> JoinHandle<T> {
    let machine = machine.clone();
    let other = thread::Builder::new().stack_size(STACK);
    let act = move || {
        THREAD.with(|thread| thread.set(1));
        act(&machine)
    };
    other.spawn(act).unwrap()
}

fn state(machine: &Machine) -> State {
    machine.gate.word().state()
}

fn opened(machine: &Machine) -> u64 {
    machine.transitions()[State::Closed as usize][State::Open as usize]
}

/// Of the last ten calls, judged from the third call on.
fn counting(failure_rate: f64) -> BreakerSettings {
    BreakerSettings {
        failure_rate,
        min_calls: 3,
        ..BreakerSettings::of_window(Window::Count(10))
    }
}

/// After some calls, two at once open it, whatever their steps' order is.
fn opens_once(settings: BreakerSettings, before: &'static [End], at_once: [End; 2]) {
    preempted(2, move || {
        let machine = machine(settings);
        before.iter().for_each(|end| end(&machine));
        let other = beside(&machine, at_once[0]);
        at_once[1](&machine);
        other.join().unwrap();
        assert_eq!((state(&machine), opened(&machine)), (State::Open, 1));
    });
}

/// A call that ends in some way.
type End = fn(&Machine);

#[test]
fn failures_in_a_row_on_two_threads_open_a_breaker_once() {
    let settings = BreakerSettings {
        failure_threshold: 2,
        ..BreakerSettings::DEFAULT
    };
    opens_once(settings, &[], [fail, fail]);
}

#[test]
fn the_call_that_makes_enough_of_them_is_judged_with_the_failure_beside_it() {
    opens_once(counting(0.6), &[fail], [fail, succeed]);
}

#[test]
fn failures_on_two_threads_after_a_calm_stretch_are_judged_together() {
    opens_once(
        counting(0.3),
        &[succeed, succeed, succeed, succeed],
        [fail, fail],
    );
}

#[test]
fn settings_that_change_while_a_call_ends_are_those_of_the_next() {
    preempted(2, || {
        let machine = machine(counting(1.0));
        fail(&machine);
        succeed(&machine);
        succeed(&machine);
        let other = beside(&machine, |machine| machine.update(counting(0.2)));
        succeed(&machine);
        other.join().unwrap();
        succeed(&machine);
        assert_eq!(state(&machine), State::Open);
    });
}

#[test]
fn a_breaker_whose_time_is_over_lets_one_thread_try_and_closes_when_that_goes_well() {
    preempted(2, || {
        let machine = machine(BreakerSettings {
            failure_threshold: 1,
            half_open_calls: 1,
            ..BreakerSettings::DEFAULT
        });
        fail(&machine);
        clock::set(Duration::from_secs(3_600));
        let try_it = |machine: &Machine| {
            let permit = enter(machine);
            // Nobody is let through beside it before it has ended.
            let was_tried = state(machine) == State::HalfOpen;
            let is_in = permit.is_some();
            permit.into_iter().for_each(Permit::success);
            (is_in, was_tried)
        };
        let other = beside(&machine, try_it);
        let own = try_it(&machine);
        let other = other.join().unwrap();
        assert!(own == (true, true) || other == (true, true));
        assert_eq!((state(&machine), opened(&machine)), (State::Closed, 1));
    });
}

#[test]
fn a_call_that_began_before_it_opened_decides_nothing_about_the_trial() {
    preempted(2, || {
        let machine = machine(BreakerSettings {
            failure_threshold: 1,
            half_open_calls: 2,
            ..BreakerSettings::DEFAULT
        });
        let other = beside(&machine, |machine| {
            let late = enter(machine);
            let is_early = late.as_ref().is_some_and(|permit| permit.word.is_closed());
            thread::yield_now();
            late.into_iter().for_each(Permit::failure);
            is_early
        });
        machine.force(State::ForcedOpen, false);
        machine.force(State::HalfOpen, false);
        let probe = enter(&machine);
        let is_probe = probe.is_some();
        probe.into_iter().for_each(Permit::success);
        if other.join().unwrap() && is_probe {
            // It failed before it was forced open, or too late.
            assert_eq!(state(&machine), State::HalfOpen);
        }
    });
}
