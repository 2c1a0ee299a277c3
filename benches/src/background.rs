//! What the other threads do: processor time that no caller sees.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

use crate::body::{Body, INPUTS};
use crate::case::{Allocations, Case, Finish, Sample};
use crate::paired::Paired;
use crate::shape::SMALL;

/// Spans for each input: a root for each group of children.
const SPANS_PER_INPUT: f64 = 1.0 + 1.0 / SMALL as f64;

/// Processor time of the other threads per span of these traces.
#[must_use]
pub fn case(traces: Paired) -> Box<dyn Case> {
    Box::new(Background { traces })
}

struct Background {
    traces: Paired,
}

impl Case for Background {
    fn warm_up(&mut self, body: Body, slice: Duration) {
        // Longer than other scenarios: threads that wake up every 50 ms have to do so.
        self.traces.warm_up(body, 4 * slice);
    }

    fn round(&mut self, body: Body) -> Sample {
        let before = others();
        let given = self.traces.given().with;
        self.traces.annotated(body);
        let spans = (self.traces.given().with - given) as f64 * SPANS_PER_INPUT;
        Sample {
            base: 0.0,
            with: (others() - before) * 1e9 / spans.max(INPUTS as f64),
        }
    }

    fn allocations(&mut self) -> Allocations {
        Allocations::default()
    }

    fn finish(self: Box<Self>) -> Result<Finish, String> {
        Box::new(self.traces).finish()
    }
}

/// Seconds of processor time of the process so far, without those of this thread. The two clocks are read one
/// after the other, so a difference of two such values can be a little below 0.
fn others() -> f64 {
    let seconds =
        |clock| clock_gettime(clock).map_or(f64::NAN, |time| Duration::from(time).as_secs_f64());
    seconds(ClockId::CLOCK_PROCESS_CPUTIME_ID) - seconds(ClockId::CLOCK_THREAD_CPUTIME_ID)
}
