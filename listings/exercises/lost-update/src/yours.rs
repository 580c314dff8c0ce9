//! Yours: replace the `todo!()`.

use axum::Router;

/// An application that keeps one note, empty at first, and lets nobody
/// overwrite what they have not read.
///
/// - `GET /note` answers 200 with the note and an `ETag` field: a string in
///   quotation marks that is another one after each change (RFC 9110 section
///   8.8.3).
/// - `PUT /note` stores the body, if the `If-Match` field holds the current
///   entity tag: 204, with the new `ETag`.
/// - With another tag it answers 412, Precondition Failed, and stores
///   nothing (RFC 9110 section 13.1.1). A weak tag, `W/"1"`, is always
///   another one (section 8.8.3.2). `*` and lists of tags need no support.
/// - Without `If-Match` it answers 428, Precondition Required, and stores
///   nothing (RFC 6585 section 3).
///
/// Two requests that carry the same tag at the same time: one wins. A body
/// may take long to come. Nobody waits for it but its sender, and what counts
/// is the tag that is current when all of it is there.
pub fn router() -> Router {
    todo!("keep a note and its version behind one lock")
}
