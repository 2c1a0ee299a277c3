//! What there is to buy, and how much of it.

use obs_runtime::track_db_query;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

/// The catalogue: sku, name, price in cents.
pub const CATALOGUE: &[(&str, &str, i64)] = &[
    ("beans-250", "Coffee beans, 250 g", 890),
    ("beans-1000", "Coffee beans, 1 kg", 2_990),
    ("filter-100", "Paper filters, 100 pieces", 450),
    ("kettle", "Gooseneck kettle", 6_900),
    ("grinder", "Hand grinder", 11_900),
    ("mug", "Mug", 1_250),
];

/// How much a delivery brings the stock of a product up to.
const FULL: i64 = 400;
/// A delivery is ordered for products below this.
const LOW: i64 = 100;

/// A product as the shop shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Identifies the product.
    pub sku: String,
    /// For people.
    pub name: String,
    /// Price of one in cents.
    pub price_cents: i64,
    /// How many there are.
    pub stock: i64,
}

/// A line of an order: so many of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which product.
    pub sku: String,
    /// How many.
    pub quantity: u32,
}

/// Enters the catalogue, with full shelves. Products that are there already stay as they are.
///
/// # Errors
///
/// Those of the database.
pub fn stock_up(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (sku, name, price) in CATALOGUE {
        transaction.execute(
            "INSERT OR IGNORE INTO products (sku, name, price_cents, stock) VALUES (?1, ?2, ?3, ?4)",
            params![sku, name, price, FULL],
        )?;
    }
    transaction.commit()
}

/// All products, by sku.
///
/// # Errors
///
/// Those of the database.
#[track_db_query("select", "products", system = "sqlite")]
pub fn products(connection: &Connection) -> rusqlite::Result<Vec<Product>> {
    connection
        .prepare_cached("SELECT sku, name, price_cents, stock FROM products ORDER BY sku")?
        .query_map([], |row| {
            Ok(Product {
                sku: row.get(0)?,
                name: row.get(1)?,
                price_cents: row.get(2)?,
                stock: row.get(3)?,
            })
        })?
        .collect()
}

/// What the lines cost together, in cents; or the first product that does not exist.
///
/// # Errors
///
/// Those of the database.
#[track_db_query("select", "products", system = "sqlite")]
pub fn price(connection: &Connection, lines: &[Line]) -> rusqlite::Result<Result<i64, String>> {
    let mut select =
        connection.prepare_cached("SELECT price_cents FROM products WHERE sku = ?1")?;
    let mut total = 0;
    for line in lines {
        let price: Option<i64> = select.query_row([&line.sku], |row| row.get(0)).optional()?;
        let Some(price) = price else {
            return Ok(Err(line.sku.clone()));
        };
        total += price * i64::from(line.quantity);
    }
    Ok(Ok(total))
}

/// Takes all lines out of the stock; or none, and says which product is short.
///
/// # Errors
///
/// Those of the database.
#[track_db_query("update", "products", system = "sqlite")]
pub fn reserve(
    connection: &mut Connection,
    lines: &[Line],
) -> rusqlite::Result<Result<(), String>> {
    let transaction = connection.transaction()?;
    for line in lines {
        let taken = transaction
            .prepare_cached(
                "UPDATE products SET stock = stock - ?2 WHERE sku = ?1 AND stock >= ?2",
            )?
            .execute(params![line.sku, line.quantity])?;
        if taken == 0 {
            return Ok(Err(line.sku.clone())); // dropping the transaction gives the others back
        }
    }
    transaction.commit()?;
    Ok(Ok(()))
}

/// A delivery: fills up what has become low. Says how many products that were.
///
/// # Errors
///
/// Those of the database.
#[track_db_query("update", "products", system = "sqlite")]
pub fn restock(connection: &Connection) -> rusqlite::Result<usize> {
    connection.execute(
        "UPDATE products SET stock = ?1 WHERE stock < ?2",
        params![FULL, LOW],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::store::Store;

    fn line(sku: &str, quantity: u32) -> Line {
        Line {
            sku: sku.to_owned(),
            quantity,
        }
    }

    async fn store() -> Store {
        let store = Store::open(None).unwrap();
        store.run(stock_up).await.unwrap();
        store
    }

    async fn stock_of(store: &Store, sku: &'static str) -> i64 {
        let products = store.run(|connection| products(connection)).await.unwrap();
        products
            .iter()
            .find(|product| product.sku == sku)
            .unwrap()
            .stock
    }

    #[tokio::test]
    async fn lines_cost_their_price_times_their_quantity() {
        let total = store()
            .await
            .run(|connection| price(connection, &[line("mug", 2), line("filter-100", 1)]))
            .await;
        assert_eq!(total.unwrap(), Ok(2 * 1_250 + 450));
    }

    #[tokio::test]
    async fn an_unknown_product_has_no_price() {
        let total = store()
            .await
            .run(|connection| price(connection, &[line("mug", 1), line("tea", 1)]))
            .await;
        assert_eq!(total.unwrap(), Err("tea".to_owned()));
    }

    #[tokio::test]
    async fn an_order_takes_all_of_its_lines_or_none() {
        let store = store().await;
        let short = [line("mug", 3), line("kettle", 401)];
        let taken = store
            .run(move |connection| reserve(connection, &short))
            .await;
        assert_eq!(taken.unwrap(), Err("kettle".to_owned()));
        assert_eq!(stock_of(&store, "mug").await, FULL);

        let fits = [line("mug", 3), line("kettle", 400)];
        let taken = store
            .run(move |connection| reserve(connection, &fits))
            .await;
        assert_eq!(taken.unwrap(), Ok(()));
        assert_eq!(stock_of(&store, "mug").await, FULL - 3);
        assert_eq!(stock_of(&store, "kettle").await, 0);
    }

    #[tokio::test]
    async fn a_delivery_fills_up_only_what_is_low() {
        let store = store().await;
        let lines = [line("mug", 301), line("kettle", 300)];
        store
            .run(move |connection| reserve(connection, &lines))
            .await
            .unwrap()
            .unwrap();
        let filled = store.run(|connection| restock(connection)).await.unwrap();
        assert_eq!(filled, 1);
        assert_eq!(stock_of(&store, "mug").await, FULL);
        assert_eq!(stock_of(&store, "kettle").await, 100);
    }
}
