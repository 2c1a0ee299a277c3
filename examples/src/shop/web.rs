//! The shop's routes.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use obs_runtime::http::ServerLayer;
use serde::Serialize;

use super::orders::{Order, OrderError, OrderRequest, Shop};
use super::payment::{PaymentError, PaymentMethod};
use super::stock::Product;
use super::traffic::{self, Traffic};

/// The routes of the shop, each request noted in `traffic`.
pub fn router(shop: Arc<Shop>, traffic: Arc<Traffic>) -> Router {
    Router::new()
        .route("/products", get(products))
        .route("/payment-methods", get(payment_methods))
        .route("/orders", post(place_order))
        .route("/orders/{id}", get(find_order))
        .layer(middleware::from_fn_with_state(traffic, traffic::note))
        .layer(ServerLayer::new())
        .with_state(shop)
}

async fn products(State(shop): State<Arc<Shop>>) -> Result<Json<Vec<Product>>, OrderError> {
    shop.products().await.map(Json)
}

async fn payment_methods(
    State(shop): State<Arc<Shop>>,
) -> Result<Json<Vec<PaymentMethod>>, OrderError> {
    shop.payment_methods().await.map(Json)
}

async fn place_order(
    State(shop): State<Arc<Shop>>,
    request: Result<Json<OrderRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<Order>), OrderError> {
    let Json(request) = request.map_err(|error| OrderError::Invalid(error.body_text()))?;
    let order = shop.place_order(request).await?;
    Ok((StatusCode::CREATED, Json(order)))
}

async fn find_order(
    State(shop): State<Arc<Shop>>,
    Path(id): Path<i64>,
) -> Result<Json<Order>, OrderError> {
    shop.find_order(id).await.map(Json)
}

#[derive(Serialize)]
struct Problem {
    error: &'static str,
    message: String,
}

impl IntoResponse for OrderError {
    fn into_response(self) -> Response {
        let (status, error) = match &self {
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not_found"),
            Self::OutOfStock(_) => (StatusCode::CONFLICT, "out_of_stock"),
            Self::Payment(PaymentError::Declined) => (StatusCode::PAYMENT_REQUIRED, "declined"),
            Self::Payment(PaymentError::LeftAlone(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "payment")
            }
            Self::Payment(_) => (StatusCode::BAD_GATEWAY, "payment"),
            Self::Store(_) => (StatusCode::INTERNAL_SERVER_ERROR, "store"),
        };
        let message = self.to_string();
        (status, Json(Problem { error, message })).into_response()
    }
}
