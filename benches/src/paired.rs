//! The usual case: the same calls with and without annotation, in turns.

use std::time::{Duration, Instant};

use crate::alloc::{self, Allocated};
use crate::body::{self, Body, INPUTS};
use crate::case::{Allocations, Case, Finish, Sample};

/// Runs over a table of inputs.
pub type Side = Box<dyn FnMut(&[u64])>;

/// How many inputs each side was given so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given {
    /// The side without.
    pub base: u64,
    /// The side with.
    pub with: u64,
}

type Check = Box<dyn FnOnce(Given) -> Result<Finish, String>>;

/// Two sides, of which the difference is the cost.
pub struct Paired {
    base: Side,
    with: Side,
    /// Operations per input, by which the figures are divided.
    operations: f64,
    /// Runs outside of the timed part, after at most so many passes over the inputs.
    drain: Option<(u64, Box<dyn FnMut()>)>,
    check: Check,
    given: Given,
    inputs: Vec<(Body, Inputs)>,
}

/// The inputs of a body, and how often each side passes over them in a quarter of a round.
#[derive(Debug, Default)]
struct Inputs {
    table: Vec<u64>,
    base_passes: u64,
    with_passes: u64,
}

#[derive(Clone, Copy)]
enum Which {
    Base,
    With,
}

impl Paired {
    /// The bare function against `with`.
    #[must_use]
    pub fn new(
        with: impl FnMut(&[u64]) + 'static,
        check: impl FnOnce(Given) -> Result<Finish, String> + 'static,
    ) -> Self {
        Self {
            base: Box::new(body::bare_calls),
            with: Box::new(with),
            operations: 1.0,
            drain: None,
            check: Box::new(check),
            given: Given::default(),
            inputs: Vec::new(),
        }
    }

    /// Another base.
    #[must_use]
    pub fn base(mut self, base: impl FnMut(&[u64]) + 'static) -> Self {
        self.base = Box::new(base);
        self
    }

    /// Runs each pass of either side inside of `around`.
    #[must_use]
    pub fn inside(mut self, around: impl Fn(&mut dyn FnMut()) + Clone + 'static) -> Self {
        let (mut base, mut with, also) = (self.base, self.with, around.clone());
        self.base = Box::new(move |inputs| around(&mut || base(inputs)));
        self.with = Box::new(move |inputs| also(&mut || with(inputs)));
        self
    }

    /// How many operations there are per input. Default: 1.
    #[must_use]
    pub fn operations(mut self, per_input: f64) -> Self {
        self.operations = per_input;
        self
    }

    /// What has to be done from time to time, so that queues do not overflow. It is not timed.
    #[must_use]
    pub fn drain(mut self, after_passes: u64, drain: impl FnMut() + 'static) -> Self {
        self.drain = Some((after_passes, Box::new(drain)));
        self
    }

    /// Ready to be measured.
    #[must_use]
    pub fn boxed(self) -> Box<dyn Case> {
        Box::new(self)
    }

    /// How many inputs each side was given so far.
    #[must_use]
    pub fn given(&self) -> Given {
        self.given
    }

    /// Runs the side with annotation for as long as in a round.
    pub fn annotated(&mut self, body: Body) {
        if let Some(position) = self.inputs(body) {
            let inputs = std::mem::take(&mut self.inputs[position].1);
            self.run(Which::With, &inputs.table, 4 * inputs.with_passes);
            self.inputs[position].1 = inputs;
        }
    }

    /// Passes once over inputs with annotation, for those who count instructions.
    #[inline(never)]
    pub fn pass_annotated(&mut self, table: &[u64]) {
        (self.with)(table);
    }

    /// The same without annotation.
    #[inline(never)]
    pub fn pass_bare(&mut self, table: &[u64]) {
        (self.base)(table);
    }

    /// Does what has to be done from time to time.
    pub fn catch_up(&mut self) {
        if let Some((_, drain)) = &mut self.drain {
            drain();
        }
    }

    /// How many operations there are in a pass.
    #[must_use]
    pub fn operations_per_pass(&self) -> f64 {
        INPUTS as f64 * self.operations
    }

    /// Passes over the table `passes` times. Returns the time of the calls alone.
    fn run(&mut self, which: Which, table: &[u64], passes: u64) -> Duration {
        let mut time = Duration::ZERO;
        let mut left = passes;
        while left > 0 {
            let chunk = self
                .drain
                .as_ref()
                .map_or(left, |(limit, _)| left.min(*limit));
            let start = Instant::now();
            let side = match which {
                Which::Base => &mut self.base,
                Which::With => &mut self.with,
            };
            for _ in 0..chunk {
                side(table);
            }
            time += start.elapsed();
            self.catch_up();
            left -= chunk;
        }
        let given = passes * table.len() as u64;
        match which {
            Which::Base => self.given.base += given,
            Which::With => self.given.with += given,
        }
        time
    }

    /// How many passes fill `slice`, what is done between them included.
    fn passes(&mut self, which: Which, table: &[u64], slice: Duration) -> u64 {
        let mut passes = 1;
        loop {
            let start = Instant::now();
            self.run(which, table, passes);
            let took = start.elapsed();
            if took >= slice / 2 {
                let fill = slice.as_secs_f64() / took.as_secs_f64() * passes as f64;
                return (fill.round() as u64).max(1);
            }
            passes *= 2;
        }
    }

    fn inputs(&mut self, body: Body) -> Option<usize> {
        self.inputs.iter().position(|(known, _)| *known == body)
    }
}

impl Case for Paired {
    fn warm_up(&mut self, body: Body, slice: Duration) {
        let table = body.inputs();
        // Where queues have to be emptied in between, that takes most of the time.
        let slice = if self.drain.is_some() {
            4 * slice
        } else {
            slice
        };
        let quarter = slice / 4;
        // Twice, because the first passes pay for registration and for first touches.
        self.passes(Which::With, &table, quarter);
        let with_passes = self.passes(Which::With, &table, quarter);
        self.passes(Which::Base, &table, quarter);
        let base_passes = self.passes(Which::Base, &table, quarter);
        self.inputs.push((
            body,
            Inputs {
                table,
                base_passes,
                with_passes,
            },
        ));
    }

    fn round(&mut self, body: Body) -> Sample {
        let Some(position) = self.inputs(body) else {
            return Sample {
                base: f64::NAN,
                with: f64::NAN,
            };
        };
        let inputs = std::mem::take(&mut self.inputs[position].1);
        let Inputs {
            table,
            base_passes,
            with_passes,
        } = &inputs;
        // A B B A: a drift over the round hits both sides alike.
        let mut base = self.run(Which::Base, table, *base_passes);
        let mut with = self.run(Which::With, table, *with_passes);
        with += self.run(Which::With, table, *with_passes);
        base += self.run(Which::Base, table, *base_passes);
        let sample = Sample {
            base: self.per_operation(base, *base_passes),
            with: self.per_operation(with, *with_passes),
        };
        self.inputs[position].1 = inputs;
        sample
    }

    fn allocations(&mut self) -> Allocations {
        /// Passes over the inputs.
        const PASSES: u64 = 16;
        let table = Body::Empty.inputs();
        let (mut base, mut with) = (Allocated::default(), Allocated::default());
        for _ in 0..PASSES {
            // The base allocates too where it opens traces of its own.
            base += alloc::during(|| (self.base)(&table));
            with += alloc::during(|| (self.with)(&table));
            self.catch_up();
        }
        self.given.base += PASSES * table.len() as u64;
        self.given.with += PASSES * table.len() as u64;
        let operations = PASSES as f64 * self.operations_per_pass();
        Allocations {
            calls: (with.calls as f64 - base.calls as f64) / operations,
            bytes: (with.bytes as f64 - base.bytes as f64) / operations,
        }
    }

    fn paired(&mut self) -> Option<&mut Paired> {
        Some(self)
    }

    fn finish(mut self: Box<Self>) -> Result<Finish, String> {
        self.catch_up();
        // What it keeps, such as a guard, lives until the check has looked.
        let Self { check, given, .. } = *self;
        check(given)
    }
}

impl Paired {
    /// Nanoseconds per operation of two slices.
    fn per_operation(&self, time: Duration, passes: u64) -> f64 {
        time.as_secs_f64() * 1e9 / (2.0 * passes as f64 * INPUTS as f64 * self.operations)
    }
}

impl std::fmt::Debug for Paired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paired")
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}
