//! One way to do it.

use crate::Line;

/// See `yours`.
pub fn read(line: &str) -> Option<Line<'_>> {
    let (host, rest) = word(line)?;
    let (_, rest) = word(rest)?;
    let (_, rest) = word(rest)?;
    let (time, rest) = rest.strip_prefix('[')?.split_once("] \"")?;
    let (request, rest) = quoted(rest)?;
    let (status, bytes) = word(rest.strip_prefix(' ')?)?;
    if status.len() != 3 {
        return None;
    }
    Some(Line {
        host,
        time,
        request,
        status: u16::try_from(number(status)?).ok()?,
        bytes: match bytes {
            "-" => 0,
            bytes => number(bytes)?,
        },
    })
}

fn word(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once(' ')?;
    (!word.is_empty()).then_some((word, rest))
}

/// Digits alone: `parse` would take a sign, too.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// What stands before the closing quote, decoded, and what stands behind it.
fn quoted(text: &str) -> Option<(Vec<u8>, &str)> {
    let mut bytes = Vec::new();
    let mut rest = text;
    loop {
        let stop = rest.find(['"', '\\'])?;
        bytes.extend_from_slice(&rest.as_bytes()[..stop]);
        let (sign, behind) = rest[stop..].split_at(1);
        if sign == "\"" {
            return Some((bytes, behind));
        }
        let (byte, len) = match behind.as_bytes() {
            [byte @ (b'"' | b'\\'), ..] => (*byte, 1),
            [b'x', high, low, ..] => (hex(*high)? << 4 | hex(*low)?, 3),
            _ => return None,
        };
        bytes.push(byte);
        rest = &behind[len..];
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}
