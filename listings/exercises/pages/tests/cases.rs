//! The cases of the exercise.

#![allow(clippy::unwrap_used, reason = "tests")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::LINK;
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

/// The status, the names and the `Link` that `router` answers with.
fn ask(router: &Router, path: &str) -> (StatusCode, Vec<String>, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let link = response.headers().get(LINK);
        let link = link.map_or("", |link| link.to_str().unwrap()).to_owned();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let names = serde_json::from_slice(&body).unwrap_or_default();
        (status, names, link)
    })
}

fn hosts(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("host-{n:03}")).collect()
}

book_exercise::cases! {
    for ex_pages;

    fn the_first_page_links_the_second() {
        let router = router(hosts(5));
        let (status, names, link) = ask(&router, "/names?limit=2");
        assert_eq!(status, StatusCode::OK);
        assert_eq!(names, ["host-000", "host-001"]);
        assert_eq!(
            link,
            "</names?after=host-001&limit=2>; rel=\"next\""
        );
    }

    fn following_the_links_yields_every_name_once() {
        let router = router(hosts(250));
        let (mut path, mut all) = ("/names".to_owned(), Vec::new());
        for _ in 0..13 {
            let (status, names, link) = ask(&router, &path);
            assert_eq!(status, StatusCode::OK, "{path}");
            all.extend(names);
            match link.strip_prefix('<').and_then(|l| l.split_once('>')) {
                Some((next, _)) => path = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(all, hosts(250));
    }

    fn the_last_page_links_nothing() {
        let router = router(hosts(4));
        let (_, names, link) = ask(&router, "/names?after=host-001&limit=2");
        assert_eq!(names, ["host-002", "host-003"]);
        assert_eq!(link, "");
    }

    fn a_name_that_is_gone_still_has_a_place() {
        let router = router(hosts(4));
        let (_, names, _) = ask(&router, "/names?after=host-001.gone");
        assert_eq!(names, ["host-002", "host-003"]);
    }

    fn past_the_end_is_an_empty_page() {
        let router = router(hosts(4));
        let (status, names, link) = ask(&router, "/names?after=z");
        assert_eq!((status, link.as_str()), (StatusCode::OK, ""));
        assert!(names.is_empty());
    }

    fn an_empty_list_is_an_empty_page() {
        let (status, names, link) = ask(&router(hosts(0)), "/names");
        assert_eq!((status, link.as_str()), (StatusCode::OK, ""));
        assert!(names.is_empty());
    }

    fn nobody_gets_more_than_the_most() {
        let router = router(hosts(250));
        for limit in ["101", "100000", "18446744073709551615"] {
            let path = format!("/names?limit={limit}");
            let (_, names, link) = ask(&router, &path);
            assert_eq!(names.len(), 100);
            assert!(link.contains("limit=100>"), "{link}");
        }
        let (_, names, link) = ask(&router, "/names");
        assert_eq!(names.len(), 20);
        assert!(link.contains("limit=20>"), "{link}");
    }

    fn a_limit_that_is_none_is_refused() {
        let router = router(hosts(4));
        for limit in ["0", "-1", "two", ""] {
            let path = format!("/names?limit={limit}");
            let (status, ..) = ask(&router, &path);
            assert_eq!(status, StatusCode::BAD_REQUEST, "{limit:?}");
        }
    }
}
