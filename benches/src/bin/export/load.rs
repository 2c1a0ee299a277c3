//! Items at a steady rate, and what the threads do meanwhile.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use obs_benches::figures::Outcome;

use crate::RATE;

/// Spans or records of a burst, of which there is one each millisecond.
pub(crate) const BURST: u64 = RATE / 1_000;
/// Spans of a trace.
pub(crate) const SPANS: u64 = 10;

const WARM_UP: Duration = Duration::from_secs(3);

/// What makes items, a burst at a time.
pub(crate) struct Load<'a> {
    /// From one burst to the next.
    pub(crate) pause: Duration,
    /// How many items a burst has.
    pub(crate) items: u64,
    /// Makes the burst of this number.
    pub(crate) make: Box<dyn Fn(u64) + 'a>,
}

impl Load<'_> {
    /// Makes items for so long, waits until they have arrived, and prints how many they were and the times of all
    /// threads.
    pub(crate) fn measure(
        &self,
        seconds: u64,
        flush: &dyn Fn() -> bool,
        produced: &dyn Fn() -> u64,
    ) -> Outcome<()> {
        // Until then what is kept in memory grows.
        self.make_for(WARM_UP, flush)?;
        println!("warm-up {}", produced());
        let before = threads()?;
        let started = Instant::now();
        let bursts = self.make_for(Duration::from_secs(seconds), flush)?;
        println!("seconds {}", started.elapsed().as_secs_f64());
        println!("items {}", self.items * bursts);
        for (name, time) in threads()? {
            let earlier = before.get(&name).copied().unwrap_or(0);
            let name = if name == "export" { "caller" } else { &name };
            println!("{name} {}", time.saturating_sub(earlier));
        }
        Ok(())
    }

    fn make_for(&self, duration: Duration, flush: &dyn Fn() -> bool) -> Outcome<u64> {
        let mut due = Instant::now();
        let end = due + duration;
        let mut bursts = 0;
        while due < end {
            (self.make)(bursts);
            bursts += 1;
            due += self.pause;
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        if flush() {
            Ok(bursts)
        } else {
            Err("not everything arrived in time".into())
        }
    }
}

/// Nanoseconds on a processor of all threads of a name.
fn threads() -> Outcome<BTreeMap<String, u64>> {
    let mut times = BTreeMap::new();
    for task in std::fs::read_dir("/proc/self/task")? {
        let path = task?.path();
        let name = std::fs::read_to_string(path.join("comm"))?;
        let times_of_task = std::fs::read_to_string(path.join("schedstat"))?;
        let time: u64 = times_of_task
            .split(' ')
            .next()
            .unwrap_or_default()
            .parse()?;
        *times.entry(name.trim_end().to_owned()).or_default() += time;
    }
    Ok(times)
}
