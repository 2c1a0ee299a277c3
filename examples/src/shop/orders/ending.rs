//! What is told of an order that came to an end.

use std::error::Error;

use obs_runtime::{Event, Label};

use super::{Order, OrderError};
use crate::shop::monitoring::{OrderClosed, OrderLabels, OrderResult, Sales};
use crate::shop::payment::{PaymentError, PaymentMethod};

/// Counts and logs what became of an order.
pub(super) fn note(customer: &str, method: PaymentMethod, answer: &Result<Order, OrderError>) {
    let mut value_euros = None;
    let result = match answer {
        Ok(order) => {
            tracing::info!(
                order = order.id,
                total_cents = order.total_cents,
                "order confirmed"
            );
            let euros = order.total_cents as f64 / 100.0;
            Sales::get().order_value_euros.observe(euros);
            value_euros = Some(euros);
            OrderResult::Confirmed
        }
        Err(error) => {
            let result = error.result();
            match result {
                OrderResult::Failed => tracing::warn!(error = error as &dyn Error, "order failed"),
                _ => tracing::info!(%error, "order refused"),
            }
            result
        }
    };
    Sales::get()
        .orders_total
        .with(&OrderLabels { method, result })
        .inc();
    OrderClosed {
        customer,
        method,
        error: (result != OrderResult::Confirmed).then(|| result.as_str()),
        value_euros,
    }
    .record();
}

impl OrderError {
    fn result(&self) -> OrderResult {
        match self {
            Self::Invalid(_) | Self::NotFound(_) => OrderResult::Invalid,
            Self::OutOfStock(_) => OrderResult::OutOfStock,
            Self::Payment(PaymentError::Declined) => OrderResult::Declined,
            Self::Payment(_) | Self::Store(_) => OrderResult::Failed,
        }
    }
}
