//! The hardware's counter, and whether to trust it.

use super::rate::Rate;

/// The file in which Linux says what it tells the time by.
const CLOCK_SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

pub(super) use arch::{NAME, rate, read};

/// Whether the kernel tells the time by something else than the counter by now: its own check found it
/// unsound, or somebody told it to. If it does not say, nothing has changed.
pub(super) fn is_given_up() -> bool {
    clock_source().is_some_and(|name| !arch::is_behind(name.trim()))
}

fn clock_source() -> Option<String> {
    std::fs::read_to_string(CLOCK_SOURCE).ok()
}

#[cfg(target_arch = "x86_64")]
mod arch {
    use super::super::calibration;
    use super::{Rate, clock_source};

    pub(in super::super) const NAME: &str = "tsc";

    #[inline(always)]
    pub(in super::super) fn read() -> u64 {
        // SAFETY: RDTSC is part of every x86-64 processor. Where a sandbox makes it trap, the kernel
        // does not use it as a clock source either, and `rate` has refused it.
        unsafe { core::arch::x86_64::_rdtsc() }
    }

    /// The rate of the time-stamp counter, if it is invariant and the kernel itself trusts it.
    pub(in super::super) fn rate() -> Option<Rate> {
        let trusted = clock_source().is_some_and(|name| is_behind(name.trim())) && is_invariant();
        trusted.then(calibration::measure).flatten()
    }

    /// Whether a clock source of this name is the counter.
    pub(in super::super) fn is_behind(name: &str) -> bool {
        matches!(name, "tsc" | "hyperv_clocksource_tsc_page")
    }

    fn is_invariant() -> bool {
        use core::arch::x86_64::__cpuid;
        const POWER_MANAGEMENT: u32 = 0x8000_0007;
        __cpuid(0x8000_0000).eax >= POWER_MANAGEMENT
            && __cpuid(POWER_MANAGEMENT).edx & (1 << 8) != 0
    }
}

#[cfg(target_arch = "aarch64")]
mod arch {
    use super::Rate;

    pub(in super::super) const NAME: &str = "cntvct";

    #[inline(always)]
    pub(in super::super) fn read() -> u64 {
        let value: u64;
        // SAFETY: reading the virtual counter is allowed in user mode by every supported system and
        // touches no memory.
        unsafe { core::arch::asm!("mrs {}, cntvct_el0", out(reg) value, options(nomem, nostack)) };
        value
    }

    /// What the firmware says; the architecture promises a counter that is the same everywhere.
    pub(in super::super) fn rate() -> Option<Rate> {
        let rate: u64;
        // SAFETY: as for the counter itself.
        unsafe { core::arch::asm!("mrs {}, cntfrq_el0", out(reg) rate, options(nomem, nostack)) };
        (!super::is_given_up()).then(|| Rate::new(rate)).flatten()
    }

    /// Whether a clock source of this name is the counter.
    pub(in super::super) fn is_behind(name: &str) -> bool {
        name == "arch_sys_counter"
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod arch {
    use super::Rate;

    pub(in super::super) const NAME: &str = "none";

    pub(in super::super) fn read() -> u64 {
        0
    }

    pub(in super::super) fn rate() -> Option<Rate> {
        None
    }

    pub(in super::super) fn is_behind(_: &str) -> bool {
        false
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::arch::is_behind;

    #[test]
    fn only_clock_sources_that_are_the_counter_itself_vouch_for_it() {
        for name in ["tsc", "hyperv_clocksource_tsc_page"] {
            assert!(is_behind(name), "{name}");
        }
        // `tsc-early` is the kernel's before it has checked.
        for name in ["kvm-clock", "hpet", "acpi_pm", "xen", "tsc-early", ""] {
            assert!(!is_behind(name), "{name}");
        }
    }
}
