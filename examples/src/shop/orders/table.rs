//! Orders in the database.

use obs_runtime::track_db_query;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Order, Status};

/// Orders that the database holds; older ones go.
const MAX_ORDERS: i64 = 100_000;

impl Status {
    const ALL: [Self; 3] = [Self::Open, Self::Confirmed, Self::Cancelled];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
        }
    }
}

#[track_db_query("insert", "orders", system = "sqlite")]
pub(super) fn insert(
    connection: &Connection,
    customer: String,
    total_cents: i64,
) -> rusqlite::Result<Order> {
    let status = Status::Open;
    connection
        .prepare_cached("INSERT INTO orders (customer, total_cents, status) VALUES (?1, ?2, ?3)")?
        .execute(params![customer, total_cents, status.as_str()])?;
    let id = connection.last_insert_rowid();
    connection
        .prepare_cached("DELETE FROM orders WHERE id <= ?1")?
        .execute([id - MAX_ORDERS])?;
    Ok(Order {
        id,
        customer,
        total_cents,
        status,
    })
}

#[track_db_query("update", "orders", system = "sqlite")]
pub(super) fn update(connection: &Connection, id: i64, status: Status) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE orders SET status = ?2 WHERE id = ?1")?
        .execute(params![id, status.as_str()])?;
    Ok(())
}

#[track_db_query("select", "orders", system = "sqlite")]
pub(super) fn select(connection: &Connection, id: i64) -> rusqlite::Result<Option<Order>> {
    connection
        .prepare_cached("SELECT customer, total_cents, status FROM orders WHERE id = ?1")?
        .query_row([id], |row| {
            let status: String = row.get(2)?;
            let known = Status::ALL
                .into_iter()
                .find(|known| known.as_str() == status);
            Ok(Order {
                id,
                customer: row.get(0)?,
                total_cents: row.get(1)?,
                status: known.ok_or(rusqlite::Error::InvalidQuery)?,
            })
        })
        .optional()
}
