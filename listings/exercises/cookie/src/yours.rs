//! Yours: replace the `todo!()`.

/// The browser sent a cookie of this name more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twice;

/// The value of the cookie called `name` in the value of a `Cookie` field,
/// such as `a=1; b=2` (RFC 6265, section 4.2.1); `None` if there is none.
///
/// - The pieces between semicolons are pairs; spaces and TABs around a piece
///   are not part of it.
/// - The first `=` of a piece ends the name. Upper and lower case differ.
/// - The value is what follows, as it stands: other `=`, quotes and all.
/// - A piece without `=`, or with another name, is passed over.
///
/// # Errors
/// [`Twice`], even if both values are the same. Whoever controls another host
/// of your domain can set a cookie that your users' browsers send you beside
/// your own, and their order tells you nothing (section 4.2.2).
pub fn find<'a>(
    field: &'a [u8],
    name: &str,
) -> Result<Option<&'a [u8]>, Twice> {
    let _ = (field, name);
    todo!("split at the semicolons, then each piece at its first =")
}
