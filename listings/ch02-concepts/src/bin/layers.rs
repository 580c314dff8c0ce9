//! In which order the layers of a router see a request.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use tower::ServiceExt;

// ANCHOR: layers
async fn red(request: Request, next: Next) -> Response {
    println!("  red in");
    let response = next.run(request).await;
    println!("  red out");
    response
}

async fn blue(request: Request, next: Next) -> Response {
    println!("  blue in");
    let response = next.run(request).await;
    println!("  blue out");
    response
}

async fn page() -> &'static str {
    println!("  handler");
    "a page"
}

fn router() -> Router {
    Router::new()
        .route("/page", get(page))
        .route_layer(from_fn(red))
        .layer(from_fn(blue))
        .route("/late", get(page))
}
// ANCHOR_END: layers

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), axum::http::Error> {
    for path in ["/page", "/nowhere", "/late"] {
        println!("GET {path}");
        let request = Request::get(path).body(Body::empty())?;
        let response = match router().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        println!("  {}", response.status());
    }
    Ok(())
}
