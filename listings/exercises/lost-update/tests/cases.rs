//! The cases of the exercise.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use hyper::body::Frame;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::timeout;
use tower::ServiceExt;

const SOON: Duration = Duration::from_secs(5);

thread_local! {
    /// One for each thread: the cases that race should lose no time.
    static RUNTIME: Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
}

fn run<T>(case: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(case))
}

/// A body that comes when it is sent into the channel.
struct Slow(Option<oneshot::Receiver<&'static str>>);

impl hyper::body::Body for Slow {
    type Data = Bytes;
    type Error = oneshot::error::RecvError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(coming) = &mut self.0 else {
            return Poll::Ready(None);
        };
        let text = ready!(Pin::new(coming).poll(context));
        self.0 = None;
        let data =
            text.map(|text| Frame::data(Bytes::from_static(text.as_bytes())));
        Poll::Ready(Some(data))
    }
}

/// The status, the `ETag` and the body that `router` answers with.
fn ask(
    router: &Router,
    request: Request<Body>,
) -> (StatusCode, String, String) {
    run(async {
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let tag = response.headers().get(ETAG);
        let tag = tag.map_or("", |tag| tag.to_str().unwrap()).to_owned();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, tag, String::from_utf8(body.to_vec()).unwrap())
    })
}

fn read(router: &Router) -> (StatusCode, String, String) {
    ask(router, Request::get("/note").body(Body::empty()).unwrap())
}

fn store(
    router: &Router,
    tag: Option<&str>,
    text: &str,
) -> (StatusCode, String) {
    let mut request = Request::put("/note");
    if let Some(tag) = tag {
        request = request.header(IF_MATCH, tag);
    }
    let request = request.body(Body::from(text.to_owned())).unwrap();
    let (status, tag, _) = ask(router, request);
    (status, tag)
}

book_exercise::cases! {
    for ex_lost_update;

    fn a_note_comes_with_a_tag_in_quotation_marks() {
        let (status, tag, text) = read(&router());
        assert_eq!((status, text.as_str()), (StatusCode::OK, ""));
        assert!(tag.len() > 2, "{tag}");
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    }

    fn who_has_read_may_write() {
        let router = router();
        let (_, first, _) = read(&router);
        let (status, second) = store(&router, Some(&first), "milk");
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_ne!(first, second);
        let now = (StatusCode::OK, second.clone(), "milk".to_owned());
        assert_eq!(read(&router), now);
        let (status, _) = store(&router, Some(&second), "milk, eggs");
        assert_eq!(status, StatusCode::NO_CONTENT);
    }

    fn the_second_of_two_writers_has_to_read_again() {
        let router = router();
        let (_, tag, _) = read(&router);
        store(&router, Some(&tag), "milk");
        let (status, _) = store(&router, Some(&tag), "eggs");
        assert_eq!(status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(read(&router).2, "milk");
    }

    fn who_names_no_tag_is_told_to() {
        let router = router();
        let (status, _) = store(&router, None, "eggs");
        assert_eq!(status, StatusCode::PRECONDITION_REQUIRED);
        assert_eq!(read(&router).2, "");
    }

    fn the_same_text_stored_again_is_a_change_all_the_same() {
        let router = router();
        let (_, first, _) = read(&router);
        let (_, second) = store(&router, Some(&first), "milk");
        let (_, third) = store(&router, Some(&second), "milk");
        assert_ne!(second, third);
    }

    fn a_weak_tag_is_another_one() {
        let router = router();
        let (_, tag, _) = read(&router);
        let (status, _) = store(&router, Some(&format!("W/{tag}")), "eggs");
        assert_eq!(status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(read(&router).2, "");
    }

    fn while_a_body_is_on_its_way_others_may_write() {
        let router = router();
        let (_, tag, _) = read(&router);
        let (rest, body) = oneshot::channel();
        let slow = Request::put("/note").header(IF_MATCH, &tag);
        let slow = slow.body(Body::new(Slow(Some(body)))).unwrap();
        let fast = Request::put("/note").header(IF_MATCH, &tag);
        let fast = fast.body(Body::from("milk")).unwrap();
        let (slow, fast) = run(async {
            let slow = tokio::spawn(router.clone().oneshot(slow));
            yield_now().await;
            let fast = timeout(SOON, router.clone().oneshot(fast)).await;
            rest.send("eggs").unwrap();
            let slow = timeout(SOON, slow).await.expect("an answer");
            (slow.unwrap().unwrap(), fast.expect("an answer").unwrap())
        });
        assert_eq!(fast.status(), StatusCode::NO_CONTENT);
        assert_eq!(slow.status(), StatusCode::PRECONDITION_FAILED);
        assert_eq!(read(&router).2, "milk");
    }

    fn four_that_count_at_once_lose_no_step() {
        let (router, begun) = (router(), Instant::now());
        let count = || {
            let mut done = 0;
            while done < 3000 && begun.elapsed() < SOON * 2 {
                let (_, tag, text) = read(&router);
                let next = text.parse().unwrap_or(0) + 1;
                let (status, _) = store(&router, Some(&tag), &next.to_string());
                done += usize::from(status == StatusCode::NO_CONTENT);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(count);
            }
        });
        assert_eq!(read(&router).2, "12000");
    }
}
