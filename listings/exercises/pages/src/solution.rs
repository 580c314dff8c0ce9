//! One way to do it.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::LINK;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use crate::yours::{MOST, USUAL};

#[derive(Deserialize)]
struct Wanted {
    after: Option<String>,
    limit: Option<usize>,
}

/// See `yours`.
pub fn router(names: Vec<String>) -> Router {
    Router::new()
        .route("/names", get(page))
        .with_state(Arc::new(names))
}

async fn page(
    State(names): State<Arc<Vec<String>>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, StatusCode> {
    let Query(wanted) = wanted.map_err(|_| StatusCode::BAD_REQUEST)?;
    let limit = match wanted.limit.unwrap_or(USUAL) {
        0 => return Err(StatusCode::BAD_REQUEST),
        limit => limit.min(MOST),
    };
    let first = match &wanted.after {
        Some(after) => names.partition_point(|name| name <= after),
        None => 0,
    };
    let rest = &names[first..];
    let page = &rest[..limit.min(rest.len())];
    let next = match page.last() {
        Some(last) if page.len() < rest.len() => Some((
            LINK,
            format!("</names?after={last}&limit={limit}>; rel=\"next\""),
        )),
        _ => None,
    };
    Ok((AppendHeaders(next), Json(page)).into_response())
}
