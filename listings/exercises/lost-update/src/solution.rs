//! One way to do it.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;

#[derive(Default)]
struct Note {
    text: String,
    version: u64,
}

impl Note {
    fn tag(&self) -> String {
        format!("\"{}\"", self.version)
    }
}

type Shared = State<Arc<Mutex<Note>>>;

/// See `yours`.
pub fn router() -> Router {
    Router::new()
        .route("/note", get(read).put(store))
        .with_state(Arc::default())
}

async fn read(State(note): Shared) -> impl IntoResponse {
    let note = note.lock().unwrap_or_else(PoisonError::into_inner);
    ([(ETAG, note.tag())], note.text.clone())
}

async fn store(
    State(note): Shared,
    headers: HeaderMap,
    text: String,
) -> Result<impl IntoResponse, StatusCode> {
    let expected = headers
        .get(IF_MATCH)
        .ok_or(StatusCode::PRECONDITION_REQUIRED)?;
    // Compared and stored under one lock: nobody comes in between.
    let mut note = note.lock().unwrap_or_else(PoisonError::into_inner);
    if expected.as_bytes() != note.tag().as_bytes() {
        return Err(StatusCode::PRECONDITION_FAILED);
    }
    note.text = text;
    note.version += 1;
    Ok((StatusCode::NO_CONTENT, [(ETAG, note.tag())]))
}
