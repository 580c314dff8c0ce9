//! Yours: replace the `todo!()`.

/// Which of `offers`, media types such as `text/html`, a client likes best
/// whose `Accept` field is `accept`; `None` if it takes none of them.
///
/// The field is a list of ranges: `text/html`, `text/*`, `*/*`, each perhaps
/// with `;q=0.8` ([RFC 9110, section
/// 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)).
///
/// - Of the ranges that an offer is in, the most specific one says how much
///   it is liked, and the first one if two are the same.
/// - Without `q` it is 1; `q=0` means that it is not wanted. A weight is `0`
///   or `1`, with a point and at most three digits behind it; it is not above
///   1 ([section
///   12.4.2](https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2)).
/// - A range with another parameter, or one that is no range, is passed over.
/// - Upper and lower case are the same. Space and TAB may stand around `,` and
///   `;`, and nowhere else.
/// - Of offers that are liked as much, it is the first. An empty field likes
///   all.
pub fn best<'a>(accept: &str, offers: &[&'a str]) -> Option<&'a str> {
    let _ = (accept, offers);
    todo!("read the ranges, weigh each offer, take the best")
}
