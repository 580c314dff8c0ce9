//! The registry of hosts, asked without a socket, and once over one.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use ch02_concepts::web::{self, MAX_BODY, Registry, router};
use hyper::body::Frame;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tower::ServiceExt;

async fn ask(
    router: &Router,
    method: Method,
    path: &str,
    body: impl Into<Body>,
) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 64 * 1024).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_host_is_stored_read_replaced_and_forgotten() {
    let router = router(Registry::with_room_for(2));
    let path = "/hosts/www.example.com";
    let host = json!({"address": "192.0.2.7", "port": 80});
    let (status, _) = ask(&router, Method::PUT, path, host.to_string()).await;
    assert_eq!(status, StatusCode::CREATED);
    let answer = ask(&router, Method::GET, path, "").await;
    assert_eq!(answer, (StatusCode::OK, host));
    let other = json!({"address": "2001:db8::7", "port": 443});
    let (status, _) = ask(&router, Method::PUT, path, other.to_string()).await;
    assert_eq!(status, StatusCode::OK);
    let answer = ask(&router, Method::GET, path, "").await;
    assert_eq!(answer, (StatusCode::OK, other));
    let answer = ask(&router, Method::GET, "/hosts", "").await;
    assert_eq!(answer, (StatusCode::OK, json!(["www.example.com"])));
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_FOUND] {
        let answer = ask(&router, Method::DELETE, path, "").await;
        assert_eq!(answer.0, status);
    }
}

const GOOD: &str = r#"{"address": "192.0.2.7", "port": 80}"#;

#[tokio::test]
async fn a_full_registry_takes_no_new_host_and_replaces_old_ones() {
    let router = router(Registry::with_room_for(1));
    for (name, status) in [
        ("a.example", StatusCode::CREATED),
        ("b.example", StatusCode::INSUFFICIENT_STORAGE),
        ("A.example", StatusCode::OK),
    ] {
        let path = format!("/hosts/{name}");
        let answer = ask(&router, Method::PUT, &path, GOOD).await;
        assert_eq!(answer.0, status, "{name}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_as_a_problem() {
    let router = router(Registry::with_room_for(1));
    let long = format!("/hosts/{}", "x".repeat(64));
    for (method, path, body, status, detail) in [
        (Method::GET, "/hosts/a.example", "", 404, "a.example is not"),
        (Method::GET, "/nothing", "", 404, "no such page"),
        (
            Method::GET,
            "/hosts/a..example",
            "",
            400,
            "no name of a host",
        ),
        (Method::GET, &long, "", 400, "no name of a host"),
        (Method::GET, "/hosts/%ff", "", 400, "no name"),
        (Method::GET, "/hosts/.", "", 400, "no name"),
        (Method::GET, "/hosts/", "", 404, "no such page"),
        (Method::GET, "//hosts", "", 404, "no such page"),
        (Method::GET, "/%68osts", "", 404, "no such page"),
        (Method::GET, "/hosts/a%2Fb", "", 404, "a/b is not"),
        (Method::POST, "/hosts/a.example", "", 405, "no such method"),
        (Method::PUT, "/hosts/a.example", "", 400, "EOF"),
        (Method::PUT, "/hosts/a.example", "[1]", 422, "invalid"),
        (
            Method::PUT,
            "/hosts/a.example",
            r#"{"address": "www.example.com", "port": 80}"#,
            422,
            "address",
        ),
        (
            Method::PUT,
            "/hosts/a.example",
            r#"{"address": "192.0.2.7", "port": 65536}"#,
            422,
            "port",
        ),
        (
            Method::PUT,
            "/hosts/a.example",
            r#"{"address": "192.0.2.7", "port": 80, "admin": true}"#,
            422,
            "unknown field",
        ),
    ] {
        let (got, problem) = ask(&router, method, path, body).await;
        assert_eq!(got, status, "{path} {body}: {problem}");
        assert_eq!(problem["status"], status, "{problem}");
        let text = problem["detail"].as_str().unwrap();
        assert!(text.contains(detail), "{path} {body}: {text}");
    }
}

#[tokio::test]
async fn a_405_names_the_methods_that_are_allowed() {
    let router = router(Registry::with_room_for(1));
    let request = Request::post("/hosts/a.example").body(Body::empty());
    let response = router.oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    let allow = response.headers()[header::ALLOW].to_str().unwrap();
    assert_eq!(allow, "GET,HEAD,PUT,DELETE");
}

#[tokio::test]
async fn a_head_has_the_fields_of_a_get_and_no_content() {
    let router = router(Registry::with_room_for(1));
    let request = Request::head("/hosts").body(Body::empty());
    let response = router.oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_LENGTH], "2");
    let body = to_bytes(response.into_body(), 64).await.unwrap();
    assert!(body.is_empty());
}

#[tokio::test]
async fn a_body_that_does_not_claim_to_be_json_is_refused() {
    let router = router(Registry::with_room_for(1));
    let request = Request::put("/hosts/a.example")
        .header(header::CONTENT_TYPE, "text/plain")
        .body(Body::from(GOOD));
    let response = router.oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

/// One key a name, however it is written, and each key is a name again.
#[tokio::test]
async fn a_name_has_one_spelling() {
    for (path, key) in [
        ("/hosts/WWW.example.com.", "www.example.com"),
        ("/hosts/%5c087ww.example.com", "www.example.com"),
        ("/hosts/a%5c.", r"a\."),
        ("/hosts/a%5c..", r"a\."),
        ("/hosts/a%20b", r"a\032b"),
    ] {
        let router = router(Registry::with_room_for(1));
        let (status, _) = ask(&router, Method::PUT, path, GOOD).await;
        assert_eq!(status, StatusCode::CREATED, "{path}");
        let (_, names) = ask(&router, Method::GET, "/hosts", "").await;
        assert_eq!(names, json!([key]), "{path}");
        let path = format!("/hosts/{}", key.replace('\\', "%5c"));
        let (status, _) = ask(&router, Method::GET, &path, "").await;
        assert_eq!(status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_body_is_cut_off_at_the_limit() {
    let router = router(Registry::with_room_for(1));
    let spaces = |n: usize| format!("{}{GOOD}", " ".repeat(n - GOOD.len()));
    for (length, status) in [
        (MAX_BODY, StatusCode::CREATED),
        (MAX_BODY + 1, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let body = spaces(length);
        let answer = ask(&router, Method::PUT, "/hosts/a.example", body).await;
        assert_eq!(answer.0, status, "{length}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_does_not_hold_a_handler() {
    let router = router(Registry::with_room_for(1));
    let body = Body::new(NeverEnds);
    let answer = ask(&router, Method::PUT, "/hosts/a.example", body).await;
    assert_eq!(answer.0, StatusCode::SERVICE_UNAVAILABLE);
}

/// A body of which nothing ever comes.
struct NeverEnds;

impl hyper::body::Body for NeverEnds {
    type Data = bytes::Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn every_answer_forbids_sniffing_also_over_a_socket() {
    let router = router(Registry::with_room_for(1));
    let server = web::on_a_free_port(router).await.unwrap();
    for path in ["/hosts", "/nothing", "/hosts/.."] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );
        let answer = web::exchange(server, &request).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        let (head, _) = answer.split_once("\r\n\r\n").unwrap();
        let nosniff = "x-content-type-options: nosniff";
        assert!(head.contains(nosniff), "{path}: {answer}");
    }
}

/// RFC 9112 section 3.2 asks for a 400. The page says that hyper leaves this
/// to the application: when it no longer does, the page has to change.
#[tokio::test]
async fn hyper_takes_a_request_without_a_host_and_one_with_two() {
    let router = router(Registry::with_room_for(1));
    let server = web::on_a_free_port(router).await.unwrap();
    for hosts in ["", "Host: a\r\nHost: b\r\n"] {
        let request =
            format!("GET /hosts HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        let answer = web::exchange(server, &request).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
}

/// Starts a server, asks it to stop while a client has sent `sent` and no
/// more, and returns whether it stopped before `drain` was over.
async fn stops_in_time(sent: &str, drain: Duration) -> bool {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopping) = oneshot::channel::<()>();
    let router = router(Registry::with_room_for(1));
    let stopping = async {
        let _ = stopping.await;
    };
    let server = web::serve(listener, router, stopping, drain);
    let server = tokio::spawn(server);
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(sent.as_bytes()).await.unwrap();
    // Until the server has accepted the first, it answers no second.
    let request = "GET /hosts HTTP/1.1\r\nConnection: close\r\n\r\n";
    web::exchange(address, request).await.unwrap();
    drop(stop);
    let ended = timeout(Duration::from_secs(10), server).await;
    drop(client);
    ended.expect("it stops").unwrap()
}

#[tokio::test]
async fn an_idle_client_does_not_keep_the_server_from_stopping() {
    assert!(stops_in_time("", Duration::from_secs(8)).await);
}

#[tokio::test]
async fn half_a_request_keeps_the_server_no_longer_than_it_allows() {
    let half = "GET /hosts HTTP/1.1\r\nHost: ";
    assert!(!stops_in_time(half, Duration::from_millis(50)).await);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Nothing a client can write in a path or a body is our fault.
    #[test]
    fn no_request_makes_the_server_fail(
        name in "[ -~]{0,80}",
        body in proptest::collection::vec(any::<u8>(), 0..200),
        method in proptest::sample::select(vec![
            Method::GET, Method::PUT, Method::DELETE, Method::PATCH,
        ]),
    ) {
        let path: String = name
            .bytes()
            .map(|byte| format!("%{byte:02x}"))
            .collect();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let router = router(Registry::with_room_for(1));
        let path = format!("/hosts/{path}");
        let (status, _) =
            runtime.block_on(ask(&router, method, &path, body));
        prop_assert!(!status.is_server_error(), "{status}");
    }
}
