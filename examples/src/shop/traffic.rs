//! What the progress lines say: requests, errors and how long they took.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

/// Notes a request and its answer; for `axum::middleware::from_fn_with_state`.
pub async fn note(State(traffic): State<Arc<Traffic>>, request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let response = next.run(request).await;
    traffic.add(response.status(), begin.elapsed());
    response
}

/// Counts requests, for a window and for the whole run.
#[derive(Debug, Default)]
pub struct Traffic {
    counts: Mutex<(Counts, Counts)>,
}

impl Traffic {
    /// Counts one request.
    pub fn add(&self, status: StatusCode, took: Duration) {
        let mut counts = self.lock();
        counts.0.add(status, took);
        counts.1.add(status, took);
    }

    /// What came since the last call.
    pub fn take_window(&self) -> Counts {
        std::mem::take(&mut self.lock().0)
    }

    /// Everything since the start.
    pub fn total(&self) -> Counts {
        self.lock().1.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (Counts, Counts)> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Buckets of the durations: each is a tenth wider than the one before.
const BUCKETS: usize = 160;
const FIRST_BOUND: f64 = 10e-6;
const GROWTH: f64 = 1.1;

/// Requests of some time.
#[derive(Debug, Clone)]
pub struct Counts {
    /// All of them.
    pub requests: u64,
    /// Those answered with 4xx.
    pub refused: u64,
    /// Those answered with 5xx.
    pub failed: u64,
    durations: [u64; BUCKETS],
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            requests: 0,
            refused: 0,
            failed: 0,
            durations: [0; BUCKETS],
        }
    }
}

impl Counts {
    fn add(&mut self, status: StatusCode, took: Duration) {
        self.requests += 1;
        self.refused += u64::from(status.is_client_error());
        self.failed += u64::from(status.is_server_error());
        let steps = (took.as_secs_f64() / FIRST_BOUND).ln() / GROWTH.ln();
        let bucket = steps.ceil().clamp(0.0, (BUCKETS - 1) as f64) as usize;
        self.durations[bucket] += 1;
    }

    /// The duration that a share of the requests does not exceed, at most a tenth too long.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let rank = ((self.requests as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        let bucket = self.durations.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        Some(Duration::from_secs_f64(
            FIRST_BOUND * GROWTH.powi(bucket as i32),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(millis: impl IntoIterator<Item = u64>) -> Traffic {
        let traffic = Traffic::default();
        for ms in millis {
            traffic.add(StatusCode::OK, Duration::from_millis(ms));
        }
        traffic
    }

    #[test]
    fn quantiles_are_at_most_a_tenth_too_long() {
        let counts = filled(1..=1000).total();
        for (share, exact) in [(0.5, 0.5), (0.95, 0.95), (0.99, 0.99), (1.0, 1.0)] {
            let found = counts.quantile(share).unwrap().as_secs_f64();
            assert!((exact..=exact * 1.1).contains(&found), "{share}: {found}");
        }
    }

    #[test]
    fn durations_beyond_the_scale_are_counted_at_its_ends() {
        let traffic = Traffic::default();
        traffic.add(StatusCode::OK, Duration::ZERO);
        traffic.add(StatusCode::OK, Duration::from_secs(3600));
        let counts = traffic.total();
        assert_eq!(counts.quantile(0.5), Some(Duration::from_micros(10)));
        assert!(counts.quantile(1.0).unwrap() > Duration::from_secs(30));
    }

    #[test]
    fn without_requests_there_is_no_quantile() {
        assert_eq!(Counts::default().quantile(0.5), None);
    }

    #[test]
    fn a_window_ends_when_it_is_taken() {
        let traffic = filled([1, 2]);
        traffic.add(StatusCode::NOT_FOUND, Duration::from_millis(3));
        traffic.add(StatusCode::BAD_GATEWAY, Duration::from_millis(4));
        let window = traffic.take_window();
        assert_eq!((window.requests, window.refused, window.failed), (4, 1, 1));
        assert_eq!(traffic.take_window().requests, 0);
        assert_eq!(traffic.total().requests, 4);
    }
}
