//! Yours: replace the `todo!()`.

use crate::{Framing, Refused};

/// Where the content of a request in HTTP/1.1 ends ([RFC 9112, section
/// 6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3)). `fields` are
/// its header fields in order, white space around the values taken off.
///
/// # Errors
/// If two readers could see it differently. [`Refused::Both`] comes before
/// the other two.
pub fn judge(fields: &[(&str, &str)]) -> Result<Framing, Refused> {
    let _ = fields;
    todo!("look at every field, then decide")
}
