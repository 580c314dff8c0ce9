//! Frames over an asynchronous stream, on tokio.

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub use crate::blocking::FramedError;
use crate::frame::Codec;

/// The asynchronous twin of [`crate::blocking::Framed`]: a stream, a codec,
/// and the bytes that are not a whole frame yet. One read may bring as much
/// as the buffer has room for, 8 KiB at least.
#[derive(Debug)]
pub struct Framed<S, C> {
    stream: S,
    codec: C,
    received: BytesMut,
    out: BytesMut,
}

impl<S, C> Framed<S, C> {
    /// Reads and writes frames of `codec` on `stream`.
    pub fn new(stream: S, codec: C) -> Self {
        Framed {
            stream,
            codec,
            received: BytesMut::new(),
            out: BytesMut::new(),
        }
    }

    /// The stream, to shut it down.
    pub fn stream_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Whether bytes have arrived that no frame handed out contains.
    pub fn has_begun(&self) -> bool {
        !self.received.is_empty()
    }
}

/// How many bytes one read asks for, at least.
const CHUNK: usize = 8 * 1024;

impl<S: AsyncRead + Unpin, C: Codec> Framed<S, C> {
    /// Reads the next frame; `None` when the peer has ended the stream after
    /// a whole one.
    ///
    /// Cancel safe: a future dropped by a timeout or `select!` loses no
    /// bytes, because what has arrived stands in `self`.
    ///
    /// # Errors
    /// What the stream reports, a frame above the limit, a stream cut off.
    // ANCHOR: read
    pub async fn read_frame(&mut self) -> Result<Option<Bytes>, FramedError> {
        loop {
            if let Some(frame) = self.codec.decode(&mut self.received)? {
                return Ok(Some(frame));
            }
            self.received.reserve(CHUNK);
            let n = self.stream.read_buf(&mut self.received).await?;
            if n == 0 {
                self.codec.finish(&self.received)?;
                return Ok(None);
            }
        }
    }
    // ANCHOR_END: read
}

impl<S: AsyncWrite + Unpin, C: Codec> Framed<S, C> {
    /// Writes `frame` with its marking, and flushes.
    ///
    /// Not cancel safe: a future dropped half-way leaves half a frame on the
    /// wire, and the connection must be closed.
    ///
    /// # Errors
    /// What the stream reports; a frame that the codec cannot carry, of
    /// which nothing is then written.
    pub async fn write_frame(
        &mut self,
        frame: &[u8],
    ) -> Result<(), FramedError> {
        self.out.clear();
        self.codec.encode(frame, &mut self.out)?;
        self.stream.write_all(&self.out).await?;
        self.stream.flush().await?;
        Ok(())
    }
}
