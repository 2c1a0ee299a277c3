use super::*;
use crate::collect::CollectedFamily;

fn collected() -> Vec<CollectedFamily> {
    let mut families = Vec::new();
    let mut sink = Sink::new(&mut families);
    Process::new().collect(&mut sink);
    assert_eq!(sink.dropped(), 0);
    families
}

fn value(families: &[CollectedFamily], name: &str) -> Option<f64> {
    let family = families.iter().find(|family| family.name == name)?;
    Some(family.samples.first()?.value)
}

/// Keeps a CPU busy and memory touched, so that counters have a reason to move.
#[cfg(unix)]
fn work() {
    let mut bytes = vec![0_u8; 8 << 20];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = (index % 251) as u8;
    }
    assert_eq!(std::hint::black_box(&bytes)[251 * 4], 0);
}

#[test]
fn an_unknown_value_is_absent() {
    let mut families = Vec::new();
    let mut sink = Sink::new(&mut families);
    let stats = ProcessStats::default();
    cpu_and_threads(&stats, &mut sink);
    memory(&stats, None, &mut sink);
    descriptors(&stats, &mut sink);
    activity(&stats, &mut sink);
    assert!(families.is_empty());
}

#[test]
fn no_heap_without_an_allocator_that_tells() {
    assert_eq!(value(&collected(), "process_heap_bytes"), None);
    let mut families = Vec::new();
    let silent = Process::new().heap(|| None);
    silent.collect(&mut Sink::new(&mut families));
    assert_eq!(value(&families, "process_heap_bytes"), None);
}

#[cfg(unix)]
#[test]
fn counters_never_fall() {
    let totals = |families: Vec<CollectedFamily>| -> Vec<(String, f64)> {
        let counters = families.into_iter().filter(|f| f.name.ends_with("_total"));
        counters
            .flat_map(|family| {
                let name = family.name.clone();
                let name = move |labels: &[_]| format!("{name}{labels:?}");
                let samples = family.samples.into_iter();
                samples.map(move |sample| (name(&sample.labels), sample.value))
            })
            .collect()
    };
    let mut earlier = totals(collected());
    assert!(earlier.len() >= 5, "{earlier:?}");
    let cpu_at_first = earlier[0].1;
    for _ in 0..5 {
        work();
        let later = totals(collected());
        assert_eq!(earlier.len(), later.len());
        for (before, after) in earlier.iter().zip(&later) {
            assert_eq!(before.0, after.0);
            assert!(before.1 <= after.1, "{before:?} > {after:?}");
        }
        earlier = later;
    }
    assert!(earlier[0].1 > cpu_at_first);
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::linux::{Stat, count_entries, fill, pages, ticks_to_duration};
    use super::*;
    use crate::collect::source::field_kib;

    const REST: &str = "S 1 2 3 0 -1 4194304 97 0 5 0 11 7 0 0 20 0 13 0 100182 3133440 393 1844";

    #[test]
    fn every_name_of_the_client_library_guide_is_served() {
        let families = collected();
        for name in [
            "process_cpu_seconds_total",
            "process_open_fds",
            "process_max_fds",
            "process_virtual_memory_bytes",
            "process_virtual_memory_max_bytes",
            "process_resident_memory_bytes",
            "process_start_time_seconds",
            "process_threads",
            "process_context_switches_total",
            "process_page_faults_total",
            "process_disk_io_bytes_total",
        ] {
            assert!(value(&families, name).is_some(), "{name} is missing");
        }
    }

    #[test]
    fn the_name_of_the_executable_may_hold_anything() {
        let expected = Stat {
            threads: 13,
            start_ticks: 100_182,
        };
        for name in [
            "cat",
            "a b) (c",
            ") S 1 2",
            "((((",
            "",
            "12 34 56",
            "\u{fffd}\n)",
        ] {
            let parsed = Stat::parse(&format!("4601 ({name}) {REST}\n"));
            assert_eq!(parsed.as_ref(), Some(&expected), "{name:?}");
        }
    }

    #[test]
    fn short_or_overflowing_lines_are_missing() {
        assert_eq!(Stat::parse(""), None);
        assert_eq!(Stat::parse("1 (cat) S 1 2 3"), None);
        assert_eq!(Stat::parse(&format!("1 cat {REST}")), None);
        let huge = REST.replace("100182", "99999999999999999999999");
        assert_eq!(Stat::parse(&format!("1 (cat) {huge}")), None);
        assert_eq!(pages("12"), None);
        assert_eq!(pages("12 -3"), None);
        assert_eq!(pages("765 445 418 5 0 90 0\n"), Some((765, 445)));
    }

    #[test]
    fn missing_files_leave_the_rest_alone() {
        let dir = tempfile::tempdir().unwrap();
        let own = dir.path().join("self");
        let mut stats = ProcessStats::default();
        fill(&mut stats, dir.path());
        assert_eq!(stats, ProcessStats::default());

        std::fs::create_dir(&own).unwrap();
        std::fs::write(own.join("statm"), "garbage").unwrap();
        std::fs::write(own.join("io"), "rchar: 9\nread_bytes: 7\nwrite_bytes: x\n").unwrap();
        fill(&mut stats, dir.path());
        assert_eq!(stats.disk_read, Some(7));
        assert_eq!((stats.disk_written, stats.resident_memory), (None, None));
    }

    #[test]
    fn memory_beyond_64_bits_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("self")).unwrap();
        std::fs::write(dir.path().join("self/statm"), format!("{} 1", u64::MAX)).unwrap();
        let mut stats = ProcessStats::default();
        fill(&mut stats, dir.path());
        assert_eq!(stats.virtual_memory, None);
        assert!(stats.resident_memory.is_some());
    }

    #[test]
    fn memory_agrees_with_the_status_file() {
        let near = || {
            let stats = ProcessStats::read();
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            let distance = |own: Option<u64>, key| {
                let listed = field_kib(&status, key).unwrap();
                own.unwrap().abs_diff(listed)
            };
            let resident = distance(stats.resident_memory, "VmRSS");
            resident.max(distance(stats.virtual_memory, "VmSize")) < 64 << 10
        };
        // Other tests of this process allocate and free between the two readings.
        assert!((0..1000).any(|_| near()));
    }

    #[test]
    fn threads_are_counted_as_they_come() {
        let (stop, wait) = std::sync::mpsc::channel::<()>();
        let wait = std::sync::Mutex::new(wait);
        std::thread::scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| wait.lock().unwrap().recv());
            }
            let threads = ProcessStats::read().threads.unwrap();
            assert!(threads >= 6, "{threads}");
            drop(stop);
        });
    }

    #[test]
    fn descriptors_are_counted_as_they_open() {
        let before = ProcessStats::read().open_fds.unwrap();
        let files: Vec<_> = (0..200)
            .map(|_| std::fs::File::open("/dev/null").unwrap())
            .collect();
        let after = ProcessStats::read().open_fds.unwrap();
        assert!(after >= before + 100, "{before} and {after}");
        let listed = std::fs::read_dir("/proc/self/fd").unwrap().count() as u64;
        assert!(after.abs_diff(listed) < 50, "{after} and {listed}");
        drop(files);
    }

    #[test]
    fn a_huge_descriptor_table_is_left_out_rather_than_guessed() {
        let dir = tempfile::tempdir().unwrap();
        for name in 0..4 {
            std::fs::write(dir.path().join(name.to_string()), "").unwrap();
        }
        assert_eq!(count_entries(dir.path(), 4), Some(4));
        assert_eq!(count_entries(dir.path(), 3), None);
        assert_eq!(count_entries(Path::new("/nonexistent"), 3), None);
    }

    #[test]
    fn limits_agree_with_the_limits_file() {
        let stats = ProcessStats::read();
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
        let soft = |name: &str| {
            let line = limits.lines().find_map(|line| line.strip_prefix(name));
            let word = line.unwrap().split_whitespace().next().unwrap();
            word.parse().unwrap_or(u64::MAX)
        };
        assert_eq!(stats.max_fds, Some(soft("Max open files")));
        assert_eq!(stats.virtual_memory_max, Some(soft("Max address space")));
    }

    #[test]
    fn the_start_is_recent_and_constant() {
        let first = ProcessStats::read().start_time.unwrap();
        let age = first.elapsed().unwrap();
        assert!(age < Duration::from_secs(3600), "{age:?}");
        // The directory of a process is as old as the process, or younger.
        let listed = std::fs::metadata("/proc/self").unwrap().modified().unwrap();
        assert!(first <= listed + Duration::from_millis(50));
        assert_eq!(ProcessStats::read().start_time, Some(first));
    }

    #[test]
    fn switches_cover_every_thread() {
        let before = ProcessStats::read().voluntary_switches.unwrap();
        std::thread::spawn(|| {
            for _ in 0..20 {
                std::thread::sleep(Duration::from_micros(100));
            }
        })
        .join()
        .unwrap();
        let after = ProcessStats::read().voluntary_switches.unwrap();
        assert!(after >= before + 20, "{before} and {after}");
    }

    proptest! {
        #[test]
        fn parsers_take_any_text(text in "\\PC*", number: u64) {
            let _ = Stat::parse(&text);
            let _ = pages(&text);
            prop_assert_eq!(ticks_to_duration(number, 0), None);
            let seconds = ticks_to_duration(number, 100).unwrap();
            prop_assert_eq!(seconds.as_secs(), number / 100);
        }

        #[test]
        fn any_executable_name_is_skipped(name in "\\PC{0,40}", threads: u64, start: u64) {
            let rest = format!("S 1 2 3 0 -1 4 97 0 5 0 11 7 0 0 20 0 {threads} 0 {start} 3");
            let stat = Stat::parse(&format!("1 ({name}) {rest}"));
            prop_assert_eq!(stat, Some(Stat { threads, start_ticks: start }));
        }
    }
}
