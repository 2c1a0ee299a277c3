//! The built-in load: customers who come at a steady rate, whether or not the shop keeps up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use reqwest::Client;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::orders::{Order, OrderRequest};
use super::payment::PaymentMethod;
use super::stock::{CATALOGUE, Line};

/// Requests that are under way at once; a customer who finds as many leaves.
const MAX_IN_FLIGHT: usize = 1_000;
/// For how long a customer waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends customers to a shop.
#[derive(Debug)]
pub struct Load {
    shop: Arc<Target>,
    rng: Rng,
    period: Duration,
}

#[derive(Debug)]
struct Target {
    http: Client,
    base: String,
    /// The number of the last order that was confirmed.
    last_order: AtomicI64,
    left: AtomicU64,
    unanswered: AtomicU64,
    room: Semaphore,
}

/// What customers saw of the shop that the shop cannot know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Losses {
    /// Customers who left because too many were waiting.
    pub left: u64,
    /// Requests without an answer.
    pub unanswered: u64,
}

/// What a customer wants.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    Order(OrderRequest),
    Look,
    AskHowToPay,
    FindOrder { back: i64 },
    GetLost,
}

impl Load {
    /// A load of `rate` requests per second on the shop at `address`; `seed` decides what they are.
    ///
    /// # Errors
    ///
    /// If the HTTP client cannot be set up.
    pub fn new(address: SocketAddr, rate: f64, seed: u64) -> reqwest::Result<Self> {
        let target = Target {
            http: Client::builder().timeout(PATIENCE).no_proxy().build()?,
            base: format!("http://{address}"),
            last_order: AtomicI64::new(0),
            left: AtomicU64::new(0),
            unanswered: AtomicU64::new(0),
            room: Semaphore::new(MAX_IN_FLIGHT),
        };
        Ok(Self {
            shop: Arc::new(target),
            rng: Rng::with_seed(seed),
            period: Duration::from_secs_f64(1.0 / rate),
        })
    }

    /// Sends customers until `stop` is ready, and waits for the answers to those under way.
    pub async fn run(mut self, stop: impl Future<Output = ()>) -> Losses {
        let mut stop = std::pin::pin!(stop);
        let mut customers = JoinSet::new();
        let mut ticks = tokio::time::interval(self.period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        loop {
            tokio::select! {
                () = &mut stop => break,
                _ = ticks.tick() => {
                    let wish = wish(&mut self.rng);
                    customers.spawn(self.shop.clone().serve(wish));
                }
                Some(_) = customers.join_next() => {}
            }
        }
        while customers.join_next().await.is_some() {}
        Losses {
            left: self.shop.left.load(Ordering::Relaxed),
            unanswered: self.shop.unanswered.load(Ordering::Relaxed),
        }
    }
}

impl Target {
    async fn serve(self: Arc<Self>, wish: Wish) {
        let Ok(_room) = self.room.try_acquire() else {
            self.left.fetch_add(1, Ordering::Relaxed);
            return;
        };
        if self.send(wish).await.is_err() {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn send(&self, wish: Wish) -> reqwest::Result<()> {
        let request = match wish {
            Wish::Order(order) => return self.order(&order).await,
            Wish::Look => self.http.get(format!("{}/products", self.base)),
            Wish::AskHowToPay => self.http.get(format!("{}/payment-methods", self.base)),
            Wish::FindOrder { back } => {
                let id = self.last_order.load(Ordering::Relaxed) - back;
                self.http.get(format!("{}/orders/{id}", self.base))
            }
            Wish::GetLost => self.http.get(format!("{}/returns", self.base)),
        };
        request.send().await?.bytes().await.map(drop)
    }

    async fn order(&self, order: &OrderRequest) -> reqwest::Result<()> {
        let request = self.http.post(format!("{}/orders", self.base));
        let response = request.json(order).send().await?;
        if response.status().is_success() {
            let order: Order = response.json().await?;
            self.last_order.fetch_max(order.id, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Of a hundred customers 70 order, 15 look around, 10 ask for an order, 4 how to pay, and one is lost.
fn wish(rng: &mut Rng) -> Wish {
    match rng.u32(0..100) {
        0..70 => Wish::Order(order(rng)),
        70..85 => Wish::Look,
        85..95 => Wish::FindOrder {
            back: rng.i64(0..20),
        },
        95..99 => Wish::AskHowToPay,
        _ => Wish::GetLost,
    }
}

fn order(rng: &mut Rng) -> OrderRequest {
    let lines = (0..rng.usize(1..=3)).map(|_| line(rng)).collect();
    OrderRequest {
        customer: format!("customer-{}", rng.u32(0..500)),
        method: rng
            .choice(PaymentMethod::ALL)
            .unwrap_or(PaymentMethod::Card),
        lines,
    }
}

/// Every 25th line is a mistake: nothing of a product, or a product that does not exist.
fn line(rng: &mut Rng) -> Line {
    let (sku, quantity) = match rng.u32(0..50) {
        0 => ("tea", 1),
        1 => ("mug", 0),
        _ => (
            rng.choice(CATALOGUE).map_or("mug", |(sku, ..)| sku),
            rng.u32(1..=3),
        ),
    };
    Line {
        sku: sku.to_owned(),
        quantity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(seed: u64) -> Vec<Wish> {
        let mut rng = Rng::with_seed(seed);
        (0..1_000).map(|_| wish(&mut rng)).collect()
    }

    #[test]
    fn the_seed_decides_what_customers_want() {
        assert_eq!(wishes(1), wishes(1));
        assert_ne!(wishes(1), wishes(2));
    }

    #[test]
    fn most_customers_order() {
        let orders = wishes(1)
            .iter()
            .filter(|wish| matches!(wish, Wish::Order(_)))
            .count();
        assert!((650..750).contains(&orders), "{orders}");
        assert!(wishes(1).contains(&Wish::GetLost));
        assert!(wishes(1).contains(&Wish::Look));
    }
}
