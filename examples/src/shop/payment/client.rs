//! The shop's side of the payment API.

use std::time::Duration;

use obs_runtime::policy::Reason;
use obs_runtime::propagate::WithTraceContext;
use obs_runtime::{
    Outcome, Rejected, bulkhead, circuit_breaker, retry, timeout, track_external_api,
};
use reqwest::{Client, RequestBuilder, Response, StatusCode};

use super::{Charge, Charged, PaymentMethod, RATE_LIMIT_REMAINING};

/// For how long the shop waits for an answer.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long it waits before it asks again.
const PAUSE: Duration = Duration::from_millis(50);

/// Why nothing was paid.
#[derive(Debug, thiserror::Error, Outcome)]
pub enum PaymentError {
    /// The customer's bank said no.
    #[error("the payment was declined")]
    #[outcome(caller_fault)]
    Declined,
    /// The API is busy, down or too slow; the same call may succeed later.
    #[error("the payment API is not available: {0}")]
    #[outcome(retryable)]
    Unavailable(String),
    /// The API has failed so often that it is left alone for a while, or too many calls wait for it.
    #[error("the payment API is left alone: {0}")]
    #[outcome(failure)]
    LeftAlone(#[source] Rejected),
    /// The API answered something that makes no sense.
    #[error("the payment API gave a wrong answer: {0}")]
    #[outcome(failure)]
    Broken(String),
}

impl From<Rejected> for PaymentError {
    fn from(rejected: Rejected) -> Self {
        match rejected.reason() {
            Reason::TimedOut => Self::Unavailable(rejected.to_string()),
            _ => Self::LeftAlone(rejected),
        }
    }
}

/// A client of the payment API.
#[derive(Debug, Clone)]
pub struct Payments {
    http: Client,
    base: String,
}

impl Payments {
    /// A client of the API at `base`, such as `http://127.0.0.1:9000`.
    ///
    /// # Errors
    ///
    /// If the HTTP client cannot be set up.
    pub fn new(base: impl Into<String>) -> reqwest::Result<Self> {
        Ok(Self {
            http: Client::builder().timeout(TIMEOUT).no_proxy().build()?,
            base: base.into(),
        })
    }

    /// Takes the money for an order; asks a second time if the API is not available.
    ///
    /// # Errors
    ///
    /// If the payment is declined, or the API failed twice.
    pub async fn charge(&self, charge: &Charge) -> Result<Charged, PaymentError> {
        match self.try_charge(charge).await {
            Err(PaymentError::Unavailable(reason)) => {
                tracing::info!(order = charge.order, reason, "payment is tried again");
                tokio::time::sleep(PAUSE).await;
                self.try_charge(charge).await
            }
            answer => answer,
        }
    }

    #[track_external_api(
        "payments",
        endpoint = "/v1/charges",
        method = "POST",
        rate_limit_remaining = calls_left,
        attributes(order = charge.order, amount_cents = charge.amount_cents)
    )]
    #[circuit_breaker(
        "payments",
        window = count(100),
        failure_rate = 0.5,
        min_calls = 20,
        slow_call = "1s",
        recovery_timeout = "5s"
    )]
    #[bulkhead("payments", concurrent = 100, queue = 200, wait = "500ms")]
    async fn try_charge(&self, charge: &Charge) -> Result<Charged, PaymentError> {
        let request = self.http.post(format!("{}/v1/charges", self.base));
        let response = send(request.json(charge)).await?;
        let calls_left = remaining(&response);
        let charged: Charged = response.json().await.map_err(|error| broken(&error))?;
        Ok(Charged {
            calls_left,
            ..charged
        })
    }

    /// The ways to pay that the API takes now. Asked again if it is not available.
    ///
    /// # Errors
    ///
    /// If the API failed several times.
    #[track_external_api("payments", endpoint = "/v1/methods", method = "GET")]
    #[retry("payment-methods", attempts = 3, delay = "20ms", deadline = "4s")]
    #[timeout("1s")]
    pub async fn methods(&self) -> Result<Vec<PaymentMethod>, PaymentError> {
        let response = send(self.http.get(format!("{}/v1/methods", self.base))).await?;
        response.json().await.map_err(|error| broken(&error))
    }

    /// Gives the money back.
    ///
    /// # Errors
    ///
    /// If the API failed, or does not know the charge.
    #[track_external_api(
        "payments",
        endpoint = "/v1/charges/{id}/refund",
        method = "POST",
        attributes(charge = id)
    )]
    pub async fn refund(&self, id: &str) -> Result<(), PaymentError> {
        let request = self
            .http
            .post(format!("{}/v1/charges/{id}/refund", self.base));
        send(request).await.map(drop)
    }
}

/// Sends a request as a child of the current span.
async fn send(request: RequestBuilder) -> Result<Response, PaymentError> {
    let response = request
        .with_trace_context()
        .send()
        .await
        .map_err(|error| unavailable(&error))?;
    match response.status() {
        status if status.is_success() => Ok(response),
        StatusCode::PAYMENT_REQUIRED => Err(PaymentError::Declined),
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Err(PaymentError::Unavailable(status.to_string()))
        }
        status => Err(PaymentError::Broken(status.to_string())),
    }
}

fn calls_left(answer: &Result<Charged, PaymentError>) -> Option<f64> {
    answer.as_ref().ok()?.calls_left
}

fn remaining(response: &Response) -> Option<f64> {
    let header = response.headers().get(RATE_LIMIT_REMAINING)?;
    header.to_str().ok()?.parse().ok()
}

fn unavailable(error: &reqwest::Error) -> PaymentError {
    let reason = if error.is_timeout() {
        "no answer in time"
    } else {
        "no connection"
    };
    PaymentError::Unavailable(reason.to_owned())
}

fn broken(error: &reqwest::Error) -> PaymentError {
    PaymentError::Broken(error.to_string())
}
