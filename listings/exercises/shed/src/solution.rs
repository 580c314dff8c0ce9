//! One way to do it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

/// See `yours`.
pub fn at_most(most: usize, router: Router) -> Router {
    let places = Arc::new(Semaphore::new(most));
    router.layer(middleware::from_fn_with_state(places, at_the_door))
}

async fn at_the_door(
    State(places): State<Arc<Semaphore>>,
    request: Request,
    next: Next,
) -> Response {
    // The permit is given back when it is dropped, and it is dropped with
    // this future, wherever that stops.
    let Ok(_permit) = places.try_acquire() else {
        let later = [(RETRY_AFTER, "1")];
        return (StatusCode::SERVICE_UNAVAILABLE, later).into_response();
    };
    next.run(request).await
}
