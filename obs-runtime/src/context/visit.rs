//! The request contexts that a trace passes through.

use std::ops::Range;
use std::sync::Arc;

use super::RequestContext;

/// Visits that are noted; the spans of further ones are taken for those around them.
const MAX_VISITS: usize = 1024;

/// Which spans of a segment ended inside a context other than the one that the segment began in.
///
/// Spans are written in the order in which they end, so a stay in a context is a range of them.
#[derive(Debug, Default)]
pub(crate) struct Visits(Vec<(Arc<RequestContext>, Range<usize>)>);

impl Visits {
    /// Notes that `spans` ended inside `context`.
    pub(crate) fn add(&mut self, context: Arc<RequestContext>, spans: Range<usize>) {
        if let Some((last, known)) = self.0.last_mut()
            && Arc::ptr_eq(last, &context)
            && known.end == spans.start
        {
            known.end = spans.end;
            return;
        }
        let is_worth_it = !spans.is_empty() || self.0.is_empty();
        if is_worth_it && self.0.len() < MAX_VISITS {
            self.0.push((context, spans));
        }
    }

    /// Whether there were none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The innermost context visited that the span at `index` ended in.
    pub(crate) fn at(&self, index: usize) -> Option<&RequestContext> {
        // An inner visit ends, and is noted, before the one around it.
        let visit = self.0.iter().find(|(_, spans)| spans.contains(&index));
        visit.map(|(context, _)| &**context)
    }

    /// The context visited, if it was the only one.
    pub(crate) fn only(&self) -> Option<&RequestContext> {
        let (first, _) = self.0.first()?;
        let is_only = self.0.iter().all(|(other, _)| Arc::ptr_eq(first, other));
        is_only.then_some(&**first)
    }
}
