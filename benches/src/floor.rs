//! What cannot be undercut: clock reads, a call, an addition, thread-local storage, the allocator.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};
use serde::Serialize;

use crate::statistics::Quartiles;

/// A row of the floor table.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What it is.
    pub name: &'static str,
    /// Nanoseconds each.
    pub nanos: f64,
}

/// What the machine can do at best.
#[derive(Debug, Clone, Serialize)]
pub struct Floor {
    /// T: the time of one clock read, in nanoseconds.
    pub tick: f64,
    /// Everything.
    pub rows: Vec<Row>,
}

const REPEATS: u32 = 10_000;

thread_local! {
    static LOCAL: Cell<u64> = const { Cell::new(0) };
}

/// Measures the floor in this process.
#[must_use]
pub fn measure(rounds: usize) -> Floor {
    let subjects = subjects();
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); subjects.len()];
    for _ in 0..rounds {
        for (time, (_, subject)) in times.iter_mut().zip(&subjects) {
            time.push(subject().as_secs_f64() * 1e9 / f64::from(REPEATS));
        }
    }
    let rows: Vec<Row> = subjects
        .iter()
        .zip(times)
        .map(|((name, _), times)| Row {
            name,
            nanos: Quartiles::of(times).map_or(f64::NAN, |time| time.median),
        })
        .collect();
    let tick = rows.first().map_or(f64::NAN, |row| row.nanos);
    Floor { tick, rows }
}

type Subject = (&'static str, fn() -> Duration);

/// The first is T.
fn subjects() -> Vec<Subject> {
    let mut all: Vec<Subject> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        all.push(("RDTSC", || repeat(tsc::plain)));
        all.push(("RDTSCP", || repeat(tsc::ordered)));
    }
    all.push(("Instant::now", || repeat(Instant::now)));
    all.push(("clock_gettime MONOTONIC", || {
        repeat(|| clock_gettime(ClockId::CLOCK_MONOTONIC))
    }));
    all.push(("clock_gettime THREAD_CPUTIME_ID", || {
        repeat(|| clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID))
    }));
    all.push(("an empty loop", || repeat(|| ())));
    all.push(("an empty call, not inlined", || repeat(empty)));
    all.push(("a plain add to memory", plain_add));
    all.push(("lock add to memory", locked_add));
    all.push(("a thread-local, read and written", || {
        repeat(|| LOCAL.set(LOCAL.get().wrapping_add(1)))
    }));
    all.push(("malloc and free of 64 bytes", || {
        repeat(|| black_box(Vec::<u8>::with_capacity(black_box(64))))
    }));
    all
}

#[inline(always)]
fn repeat<R>(subject: impl Fn() -> R) -> Duration {
    let start = Instant::now();
    for _ in 0..REPEATS {
        black_box(subject());
    }
    start.elapsed()
}

#[inline(never)]
fn empty() {
    black_box(());
}

fn plain_add() -> Duration {
    let mut cells = [0_u64; 8];
    let start = Instant::now();
    for number in 0..REPEATS {
        // Another cell each time, as in a block of cells: else the store is forwarded to the next load.
        let cell = &mut black_box(&mut cells)[number as usize % 8];
        *cell = cell.wrapping_add(1);
    }
    start.elapsed()
}

fn locked_add() -> Duration {
    static CELL: AtomicU64 = AtomicU64::new(0);
    repeat(|| CELL.fetch_add(1, Relaxed))
}

#[cfg(target_arch = "x86_64")]
mod tsc {
    #![allow(unsafe_code, reason = "the instructions are unsafe functions")]

    use std::arch::x86_64::{__rdtscp, _rdtsc};

    #[inline(always)]
    pub(super) fn plain() -> u64 {
        // SAFETY: every x86-64 processor has the instruction.
        unsafe { _rdtsc() }
    }

    #[inline(always)]
    pub(super) fn ordered() -> u64 {
        let mut processor = 0;
        // SAFETY: so has every one of the last fifteen years; `processor` outlives the call.
        unsafe { __rdtscp(&raw mut processor) }
    }
}

/// The cheapest clock of the machine, in its own unit.
#[inline(always)]
#[must_use]
pub fn ticks() -> u64 {
    #[cfg(target_arch = "x86_64")]
    return tsc::plain();
    #[cfg(not(target_arch = "x86_64"))]
    return clock_gettime(ClockId::CLOCK_MONOTONIC)
        .map_or(0, |time| Duration::from(time).as_nanos() as u64);
}
