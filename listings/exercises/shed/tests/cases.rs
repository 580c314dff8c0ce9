//! The cases of the exercise.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::RETRY_AFTER;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio::time::timeout;
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

async fn ask(router: Router, path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = router.oneshot(request);
    let answer = timeout(Duration::from_secs(5), answer).await;
    answer.expect("an answer without waiting").unwrap()
}

fn run(case: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
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
            let answer = ask(router.clone(), "/").await;
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(answer.headers()[RETRY_AFTER], "1");
            go_on.add_permits(2);
            for answer in inside {
                assert_eq!(answer.await.unwrap().status(), StatusCode::OK);
            }
            assert_eq!(ask(router, "/").await.status(), StatusCode::OK);
        });
    }

    fn a_client_that_hangs_up_frees_its_place() {
        run(async {
            let router = at_most(1, waiting(&Arc::new(Semaphore::new(0))));
            let inside = tokio::spawn(ask(router.clone(), "/slow"));
            yield_now().await;
            let refused = ask(router.clone(), "/").await.status();
            assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
            inside.abort();
            assert!(inside.await.unwrap_err().is_cancelled());
            assert_eq!(ask(router, "/").await.status(), StatusCode::OK);
        });
    }

    fn a_path_that_does_not_exist_needs_a_place_too() {
        run(async {
            let router = at_most(0, waiting(&Arc::new(Semaphore::new(0))));
            let answer = ask(router, "/nowhere").await;
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        });
    }
}
