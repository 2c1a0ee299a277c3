//! Memory of the machine, from `/proc/meminfo`.

use std::path::Path;

use crate::collect::Sink;
use crate::collect::source::{count, field_kib, read};

/// The memory of the machine in bytes. `None` means that the platform does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Memory {
    /// Physical memory that the system can use.
    pub total: Option<u64>,
    /// Memory that holds nothing at all.
    pub free: Option<u64>,
    /// The kernel's estimate of what programs could still allocate without swapping.
    pub available: Option<u64>,
    /// Raw blocks of devices.
    pub buffers: Option<u64>,
    /// Contents of files.
    pub cached: Option<u64>,
    /// Swap space.
    pub swap_total: Option<u64>,
    /// Unused swap space.
    pub swap_free: Option<u64>,
}

impl Memory {
    /// Reads the current values.
    #[must_use]
    pub fn read() -> Self {
        let text = read(Path::new("/proc/meminfo"));
        text.as_deref().map(Self::parse).unwrap_or_default()
    }

    /// What is neither free nor could be freed at once: `total` less `available`.
    #[must_use]
    pub fn used(&self) -> Option<u64> {
        self.total?.checked_sub(self.available?)
    }

    pub(super) fn parse(text: &str) -> Self {
        Self {
            total: field_kib(text, "MemTotal"),
            free: field_kib(text, "MemFree"),
            available: field_kib(text, "MemAvailable"),
            buffers: field_kib(text, "Buffers"),
            cached: field_kib(text, "Cached"),
            swap_total: field_kib(text, "SwapTotal"),
            swap_free: field_kib(text, "SwapFree"),
        }
    }

    pub(super) fn collect(&self, sink: &mut Sink<'_>) {
        let mut bytes = |name, help, value| sink.gauge(name, help, "bytes", &[], count(value));
        bytes(
            "system_memory_total_bytes",
            "Physical memory of the machine.",
            self.total,
        );
        bytes(
            "system_memory_used_bytes",
            "Memory that programs could not get at once: total less available.",
            self.used(),
        );
        bytes(
            "system_memory_available_bytes",
            "Memory that programs can still get without swapping.",
            self.available,
        );
        bytes(
            "system_memory_free_bytes",
            "Memory that holds nothing at all.",
            self.free,
        );
        bytes(
            "system_memory_buffers_bytes",
            "Memory that holds raw blocks of devices.",
            self.buffers,
        );
        bytes(
            "system_memory_cached_bytes",
            "Memory that holds contents of files.",
            self.cached,
        );
        bytes(
            "system_memory_swap_total_bytes",
            "Swap space of the machine.",
            self.swap_total,
        );
        bytes(
            "system_memory_swap_free_bytes",
            "Swap space that is not in use.",
            self.swap_free,
        );
    }
}
