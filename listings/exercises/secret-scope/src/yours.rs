//! Yours: replace the `todo!()`.

use url::Url;

/// A secret, and the part of the web that may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Scheme, host and port that it is for, and a path: the secret is for
    /// that path and for all below it. A query or a fragment means nothing.
    pub scope: Url,
    /// What goes into `Authorization`.
    pub value: String,
}

/// The secret for a request to `url`, wherever that URL came from: the user,
/// a page, a redirect.
///
/// - A secret goes to its own origin and no other: scheme, host and port are
///   the same. `url` has compared what needs comparing in lower case, and
///   knows the port that a scheme stands for.
/// - A path is below `/api` if it is `/api` or begins with `/api/`. It is
///   below `/api/` if it begins with that.
/// - Of two secrets, the one whose path is longer goes. Of two with the same,
///   the first.
/// - A URL with a user's name or a password gets none: it has its own, and
///   whoever wrote it may have meant the name to be taken for a host.
/// - Only `https` gets one, and `http` to a loopback address (127.0.0.0/8,
///   `[::1]`), where nobody listens in. The name `localhost` is a name.
pub fn secret_for<'a>(url: &Url, secrets: &'a [Secret]) -> Option<&'a str> {
    let _ = (url, secrets);
    todo!("whose origin is the same, whose path is above, the longest")
}
