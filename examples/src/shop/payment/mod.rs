//! Payment: the client that the shop uses, and the API it calls.

pub mod api;
mod client;

pub use client::{PaymentError, Payments};
use obs_runtime::Label;
use serde::{Deserialize, Serialize};

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// By card.
    Card,
    /// From an account with a payment service.
    Wallet,
    /// By bank transfer.
    Transfer,
}

impl PaymentMethod {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Card, Self::Wallet, Self::Transfer];
}

/// What the API is asked for: `POST /v1/charges`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The order that is paid.
    pub order: i64,
    /// How much, in cents.
    pub amount_cents: i64,
    /// From where.
    pub method: PaymentMethod,
}

/// What the API answers: money was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Charged {
    /// For a refund: `POST /v1/charges/{id}/refund`.
    pub id: String,
    /// How many calls the API takes for the rest of this second.
    #[serde(skip)]
    pub calls_left: Option<f64>,
}

/// The header in which the API says how many calls it takes for the rest of the second.
pub const RATE_LIMIT_REMAINING: &str = "x-ratelimit-remaining";
