//! The payment API: slow now and then, failing now and then, by a seed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use fastrand::Rng;
use obs_runtime::counted;
use obs_runtime::http::ServerLayer;

use super::{Charge, Charged, PaymentMethod, RATE_LIMIT_REMAINING};

/// Calls per second that the API takes.
const CALLS_PER_SECOND: u32 = 300;
/// Charges that can be refunded; older ones are forgotten.
const MAX_CHARGES: usize = 10_000;

/// How a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Paid,
    Declined,
    Down,
}

struct Bank {
    rng: Rng,
    last_id: u64,
    refundable: VecDeque<u64>,
    limit: RateLimit,
}

struct RateLimit {
    window: Instant,
    used: u32,
}

type Shared = Arc<Mutex<Bank>>;

/// The routes of the API. `seed` decides which calls are slow, declined or fail.
pub fn router(seed: u64) -> Router {
    let bank = Bank {
        rng: Rng::with_seed(seed),
        last_id: 0,
        refundable: VecDeque::new(),
        limit: RateLimit {
            window: Instant::now(),
            used: 0,
        },
    };
    Router::new()
        .route(
            "/v1/status",
            get(|| async { Json(serde_json::json!({"state": "up"})) }),
        )
        .route("/v1/methods", get(methods))
        .route("/v1/charges", post(charge))
        .route("/v1/charges/{id}/refund", post(refund))
        .layer(ServerLayer::new())
        .with_state(Arc::new(Mutex::new(bank)))
}

async fn charge(State(bank): State<Shared>, Json(charge): Json<Charge>) -> Response {
    let (left, mood, delay) = {
        let mut bank = lock(&bank);
        let Some(left) = bank.limit.take(Instant::now()) else {
            return StatusCode::TOO_MANY_REQUESTS.into_response();
        };
        (left, mood(&mut bank.rng), delay(&mut bank.rng))
    };
    tokio::time::sleep(delay).await;
    let headers = HeaderMap::from_iter([(
        axum::http::HeaderName::from_static(RATE_LIMIT_REMAINING),
        HeaderValue::from(left),
    )]);
    match mood {
        Mood::Paid => {
            let charged = lock(&bank).book();
            tracing::debug!(order = charge.order, id = charged.id, "money taken");
            (StatusCode::CREATED, headers, Json(charged)).into_response()
        }
        Mood::Declined => (StatusCode::PAYMENT_REQUIRED, headers).into_response(),
        Mood::Down => (StatusCode::SERVICE_UNAVAILABLE, headers).into_response(),
    }
}

/// As flaky as the rest of the API.
async fn methods(State(bank): State<Shared>) -> Response {
    let (mood, delay) = {
        let mut bank = lock(&bank);
        (mood(&mut bank.rng), delay(&mut bank.rng))
    };
    tokio::time::sleep(delay).await;
    match mood {
        Mood::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Paid | Mood::Declined => Json(PaymentMethod::ALL).into_response(),
    }
}

async fn refund(State(bank): State<Shared>, Path(id): Path<String>) -> StatusCode {
    let number = id
        .strip_prefix("ch_")
        .and_then(|number| number.parse().ok());
    let mut bank = lock(&bank);
    match number.and_then(|number| bank.refundable.binary_search(&number).ok()) {
        Some(place) => {
            bank.refundable.remove(place);
            StatusCode::NO_CONTENT
        }
        None => StatusCode::NOT_FOUND,
    }
}

fn lock(bank: &Shared) -> std::sync::MutexGuard<'_, Bank> {
    bank.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bank {
    /// Takes the money. Ids only grow, so the refundable ones stay sorted.
    #[counted("book_charge")]
    fn book(&mut self) -> Charged {
        self.last_id += 1;
        self.refundable.push_back(self.last_id);
        if self.refundable.len() > MAX_CHARGES {
            self.refundable.pop_front();
        }
        Charged {
            id: format!("ch_{}", self.last_id),
            calls_left: None,
        }
    }
}

impl RateLimit {
    /// Counts a call; says how many are left in this second, or that it was one too many.
    fn take(&mut self, now: Instant) -> Option<u32> {
        if now.duration_since(self.window) >= Duration::from_secs(1) {
            *self = Self {
                window: now,
                used: 0,
            };
        }
        let left = CALLS_PER_SECOND.checked_sub(self.used + 1)?;
        self.used += 1;
        Some(left)
    }
}

/// Of a hundred calls four are declined and six fail.
fn mood(rng: &mut Rng) -> Mood {
    match rng.u32(0..100) {
        0..4 => Mood::Declined,
        4..10 => Mood::Down,
        _ => Mood::Paid,
    }
}

/// Most answers take 5 to 30 ms, every fiftieth 300 to 1300 ms.
fn delay(rng: &mut Rng) -> Duration {
    let ms = match rng.u32(0..50) {
        0 => rng.u64(300..1_300),
        _ => rng.u64(5..30),
    };
    Duration::from_millis(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides_the_moods() {
        let moods = |seed| {
            let mut rng = Rng::with_seed(seed);
            (0..200).map(|_| mood(&mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(moods(1), moods(1));
        assert_ne!(moods(1), moods(2));
        for expected in [Mood::Paid, Mood::Declined, Mood::Down] {
            assert!(moods(1).contains(&expected), "{expected:?} never happens");
        }
    }

    #[test]
    fn a_new_second_brings_new_calls() {
        let start = Instant::now();
        let mut limit = RateLimit {
            window: start,
            used: 0,
        };
        assert_eq!(limit.take(start), Some(CALLS_PER_SECOND - 1));
        for _ in 1..CALLS_PER_SECOND {
            assert!(limit.take(start).is_some());
        }
        assert_eq!(limit.take(start), None);
        let later = start + Duration::from_secs(1);
        assert_eq!(limit.take(later), Some(CALLS_PER_SECOND - 1));
    }
}
