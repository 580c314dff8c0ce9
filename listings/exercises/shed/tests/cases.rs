//! The cases of the exercise.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::RETRY_AFTER;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};
use tower::ServiceExt;

/// A page that waits until the test adds a permit for it.
fn waiting(go_on: &Arc<Semaphore>) -> Router {
    let go_on = Arc::clone(go_on);
    let page = async move || {
        go_on.acquire().await.unwrap().forget();
        "done"
    };
    Router::new()
        .route("/slow", get(page))
        .route("/", get("page"))
}

/// Asks; with the clock paused, whoever waits is in the future at once.
async fn ask(router: Router, path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = router.oneshot(request);
    let answer = timeout(Duration::from_secs(60), answer).await;
    answer.expect("an answer").unwrap()
}

async fn is_refused_at_once(router: Router, path: &str) {
    let begun = Instant::now();
    let answer = ask(router, path).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()[RETRY_AFTER], "1");
    assert_eq!(begun.elapsed(), Duration::ZERO, "it waited");
}

fn run(case: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(case);
}

book_exercise::cases! {
    for ex_shed;

    fn a_place_is_free_after_each_answer() {
        run(async {
            let router = at_most(1, waiting(&Arc::new(Semaphore::new(0))));
            for _ in 0..3 {
                let answer = ask(router.clone(), "/").await;
                assert_eq!(answer.status(), StatusCode::OK);
            }
        });
    }

    fn one_more_is_refused_and_told_when_to_come_back() {
        run(async {
            let go_on = Arc::new(Semaphore::new(0));
            let router = at_most(2, waiting(&go_on));
            let inside: Vec<_> = (0..2)
                .map(|_| tokio::spawn(ask(router.clone(), "/slow")))
                .collect();
            yield_now().await;
            is_refused_at_once(router.clone(), "/").await;
            is_refused_at_once(router.clone(), "/slow").await;
            go_on.add_permits(2);
            for answer in inside {
                assert_eq!(answer.await.unwrap().status(), StatusCode::OK);
            }
            assert_eq!(ask(router, "/").await.status(), StatusCode::OK);
        });
    }

    fn a_client_that_hangs_up_frees_its_place() {
        run(async {
            let go_on = Arc::new(Semaphore::new(0));
            let router = at_most(1, waiting(&go_on));
            let inside = tokio::spawn(ask(router.clone(), "/slow"));
            yield_now().await;
            is_refused_at_once(router.clone(), "/").await;
            inside.abort();
            assert!(inside.await.unwrap_err().is_cancelled());
            // Were the first one still waiting, it would take the permit.
            let next = tokio::spawn(ask(router, "/slow"));
            yield_now().await;
            go_on.add_permits(1);
            assert_eq!(next.await.unwrap().status(), StatusCode::OK);
        });
    }

    fn a_path_that_does_not_exist_needs_a_place_too() {
        run(async {
            let router = at_most(0, waiting(&Arc::new(Semaphore::new(0))));
            is_refused_at_once(router, "/nowhere").await;
        });
    }

    fn four_threads_do_not_get_two_in() {
        let inside = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&most);
        let page = async move || {
            seen.fetch_max(1 + inside.fetch_add(1, SeqCst), SeqCst);
            yield_now().await;
            inside.fetch_sub(1, SeqCst);
        };
        let router = at_most(1, Router::new().route("/", get(page)));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    run(async {
                        for _ in 0..8000 {
                            ask(router.clone(), "/").await;
                        }
                    });
                });
            }
        });
        assert_eq!(most.load(SeqCst), 1);
    }
}
