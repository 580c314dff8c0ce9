//! One way to do it.

use std::{io, mem};

/// See `yours`.
#[derive(Debug)]
pub struct Messages {
    /// As long as a message. Here, and not in the future: it outlives it.
    buffer: Vec<u8>,
    filled: usize,
}

impl Messages {
    /// See `yours`.
    pub fn new(length: usize) -> Self {
        Messages {
            buffer: vec![0; length],
            filled: 0,
        }
    }

    /// See `yours`.
    ///
    /// # Errors
    /// See `yours`.
    pub async fn next(
        &mut self,
        mut read: impl AsyncFnMut(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<Option<Vec<u8>>> {
        let length = self.buffer.len();
        while self.filled < length {
            // No `await` stands between the read and the count.
            match read(&mut self.buffer[self.filled..]).await? {
                0 if self.filled == 0 => return Ok(None),
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => self.filled += count,
            }
        }
        self.filled = 0;
        Ok(Some(mem::replace(&mut self.buffer, vec![0; length])))
    }
}
