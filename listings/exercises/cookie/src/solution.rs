//! One way to do it.

pub use crate::yours::Twice;

/// See `yours`.
///
/// # Errors
/// See [`Twice`].
pub fn find<'a>(
    field: &'a [u8],
    name: &str,
) -> Result<Option<&'a [u8]>, Twice> {
    let mut values = field.split(|&byte| byte == b';').filter_map(|piece| {
        let piece = trim(piece);
        let equals = piece.iter().position(|&byte| byte == b'=')?;
        (&piece[..equals] == name.as_bytes()).then(|| &piece[equals + 1..])
    });
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(Twice),
    }
}

fn trim(mut piece: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = piece {
        piece = rest;
    }
    piece
}
