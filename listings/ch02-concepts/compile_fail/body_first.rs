//! Must not compile: what takes the body of a request has to come last.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::put;
use axum::{Json, Router};

async fn store(Json(port): Json<u16>, State(name): State<Arc<str>>) {
    println!("{name}: {port}");
}

fn main() {
    let name: Arc<str> = "www.example.com".into();
    let _: Router = Router::new().route("/", put(store)).with_state(name);
}
