//! What a trace says when it is looked at as a tree: who waited for whom, and for how long.
//!
//! Real traces are not neat: spans are missing, an id occurs twice, a child outlives its parent.
//! Every span is accounted for all the same. A span whose parent is not in the trace is shown as a
//! root of its own, and so is one that would be its own ancestor.
//!
//! ```
//! use obs_runtime::trace::analysis::{critical_path, waterfall};
//! use obs_runtime::trace::{Keep, SpanBatch, SpanData, SpanId, Trace, TraceId};
//!
//! let (order, pay) = (SpanId::new(1).unwrap(), SpanId::new(2).unwrap());
//! let trace = Trace::new(SpanBatch {
//!     trace_id: TraceId::new(1).unwrap(),
//!     keep: Keep::Sampled,
//!     spans: vec![
//!         SpanData::new(order, None, "order", 100, 50),
//!         SpanData::new(pay, Some(order), "pay", 110, 30),
//!     ],
//!     dropped_spans: 0,
//! })
//! .unwrap();
//!
//! let rows: Vec<_> = waterfall(&trace).iter().map(|row| (row.depth, row.offset_ns)).collect();
//! assert_eq!(rows, [(0, 0), (1, 10)]);
//!
//! let path = critical_path(&trace);
//! let parts: Vec<_> = path.segments.iter().map(|part| (&*part.span.name, part.duration_ns)).collect();
//! assert_eq!(parts, [("order", 10), ("pay", 30), ("order", 10)]);
//! ```

mod critical_path;
mod summary;
mod tree;
mod waterfall;

pub use critical_path::{CriticalPath, Segment, critical_path};
pub use summary::{OperationSummary, Summary, summary};
pub use waterfall::{Row, waterfall};

#[cfg(test)]
mod tests;
