//! One way to do it.

use std::io::{self, Write};

/// See `yours`.
pub struct Chunked<W> {
    /// Where it goes.
    pub out: W,
}

impl<W: Write> Chunked<W> {
    /// See `yours`.
    ///
    /// # Errors
    /// See there.
    pub fn chunk(&mut self, data: &[u8]) -> io::Result<()> {
        if data.is_empty() {
            return Ok(());
        }
        write!(self.out, "{:x}\r\n", data.len())?;
        self.out.write_all(data)?;
        self.out.write_all(b"\r\n")
    }

    /// See `yours`.
    ///
    /// # Errors
    /// See there.
    pub fn finish(mut self, trailer: &[(&str, &str)]) -> io::Result<()> {
        if !trailer.iter().all(|(name, value)| is_field(name, value)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.out.write_all(b"0\r\n")?;
        for (name, value) in trailer {
            write!(self.out, "{name}: {value}\r\n")?;
        }
        self.out.write_all(b"\r\n")
    }
}

fn is_field(name: &str, value: &str) -> bool {
    let is_token = |byte: u8| {
        byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
    };
    let frames = ["content-length", "transfer-encoding"]
        .iter()
        .any(|frames| name.eq_ignore_ascii_case(frames));
    let is_bad = |byte: u8| byte.is_ascii_control() && byte != b'\t';
    !name.is_empty()
        && name.bytes().all(is_token)
        && !frames
        && !value.bytes().any(is_bad)
}
