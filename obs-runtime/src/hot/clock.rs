//! Time for measurements: ticks of the time-stamp counter where the kernel trusts it.
//!
//! A tick is a count of the fastest clock that is sound on this machine: the TSC
//! on x86-64 when the kernel itself uses it as its clock source, the virtual
//! counter on aarch64, nanoseconds of the monotonic clock elsewhere. The rate is
//! fixed once, so tables of bounds can be kept in ticks.

use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const NANOS: u64 = 1_000_000_000;

const UNSET: u8 = 0;
const COUNTER: u8 = 1;
const SLOW: u8 = 2;

/// How to read the clock: not known yet, by the hardware counter, or by [`ticks_slow`].
static MODE: AtomicU8 = AtomicU8::new(UNSET);

/// How many threads run on virtual time.
static VIRTUAL_THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The virtual time of this thread in ticks; `u64::MAX` when it runs on real time.
    static VIRTUAL: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// What was found out about the machine, once.
struct Source {
    counter: bool,
    ticks_per_second: u64,
    started: Instant,
}

static SOURCE: OnceLock<Source> = OnceLock::new();

/// The wall-clock time of tick 0 in nanoseconds since 1970, renewed by [`refresh_anchor`]. One number,
/// so that a reader never sees half of a renewal.
static ORIGIN_UNIX_NS: AtomicI64 = AtomicI64::new(0);

/// The current time in ticks. Never goes backwards on one thread by more than the hardware does;
/// subtract with saturation.
#[inline(always)]
pub(crate) fn ticks() -> u64 {
    if MODE.load(Relaxed) == COUNTER {
        counter()
    } else {
        ticks_slow()
    }
}

/// The current time in ticks, if the hardware counter tells it.
#[inline(always)]
pub(crate) fn counted() -> Option<u64> {
    (MODE.load(Relaxed) == COUNTER).then(counter)
}

/// How many ticks make a second.
pub(crate) fn ticks_per_second() -> u64 {
    source().ticks_per_second
}

/// Ticks to nanoseconds, rounded to the nearest.
pub(crate) fn to_nanos(ticks: u64) -> u64 {
    let rate = u128::from(ticks_per_second());
    let nanos = (u128::from(ticks) * u128::from(NANOS) + rate / 2) / rate;
    u64::try_from(nanos).unwrap_or(u64::MAX)
}

/// Ticks to seconds.
pub(crate) fn to_seconds(ticks: u64) -> f64 {
    to_nanos(ticks) as f64 / NANOS as f64
}

/// Seconds to ticks, rounded up: a duration of exactly this many seconds is never above the result.
pub(crate) fn from_seconds(seconds: f64) -> u64 {
    (seconds * ticks_per_second() as f64).ceil() as u64
}

/// A duration to ticks, rounded to the nearest.
pub(crate) fn from_duration(duration: Duration) -> u64 {
    let ticks = (duration.as_nanos() * u128::from(ticks_per_second()) + u128::from(NANOS / 2))
        / u128::from(NANOS);
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

/// The wall-clock time of a reading, in nanoseconds since 1970.
pub(crate) fn to_unix_nanos(ticks: u64) -> u64 {
    source();
    let unix = ORIGIN_UNIX_NS
        .load(Relaxed)
        .saturating_add_unsigned(to_nanos(ticks));
    u64::try_from(unix).unwrap_or(0)
}

/// The wall-clock time in nanoseconds since 1970; on a thread with virtual time, the virtual one.
#[cfg(feature = "log")]
pub(crate) fn now_unix_nanos() -> u64 {
    if VIRTUAL_THREADS.load(Relaxed) > 0 {
        let virtual_now = VIRTUAL.try_with(Cell::get).unwrap_or(u64::MAX);
        if virtual_now != u64::MAX {
            return to_unix_nanos(virtual_now);
        }
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}

/// Takes a new pair of readings, so that the wall clock's steps and slewing reach later conversions.
pub(crate) fn refresh_anchor() {
    let ticks = real_ticks();
    let unix = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos() as i64);
    ORIGIN_UNIX_NS.store(unix.saturating_sub_unsigned(to_nanos(ticks)), Relaxed);
}

/// Makes this thread's clock stand still until [`advance`]. The guard of
/// [`crate::testing`] ends it with [`resume`].
pub(crate) fn freeze() {
    let now = ticks();
    let was_real = VIRTUAL.try_with(|v| v.replace(now) == u64::MAX);
    if was_real == Ok(true) {
        count_virtual(1);
    }
}

/// Moves this thread's virtual time forward. Does nothing on real time.
pub(crate) fn advance(by: Duration) {
    let _ = VIRTUAL.try_with(|v| {
        if v.get() != u64::MAX {
            v.set(v.get().saturating_add(from_duration(by)));
        }
    });
}

/// Puts this thread back on real time.
pub(crate) fn resume() {
    let was_virtual = VIRTUAL.try_with(|v| v.replace(u64::MAX) != u64::MAX);
    if was_virtual == Ok(true) {
        count_virtual(-1);
    }
}

/// Changes the number of threads on virtual time, and with it the way to read the clock: at once, so that a
/// thread that stops does not undo what another one starts.
fn count_virtual(change: isize) {
    static CHANGING: Mutex<()> = Mutex::new(());
    let _changing = CHANGING.lock().unwrap_or_else(PoisonError::into_inner);
    let threads = VIRTUAL_THREADS.load(Relaxed).saturating_add_signed(change);
    VIRTUAL_THREADS.store(threads, Relaxed);
    MODE.store(if threads > 0 { SLOW } else { real_mode() }, Relaxed);
}

#[cold]
fn ticks_slow() -> u64 {
    if VIRTUAL_THREADS.load(Relaxed) > 0 {
        let virtual_now = VIRTUAL.try_with(Cell::get).unwrap_or(u64::MAX);
        if virtual_now != u64::MAX {
            return virtual_now;
        }
    }
    real_ticks()
}

fn real_ticks() -> u64 {
    let source = source();
    if source.counter {
        return counter();
    }
    u64::try_from(source.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn real_mode() -> u8 {
    if source().counter { COUNTER } else { SLOW }
}

fn source() -> &'static Source {
    if let Some(source) = SOURCE.get() {
        return source;
    }
    let source = SOURCE.get_or_init(Source::detect);
    let mode = if source.counter { COUNTER } else { SLOW };
    if MODE.compare_exchange(UNSET, mode, Relaxed, Relaxed).is_ok() {
        refresh_anchor();
    }
    source
}

impl Source {
    fn detect() -> Self {
        let started = Instant::now();
        match counter_rate() {
            Some(ticks_per_second) => Self {
                counter: true,
                ticks_per_second,
                started,
            },
            None => Self {
                counter: false,
                ticks_per_second: NANOS,
                started,
            },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn counter() -> u64 {
    // SAFETY: RDTSC is part of every x86-64 processor. Where a sandbox makes it trap, the kernel
    // does not use it as a clock source either, and `counter_rate` has refused it.
    unsafe { core::arch::x86_64::_rdtsc() }
}

/// The rate of the time-stamp counter, if it is invariant and the kernel itself trusts it.
#[cfg(target_arch = "x86_64")]
fn counter_rate() -> Option<u64> {
    (kernel_trusts_tsc() && tsc_is_invariant()).then(|| calibrate(Duration::from_millis(2)))
}

#[cfg(target_arch = "x86_64")]
fn kernel_trusts_tsc() -> bool {
    let path = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    std::fs::read_to_string(path)
        .is_ok_and(|name| matches!(name.trim(), "tsc" | "hyperv_clocksource_tsc_page"))
}

#[cfg(target_arch = "x86_64")]
fn tsc_is_invariant() -> bool {
    use core::arch::x86_64::__cpuid;
    const POWER_MANAGEMENT: u32 = 0x8000_0007;
    __cpuid(0x8000_0000).eax >= POWER_MANAGEMENT && __cpuid(POWER_MANAGEMENT).edx & (1 << 8) != 0
}

#[cfg(target_arch = "x86_64")]
fn calibrate(span: Duration) -> u64 {
    let (ticks, started) = paired_reading();
    while started.elapsed() < span {
        std::hint::spin_loop();
    }
    let (end, ended) = paired_reading();
    let nanos = ended.duration_since(started).as_nanos().max(1);
    let rate = u128::from(end.saturating_sub(ticks)) * u128::from(NANOS) / nanos;
    // Whole milliseconds are whole ticks then, which keeps the sums of round durations round. The error is
    // far below that of the measurement.
    u64::try_from(rate).map_or(NANOS, |rate| (rate + 500) / 1000 * 1000)
}

/// The pair of readings that lie closest together out of a few, so that an interruption between
/// the two does not spoil the rate.
#[cfg(target_arch = "x86_64")]
fn paired_reading() -> (u64, Instant) {
    let mut best = (u64::MAX, 0, Instant::now());
    for _ in 0..8 {
        let before = counter();
        let instant = Instant::now();
        let after = counter();
        let width = after.saturating_sub(before);
        if width < best.0 {
            best = (width, before + width / 2, instant);
        }
    }
    (best.1, best.2)
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
fn counter() -> u64 {
    let value: u64;
    // SAFETY: reading the virtual counter is allowed in user mode by every supported system and
    // touches no memory.
    unsafe { core::arch::asm!("mrs {}, cntvct_el0", out(reg) value, options(nomem, nostack)) };
    value
}

#[cfg(target_arch = "aarch64")]
fn counter_rate() -> Option<u64> {
    let rate: u64;
    // SAFETY: as for the counter itself.
    unsafe { core::arch::asm!("mrs {}, cntfrq_el0", out(reg) rate, options(nomem, nostack)) };
    (rate > 0).then_some(rate)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn counter() -> u64 {
    0
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn counter_rate() -> Option<u64> {
    None
}
