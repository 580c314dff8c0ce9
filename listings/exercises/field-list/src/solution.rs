//! One way to do it.

pub use crate::yours::Error;

/// See `yours`.
///
/// # Errors
/// See [`Error`].
pub fn elements(value: &[u8], max: usize) -> Result<Vec<&[u8]>, Error> {
    let (mut found, mut count, mut rest) = (Vec::new(), 0, Some(value));
    while let Some(list) = rest {
        count += 1;
        if count > max {
            return Err(Error::TooMany);
        }
        let end = end_of_element(list)?;
        let element = trim(&list[..end]);
        if !element.is_empty() {
            found.push(element);
        }
        rest = list.get(end + 1..);
    }
    Ok(found)
}

/// Where the first comma is that separates, or the end.
fn end_of_element(list: &[u8]) -> Result<usize, Error> {
    let (mut at, mut quoted) = (0, false);
    while let Some(byte) = list.get(at) {
        match byte {
            b',' if !quoted => break,
            b'"' => quoted = !quoted,
            b'\\' if quoted => at += 1,
            _ => {}
        }
        at += 1;
    }
    match quoted {
        true => Err(Error::OpenQuote),
        false => Ok(at),
    }
}

fn trim(element: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let Some(start) = element.iter().position(|byte| !is_blank(byte)) else {
        return &[];
    };
    let end = element.iter().rposition(|byte| !is_blank(byte));
    &element[start..=end.unwrap_or(start)]
}
