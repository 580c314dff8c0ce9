//! Writing messages: nothing that would end a line early gets into one.
//!
//! A value that holds CR LF is a line more than its writer meant, or a
//! message more: *response splitting*. So every name and value passes through
//! [`field`], and what comes from a peer or a file system cannot get around it.

use std::fmt;

use ch02_concepts::fields::is_token;

/// Why a field was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadField {
    /// The name is no token.
    Name,
    /// The value has a control byte.
    Value,
}

impl fmt::Display for BadField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadField::Name => "the name of a field is no token",
            BadField::Value => "the value of a field has a control byte",
        })
    }
}

impl std::error::Error for BadField {}

/// Appends `name: value`, CR LF.
///
/// # Errors
/// [`BadField`]; nothing is written then.
// ANCHOR: field
pub fn field(
    out: &mut Vec<u8>,
    name: &str,
    value: &[u8],
) -> Result<(), BadField> {
    if !is_token(name.as_bytes()) {
        return Err(BadField::Name);
    }
    let is_bad = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    if value.iter().any(is_bad) {
        return Err(BadField::Value);
    }
    for part in [name.as_bytes(), b": ", value, b"\r\n"] {
        out.extend_from_slice(part);
    }
    Ok(())
}
// ANCHOR_END: field

/// Appends a number in decimal.
pub fn decimal(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let (mut rest, mut at) = (number, digits.len());
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends a chunk of the chunked coding. An empty one would be the last, and
/// is left out.
// ANCHOR: chunk
pub fn chunk(out: &mut Vec<u8>, data: &[u8]) {
    if !data.is_empty() {
        chunk_head(out, data.len() as u64);
        out.extend_from_slice(data);
        out.extend_from_slice(b"\r\n");
    }
}
// ANCHOR_END: chunk

/// Appends the first line of a chunk of `len` bytes, which is not 0.
pub fn chunk_head(out: &mut Vec<u8>, len: u64) {
    let text = format!("{len:x}\r\n");
    out.extend_from_slice(text.as_bytes());
}

/// What ends chunked content that has no trailer section.
pub const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_is_not_written() {
        let mut out = Vec::new();
        for value in [&b"a\r\nX: y"[..], b"a\nb", b"\0", b"\x7f"] {
            assert_eq!(field(&mut out, "A", value), Err(BadField::Value));
        }
        for name in ["", "A:", "A b", "A\r\n"] {
            assert_eq!(field(&mut out, name, b"v"), Err(BadField::Name));
        }
        assert_eq!(out, b"");
        field(&mut out, "A", "b\t\u{e9}".as_bytes()).unwrap();
        assert_eq!(out, "A: b\t\u{e9}\r\n".as_bytes());
    }

    #[test]
    fn numbers() {
        for number in [0, 9, 10, 1234567890, u64::MAX] {
            let mut out = Vec::new();
            decimal(&mut out, number);
            assert_eq!(out, number.to_string().as_bytes());
        }
    }
}
