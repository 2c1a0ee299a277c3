//! Where the figures come from.

use std::fs;

use serde::Serialize;

/// The facts that a figure depends on.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The processor.
    pub processor: String,
    /// How many of them the process may use.
    pub processors: usize,
    /// The kernel's clock source; `tsc` where clock reads need no system call.
    pub clocksource: String,
    /// How the frequency is governed; empty where nobody says.
    pub governor: String,
    /// Operating system and kernel.
    pub kernel: String,
    /// Load of the last minute when the run began.
    pub load: String,
    /// The compiler.
    pub rustc: &'static str,
    /// Its flags.
    pub flags: &'static str,
    /// The target.
    pub target: &'static str,
    /// The profile, with the level of optimisation.
    pub profile: String,
    /// The commit of the framework, with a mark if files were changed since.
    pub commit: String,
}

impl Machine {
    /// This machine.
    #[must_use]
    pub fn here() -> Self {
        Self {
            processor: processor(),
            processors: std::thread::available_parallelism().map_or(1, Into::into),
            clocksource: line("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            governor: line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            kernel: format!(
                "{} {}",
                line("/proc/sys/kernel/ostype"),
                line("/proc/sys/kernel/osrelease")
            ),
            load: line("/proc/loadavg")
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_owned(),
            rustc: env!("BENCH_RUSTC"),
            flags: env!("BENCH_RUSTFLAGS"),
            target: env!("BENCH_TARGET"),
            profile: format!(
                "{} (opt-level {})",
                env!("BENCH_PROFILE"),
                env!("BENCH_OPT_LEVEL")
            ),
            commit: commit(),
        }
    }

    /// As rows of a table: what, and what it is.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let or_none = |text: &str| {
            if text.is_empty() {
                "none".to_owned()
            } else {
                text.to_owned()
            }
        };
        vec![
            (
                "processor",
                format!("{}, {} usable", self.processor, self.processors),
            ),
            ("clock source", or_none(&self.clocksource)),
            ("governor", or_none(&self.governor)),
            ("kernel", self.kernel.clone()),
            ("load", or_none(&self.load)),
            ("compiler", format!("{}, {}", self.rustc, self.target)),
            ("flags", or_none(self.flags)),
            ("profile", self.profile.clone()),
            ("commit", or_none(&self.commit)),
        ]
    }
}

fn line(path: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().next().unwrap_or_default().trim().to_owned()
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let named = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    match (named("model name"), named("cpu family"), named("model\t")) {
        (Some(name), Some(family), Some(model)) => {
            format!("{name} (family {family}, model {model})")
        }
        (Some(name), ..) => name,
        _ => std::env::consts::ARCH.to_owned(),
    }
}

fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(arguments)
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return String::new();
    };
    match git(&["status", "--porcelain", "--untracked-files=no"]) {
        Some(changes) if !changes.is_empty() => format!("{commit} and changes"),
        _ => commit,
    }
}
