//! Confirmations: messages in the database's outbox, written after the customer has the answer.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use obs_runtime::{monitor_performance, trace_request, track_db_query};
use rusqlite::{Connection, params};

use super::store::{Store, StoreError};

/// Messages that the outbox holds; older ones go.
const MAX_MESSAGES: i64 = 1_000;

static UNSENT: AtomicU64 = AtomicU64::new(0);

/// A message to a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The order it is about.
    pub order: i64,
    /// Whom it goes to.
    pub recipient: String,
    /// What was paid, in cents.
    pub total_cents: i64,
}

/// Sends a confirmation on a task of its own, which stays in the caller's trace.
pub fn send_later(store: &Store, confirmation: Confirmation) {
    let store = store.clone();
    UNSENT.fetch_add(1, Relaxed);
    obs_runtime::handoff::spawn(async move {
        let order = confirmation.order;
        if let Err(error) = send(&store, confirmation).await {
            tracing::error!(order, %error, "confirmation lost");
        }
        UNSENT.fetch_sub(1, Relaxed);
    });
}

/// How many confirmations are not sent yet.
#[must_use]
pub fn unsent() -> u64 {
    UNSENT.load(Relaxed)
}

#[trace_request("send_confirmation", kind = producer, attributes(order = confirmation.order))]
async fn send(store: &Store, confirmation: Confirmation) -> Result<(), StoreError> {
    let body = text(&confirmation);
    store
        .run(move |connection| write(connection, &confirmation, &body))
        .await
}

#[track_db_query("insert", "outbox", system = "sqlite")]
fn write(connection: &Connection, confirmation: &Confirmation, body: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO outbox (order_id, recipient, body) VALUES (?1, ?2, ?3)")?
        .execute(params![confirmation.order, confirmation.recipient, body])?;
    let newest = connection.last_insert_rowid();
    connection
        .prepare_cached("DELETE FROM outbox WHERE id <= ?1")?
        .execute([newest - MAX_MESSAGES])?;
    Ok(())
}

#[monitor_performance("write_confirmation")]
fn text(confirmation: &Confirmation) -> String {
    format!(
        "Thank you for order {}. We received {}.{:02} EUR.",
        confirmation.order,
        confirmation.total_cents / 100,
        confirmation.total_cents % 100,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirmation(order: i64) -> Confirmation {
        Confirmation {
            order,
            recipient: "ada".to_owned(),
            total_cents: 12_305,
        }
    }

    #[test]
    fn the_message_says_what_was_paid() {
        let text = text(&confirmation(7));
        assert_eq!(text, "Thank you for order 7. We received 123.05 EUR.");
    }

    #[tokio::test]
    async fn the_outbox_is_bounded() {
        let store = Store::open(None).unwrap();
        for order in 0..=MAX_MESSAGES + 5 {
            send(&store, confirmation(order)).await.unwrap();
        }
        let count: i64 = store
            .run(|connection| {
                connection.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0))
            })
            .await
            .unwrap();
        assert_eq!(count, MAX_MESSAGES);
    }
}
