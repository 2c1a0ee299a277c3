//! The attributes of a call.

use std::marker::PhantomData;

use crate::attribute::{self, AttributeValue};

/// Adds attributes to the span of a call that this thread is in.
#[derive(Debug, Clone, Copy)]
pub struct Recorder {
    span: u64,
    stays_on_thread: PhantomData<*const ()>,
}

impl Recorder {
    #[inline(always)]
    pub(super) fn of(span: u64) -> Self {
        Self {
            span,
            stays_on_thread: PhantomData,
        }
    }

    /// Adds an attribute.
    #[inline(always)]
    pub fn attribute(self, key: &'static str, value: &impl AttributeValue) {
        attribute::record_static(self.span, key, value.attribute_value());
    }

    /// Adds an attribute that was formatted before the call began.
    pub(crate) fn formatted(self, key: &'static str, value: &attribute::Formatted) {
        attribute::record_ready(self.span, key, value.as_ready());
    }
}
