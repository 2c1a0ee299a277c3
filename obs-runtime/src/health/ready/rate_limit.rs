//! What an external API still allows.

use super::at_once;
use crate::health::{BoxedHealth, Health, Probe};
use crate::metric;

/// How many calls an external API still allows, as its last answer said: from
/// `external_api_rate_limit_remaining`, which [`#[track_external_api]`](macro@crate::track_external_api) sets. The API
/// is not asked.
///
/// As long as no answer has said anything, it is healthy.
#[derive(Debug, Clone)]
pub struct RateLimit {
    api: String,
    endpoint: Option<String>,
    degraded: f64,
    unhealthy: f64,
}

impl RateLimit {
    /// The limit of an API: of its endpoint with the fewest calls left. With fewer than 100 it is degraded, with
    /// none unhealthy.
    #[must_use]
    pub fn new(api: impl Into<String>) -> Self {
        Self {
            api: api.into(),
            endpoint: None,
            degraded: 100.0,
            unhealthy: 1.0,
        }
    }

    /// Only that of one endpoint.
    #[must_use]
    pub fn endpoint(self, endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: Some(endpoint.into()),
            ..self
        }
    }

    /// The calls below which it is degraded.
    #[must_use]
    pub fn degraded_below(self, calls: f64) -> Self {
        Self {
            degraded: calls,
            ..self
        }
    }

    /// The calls below which it is unhealthy.
    #[must_use]
    pub fn unhealthy_below(self, calls: f64) -> Self {
        Self {
            unhealthy: calls,
            ..self
        }
    }

    fn look(&self) -> Health {
        let Some(left) = metric::rate_limit_remaining(&self.api, self.endpoint.as_deref()) else {
            return Health::healthy().with("known", false);
        };
        let message = || format!("`{}` allows {left} more calls", self.api);
        let health = if left < self.unhealthy {
            Health::unhealthy(message())
        } else if left < self.degraded {
            Health::degraded(message())
        } else {
            Health::healthy()
        };
        health.with("remaining", left)
    }
}

impl Probe for RateLimit {
    fn probe(&self) -> BoxedHealth<'_> {
        at_once(|| self.look())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Status;

    #[test]
    fn the_endpoint_with_the_fewest_calls_decides() {
        let limit = RateLimit::new("health-test-api");
        assert_eq!(
            limit.look().status(),
            Status::Healthy,
            "nobody has said anything"
        );
        metric::set_rate_limit_remaining("health-test-api", "/a", 5_000.0);
        metric::set_rate_limit_remaining("health-test-other", "/a", 0.0);
        assert_eq!(limit.look().status(), Status::Healthy);
        metric::set_rate_limit_remaining("health-test-api", "/b", 99.0);
        let low = limit.look();
        assert_eq!(low.status(), Status::Degraded);
        assert_eq!(low.message(), "`health-test-api` allows 99 more calls");
        assert_eq!(
            limit.clone().endpoint("/a").look().status(),
            Status::Healthy
        );
        metric::set_rate_limit_remaining("health-test-api", "/b", 0.0);
        assert_eq!(limit.look().status(), Status::Unhealthy);
    }
}
