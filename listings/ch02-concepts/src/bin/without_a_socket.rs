//! A router is a value: it can be asked without a port, a client, a parser.

use std::error::Error;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use ch02_concepts::web::{Registry, router};
use tower::ServiceExt;

// ANCHOR: ask
async fn ask(
    router: &Router,
    method: Method,
    path: &str,
    body: &'static str,
) -> Result<(StatusCode, String), Box<dyn Error>> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))?;
    let response = router.clone().oneshot(request).await?;
    let status = response.status();
    let body = to_bytes(response.into_body(), 64 * 1024).await?;
    Ok((status, String::from_utf8(body.to_vec())?))
}

async fn a_host_is_stored_and_read() -> Result<(), Box<dyn Error>> {
    let router = router(Registry::with_room_for(1));
    let path = "/hosts/www.example.com";
    let host = r#"{"address":"192.0.2.7","port":80}"#;
    let (status, _) = ask(&router, Method::PUT, path, host).await?;
    assert_eq!(status, StatusCode::CREATED);
    let answer = ask(&router, Method::GET, path, "").await?;
    assert_eq!(answer, (StatusCode::OK, host.to_owned()));
    let (status, problem) =
        ask(&router, Method::PUT, "/hosts/mail.example.com", host).await?;
    assert_eq!(status, StatusCode::INSUFFICIENT_STORAGE);
    println!("{problem}");
    Ok(())
}
// ANCHOR_END: ask

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    a_host_is_stored_and_read().await
}
