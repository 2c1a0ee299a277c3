//! What the memory of this process is mapped for, by kind and by file.

use crate::words::words;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Bytes of the kernel's list that are read: some 80,000 mappings.
const MAX_BYTES: u64 = 64 << 20;
/// Files that are told apart while the list is read.
const MAX_FILES: usize = 10_000;

/// Bytes of some mappings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) mappings: u64,
    pub(crate) resident: u64,
    /// Pages that several processes share count for each by its share.
    pub(crate) proportional: u64,
    pub(crate) private_dirty: u64,
    pub(crate) swapped: u64,
}

words! {
    /// What mappings are for.
    pub(crate) enum Purpose {
        /// What the first heap of the C library holds.
        Heap = "heap",
        /// The stack of the main thread.
        Stack = "main_stack",
        /// Other heaps, large allocations, the stacks of threads.
        Anonymous = "anonymous",
        /// Code and constants of the program and its libraries, and files that it maps.
        File = "file",
        /// What the kernel puts into every process.
        Kernel = "kernel",
    }
}

/// All mappings.
#[derive(Debug, Default)]
pub(crate) struct Maps {
    pub(crate) by_purpose: [Use; Purpose::ALL.len()],
    /// The files, those with most in memory first.
    pub(crate) files: Vec<(String, Use)>,
    /// Whether the list was longer than what is read of it.
    pub(crate) is_cut: bool,
}

impl Purpose {
    fn of(name: &str) -> Self {
        match name {
            "[heap]" => Self::Heap,
            "[stack]" => Self::Stack,
            name if name.is_empty() || name.starts_with("[anon") => Self::Anonymous,
            name if name.starts_with('[') => Self::Kernel,
            _ => Self::File,
        }
    }
}

impl Use {
    fn add(&mut self, other: Self) {
        self.mappings += other.mappings;
        self.resident += other.resident;
        self.proportional += other.proportional;
        self.private_dirty += other.private_dirty;
        self.swapped += other.swapped;
    }

    /// Takes a line such as `Rss:   4 kB`.
    fn read(&mut self, line: &str) {
        let Some((key, rest)) = line.split_once(':') else {
            return;
        };
        let field = match key {
            "Rss" => &mut self.resident,
            "Pss" => &mut self.proportional,
            "Private_Dirty" => &mut self.private_dirty,
            "Swap" => &mut self.swapped,
            _ => return,
        };
        let kib: u64 = rest
            .split_whitespace()
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or(0);
        *field = kib.saturating_mul(1024);
    }
}

impl Maps {
    /// The mappings of this process; `None` where the kernel does not tell.
    pub(crate) fn read() -> Option<Self> {
        Self::read_at(Path::new("/proc/self/smaps"))
    }

    fn read_at(path: &Path) -> Option<Self> {
        let mut list = BufReader::new(File::open(path).ok()?.take(MAX_BYTES));
        let mut maps = Self::default();
        let mut files = HashMap::new();
        let mut current: Option<(String, Use)> = None;
        let mut line = Vec::new();
        // A file of which less than all can be read tells what it told so far.
        while matches!(list.read_until(b'\n', &mut line), Ok(read) if read > 0) {
            let text = String::from_utf8_lossy(&line);
            // The line of a mapping begins with an address in lower-case hex, its fields with a capital.
            if text.starts_with(|first: char| first.is_ascii_uppercase()) {
                if let Some((_, used)) = &mut current {
                    used.read(&text);
                }
            } else {
                let next = (
                    name(&text).to_owned(),
                    Use {
                        mappings: 1,
                        ..Use::default()
                    },
                );
                if let Some(done) = current.replace(next) {
                    maps.add(done, &mut files);
                }
            }
            line.clear();
        }
        if let Some(last) = current {
            maps.add(last, &mut files);
        }
        maps.is_cut = list.get_ref().limit() == 0;
        maps.files = files.into_iter().collect();
        maps.files
            .sort_by(|(name, one), (other, two)| (two.resident, name).cmp(&(one.resident, other)));
        Some(maps)
    }

    fn add(&mut self, (name, used): (String, Use), files: &mut HashMap<String, Use>) {
        let purpose = Purpose::of(&name);
        if let Some(sum) = self.by_purpose.get_mut(purpose as usize) {
            sum.add(used);
        }
        if purpose == Purpose::File && (files.len() < MAX_FILES || files.contains_key(&name)) {
            files.entry(name).or_default().add(used);
        }
    }
}

/// What is mapped, the sixth word of `address permissions offset device inode name`. It may have spaces in it.
fn name(line: &str) -> &str {
    let mut rest = line;
    for _ in 0..5 {
        let Some((_, after)) = rest.trim_start().split_once([' ', '\n']) else {
            return "";
        };
        rest = after;
    }
    rest.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "\
55d4c8a00000-55d4c8a22000 r-xp 00000000 fe:00 12345                      /opt/my shop/shop
Size:                136 kB
Rss:                 100 kB
Pss:                  50 kB
Private_Dirty:         0 kB
VmFlags: rd ex mr mw me
55d4c8a22000-55d4c8a23000 rw-p 00022000 fe:00 12345                      /opt/my shop/shop
Rss:                   4 kB
Pss:                   4 kB
Private_Dirty:         4 kB
55d4c9000000-55d4c9100000 rw-p 00000000 00:00 0                          [heap]
Rss:                1000 kB
Swap:                 24 kB
7f0000000000-7f0000100000 rw-p 00000000 00:00 0 \n\
Rss:                 500 kB
7f0000200000-7f0000300000 rw-p 00000000 00:00 0                          [anon:arena]
Rss:                 200 kB
7ffc00000000-7ffc00020000 rw-p 00000000 00:00 0                          [stack]
Rss:                  40 kB
7ffc00030000-7ffc00031000 r-xp 00000000 00:00 0                          [vdso]
Rss:                   4 kB
";

    #[test]
    fn mappings_add_up_by_purpose_and_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("smaps");
        std::fs::write(&path, LIST).unwrap();
        let maps = Maps::read_at(&path).unwrap();
        let resident = |purpose: Purpose| maps.by_purpose[purpose as usize].resident / 1024;
        assert_eq!(resident(Purpose::Heap), 1000);
        assert_eq!(resident(Purpose::Anonymous), 700);
        assert_eq!(resident(Purpose::Stack), 40);
        assert_eq!(resident(Purpose::Kernel), 4);
        assert_eq!(maps.by_purpose[Purpose::Heap as usize].swapped, 24 * 1024);
        let shop = Use {
            mappings: 2,
            resident: 104 * 1024,
            proportional: 54 * 1024,
            private_dirty: 4 * 1024,
            swapped: 0,
        };
        assert_eq!(maps.files, [("/opt/my shop/shop".to_owned(), shop)]);
        assert!(!maps.is_cut);
        assert!(Maps::read_at(Path::new("/nowhere")).is_none());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_code_and_a_heap_somewhere() {
        let held = std::hint::black_box(vec![1_u8; 32 << 20]);
        let maps = Maps::read().unwrap();
        let resident = |purpose: Purpose| maps.by_purpose[purpose as usize].resident;
        assert!(resident(Purpose::Anonymous) + resident(Purpose::Heap) >= held.len() as u64);
        assert!(resident(Purpose::File) > 0);
        assert!(!maps.files.is_empty());
    }
}
