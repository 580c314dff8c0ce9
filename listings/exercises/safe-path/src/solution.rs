//! One way to do it.

pub use crate::yours::Refused;

/// See `yours`.
///
/// # Errors
/// See [`Refused`].
pub fn names(path: &str) -> Result<Vec<String>, Refused> {
    let path = path.strip_prefix('/').ok_or(Refused::NotAbsolute)?;
    // A slash that was escaped separates nothing: split before decoding.
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(name).collect()
}

fn name(part: &str) -> Result<String, Refused> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                high << 4 | low
            }
            byte => byte,
        });
    }
    let name = String::from_utf8(bytes).map_err(|_| Refused::NotUtf8)?;
    if matches!(&*name, "." | "..") {
        return Err(Refused::Dots);
    }
    if name.contains(['/', '\\']) {
        return Err(Refused::Separator);
    }
    if name.contains(char::is_control) {
        return Err(Refused::Control);
    }
    Ok(name)
}

fn digit(byte: Option<u8>) -> Result<u8, Refused> {
    let digit = byte.and_then(|byte| char::from(byte).to_digit(16));
    digit.map(|digit| digit as u8).ok_or(Refused::Escape)
}
