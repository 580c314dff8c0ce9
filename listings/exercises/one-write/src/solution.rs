//! One way to do it.

use std::io::{self, Write};

/// See `yours`.
///
/// # Errors
/// What `output` reports; [`io::ErrorKind::WriteZero`] when it takes nothing.
pub fn send(output: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let mut message = format!("length {}\n", body.len()).into_bytes();
    message.extend_from_slice(body);
    output.write_all(&message)
}
