//! What happens to an order.

mod ending;
mod table;

use obs_runtime::{Outcome, context, service, timed, trace, trace_request};
use serde::{Deserialize, Serialize};

use self::ending::note;
use self::table::{insert, select, update};
use super::answers::Answers;
use super::monitoring::{MONITORING, set_stock};
use super::notify::{self, Confirmation};
use super::payment::{Charge, PaymentError, PaymentMethod, Payments};
use super::stock::{self, Line};
use super::store::{Store, StoreError};

/// Lines of one order.
const MAX_LINES: usize = 20;
/// Pieces in one line.
const MAX_QUANTITY: u32 = 100;
/// The answer with all products.
const PRODUCTS: &str = "products";

/// What a customer sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// Who orders.
    pub customer: String,
    /// How it is paid.
    pub method: PaymentMethod,
    /// What is ordered.
    pub lines: Vec<Line>,
}

/// An order in the database, and the answer to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number.
    pub id: i64,
    /// Who ordered.
    pub customer: String,
    /// What it costs, in cents.
    pub total_cents: i64,
    /// How far it got.
    pub status: Status,
}

/// How far an order got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Entered, not yet paid.
    Open,
    /// Paid and on its way.
    Confirmed,
    /// Not paid, or paid back.
    Cancelled,
}

/// Why there is no order.
#[derive(Debug, thiserror::Error, Outcome)]
pub enum OrderError {
    /// The request makes no sense.
    #[error("{0}")]
    #[outcome(caller_fault)]
    Invalid(String),
    /// There is no order of this number.
    #[error("there is no order {0}")]
    #[outcome(caller_fault)]
    NotFound(i64),
    /// The stock does not have as many of this product.
    #[error("not enough `{0}` in stock")]
    #[outcome(caller_fault)]
    OutOfStock(String),
    /// It could not be paid.
    #[error(transparent)]
    #[outcome(transparent)]
    Payment(#[from] PaymentError),
    /// The database failed.
    #[error(transparent)]
    #[outcome(transparent)]
    Store(#[from] StoreError),
}

/// The shop: takes orders and says what became of them.
#[service(name = "shop", monitoring = MONITORING)]
#[derive(Debug)]
pub struct Shop {
    store: Store,
    payments: Payments,
    answers: Answers,
}

#[service]
impl Shop {
    /// A shop over this database and this payment API, which keeps answers there.
    #[service(skip)]
    #[must_use]
    pub fn new(store: Store, payments: Payments, answers: Answers) -> Self {
        Self {
            store,
            payments,
            answers,
        }
    }

    /// Takes an order: checks it, has it paid, takes it from the stock and confirms it.
    ///
    /// # Errors
    ///
    /// If the order makes no sense, cannot be paid, or the stock is too small; money that was taken is
    /// given back.
    #[trace_request(
        "place_order",
        labels(method = request.method),
        attributes(lines = request.lines.len())
    )]
    pub async fn place_order(&self, request: OrderRequest) -> Result<Order, OrderError> {
        context::set_user_id(request.customer.as_str());
        let method = request.method;
        let customer = request.customer.clone();
        let answer = self.take_order(request).await;
        note(&customer, method, &answer);
        answer
    }

    #[service(skip)]
    async fn take_order(&self, request: OrderRequest) -> Result<Order, OrderError> {
        validate(&request)?;
        let mut order = self.enter(&request).await?;
        trace::set_attribute("order", order.id);
        match self.fulfil(&order, &request).await {
            Ok(()) => order.status = Status::Confirmed,
            Err(error) => {
                self.close(order.id, Status::Cancelled).await?;
                return Err(error);
            }
        }
        self.close(order.id, Status::Confirmed).await?;
        notify::send_later(
            &self.store,
            Confirmation {
                order: order.id,
                recipient: request.customer,
                total_cents: order.total_cents,
            },
        );
        Ok(order)
    }

    /// The order of this number.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub async fn find_order(&self, id: i64) -> Result<Order, OrderError> {
        let key = format!("order:{id}");
        if let Some(order) = self.answers.get(&key).await {
            return Ok(order);
        }
        let found = self.store.run(move |connection| select(connection, id));
        let order = found.await?.ok_or(OrderError::NotFound(id))?;
        if order.status != Status::Open {
            self.answers.keep(key, &order).await;
        }
        Ok(order)
    }

    /// All products with their stock.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn products(&self) -> Result<Vec<stock::Product>, OrderError> {
        if let Some(products) = self.answers.get(PRODUCTS).await {
            return Ok(products);
        }
        let found = self.store.run(|connection| stock::products(connection));
        let products = found.await?;
        self.answers.keep(PRODUCTS.to_owned(), &products).await;
        Ok(products)
    }

    /// The ways to pay.
    ///
    /// # Errors
    ///
    /// If the payment API does not say.
    pub async fn payment_methods(&self) -> Result<Vec<PaymentMethod>, OrderError> {
        Ok(self.payments.methods().await?)
    }

    /// A delivery: fills up what has become low.
    ///
    /// # Errors
    ///
    /// Those of the database.
    #[trace_request("delivery", root)]
    pub async fn deliver(&self) -> Result<(), OrderError> {
        let filled = self
            .store
            .run(|connection| stock::restock(connection))
            .await?;
        if filled > 0 {
            self.answers.forget(PRODUCTS).await;
            tracing::info!(products = filled, "delivery");
        }
        set_stock(&self.products().await?);
        Ok(())
    }

    async fn enter(&self, request: &OrderRequest) -> Result<Order, OrderError> {
        let (customer, lines) = (request.customer.clone(), request.lines.clone());
        self.store
            .run(move |connection| match stock::price(connection, &lines)? {
                Ok(total_cents) => insert(connection, customer, total_cents).map(Ok),
                Err(sku) => Ok(Err(sku)),
            })
            .await?
            .map_err(|sku| OrderError::Invalid(format!("there is no product `{sku}`")))
    }

    async fn fulfil(&self, order: &Order, request: &OrderRequest) -> Result<(), OrderError> {
        let charge = Charge {
            order: order.id,
            amount_cents: order.total_cents,
            method: request.method,
        };
        let paid = self.payments.charge(&charge).await?;
        let lines = request.lines.clone();
        let reserved = self
            .store
            .run(move |connection| stock::reserve(connection, &lines));
        if let Err(sku) = reserved.await? {
            self.payments.refund(&paid.id).await?;
            return Err(OrderError::OutOfStock(sku));
        }
        self.answers.forget(PRODUCTS).await;
        Ok(())
    }

    async fn close(&self, id: i64, status: Status) -> Result<(), OrderError> {
        let closed = self
            .store
            .run(move |connection| update(connection, id, status));
        Ok(closed.await?)
    }
}

/// Checks what can be checked without the database.
#[timed("validate_order")]
fn validate(request: &OrderRequest) -> Result<(), OrderError> {
    let invalid = |message: String| Err(OrderError::Invalid(message));
    if request.customer.trim().is_empty() {
        return invalid("`customer` is empty".to_owned());
    }
    if request.lines.is_empty() || request.lines.len() > MAX_LINES {
        return invalid(format!("an order has 1 to {MAX_LINES} lines"));
    }
    match request
        .lines
        .iter()
        .find(|line| !(1..=MAX_QUANTITY).contains(&line.quantity))
    {
        Some(line) => invalid(format!(
            "the quantity of `{}` must be 1 to {MAX_QUANTITY}, got {}",
            line.sku, line.quantity
        )),
        None => Ok(()),
    }
}
