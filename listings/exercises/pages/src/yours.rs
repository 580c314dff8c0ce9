//! Yours: replace the `todo!()`.

use axum::Router;

/// How many names a page has when the client does not say.
pub const USUAL: usize = 20;
/// How many names a page has at most.
pub const MOST: usize = 100;

/// An application that hands out `names`, which are sorted, in pages.
///
/// `GET /names?after=NAME&limit=N` answers with a JSON array: the first `N`
/// names that sort after `NAME`.
///
/// - Without `after` it begins with the first name. `after` need not be one
///   of the names: it may have been deleted since the last page.
/// - Without `limit` there are at most [`USUAL`] names, and never more than
///   [`MOST`], whatever the client asks for.
/// - A `limit` of 0, or one that is no number, gets 400.
/// - If there are more names, a `Link` field says where the next page is, as
///   in RFC 8288: `</names?after=LAST&limit=N>; rel="next"`, with the last
///   name of this page and the limit that was used.
///
/// Names are made of letters, digits, `-` and `.`.
pub fn router(names: Vec<String>) -> Router {
    let _ = names;
    todo!("take a Query, cut a page out of the names, link the next")
}
