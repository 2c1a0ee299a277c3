//! A small online shop that measures, traces and logs itself.
//!
//! An order is checked, paid through an HTTP API that is slow and fails now and then, taken from the
//! stock in an SQLite database, and confirmed by a message. The program serves the payment API too, on
//! a port of its own, and sends itself customers.
//!
//! | question | module |
//! |---|---|
//! | what happens to an order? | [`orders`] |
//! | how is it paid, and by whom? | [`payment`] |
//! | what is in the database? | [`store`], [`stock`], [`notify`] |
//! | what is kept for a while? | [`answers`] |
//! | which routes are there? | [`web`] |
//! | what does it tell of itself? | [`monitoring`] |
//! | is it well, and what does it depend on? | [`health`] |
//! | who sends the requests? | [`load`] |
//! | what is printed? | [`banner`], [`progress`], [`traffic`] |
//! | how does it start and stop? | [`run()`], [`cli`] |

pub mod answers;
pub mod banner;
pub mod cli;
pub mod health;
pub mod load;
pub mod monitoring;
pub mod notify;
pub mod orders;
mod output;
pub mod payment;
pub mod progress;
mod run;
pub mod stock;
pub mod store;
pub mod traffic;
pub mod web;

pub use cli::Cli;
pub use run::{RunError, run};
