//! The cases of the exercise.

#![allow(clippy::unwrap_used, reason = "tests")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

/// The status, the `ETag` and the body that `router` answers with.
fn ask(
    router: &Router,
    request: Request<Body>,
) -> (StatusCode, String, String) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
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

    fn of_many_writers_at_once_one_wins() {
        let router = router();
        let (_, tag, _) = read(&router);
        let won = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|n| {
                    let (router, tag) = (&router, &tag);
                    let text = n.to_string();
                    scope.spawn(move || store(router, Some(tag), &text).0)
                })
                .collect();
            writers
                .into_iter()
                .map(|writer| writer.join().unwrap())
                .filter(|status| *status == StatusCode::NO_CONTENT)
                .count()
        });
        assert_eq!(won, 1);
    }
}
