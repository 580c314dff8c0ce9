//! Frames over a blocking stream.

use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};

use bytes::{Bytes, BytesMut};

use crate::frame::{Codec, FrameError};

/// How many bytes one `read` asks the kernel for.
const CHUNK: usize = 8 * 1024;

/// A stream, a codec, and the bytes that have arrived but are not a whole
/// frame yet.
///
/// At most one frame of the codec's limit and one chunk of 8 KiB are held. A
/// frame handed out shares the buffer's memory: copy what is to be kept long,
/// or a short frame keeps all of it alive.
#[derive(Debug)]
pub struct Framed<S, C> {
    stream: S,
    codec: C,
    received: BytesMut,
    out: BytesMut,
}

/// Why a frame could not be read or written: the stream's fault or the
/// peer's.
#[derive(Debug)]
pub enum FramedError {
    /// The stream failed. A deadline shows as [`io::ErrorKind::WouldBlock`]
    /// or [`io::ErrorKind::TimedOut`], a reset as
    /// [`io::ErrorKind::ConnectionReset`].
    Io(io::Error),
    /// The bytes are not frames.
    Frame(FrameError),
}

impl fmt::Display for FramedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FramedError::Io(error) => error.fmt(f),
            FramedError::Frame(error) => error.fmt(f),
        }
    }
}

impl Error for FramedError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            FramedError::Io(error) => Some(error),
            FramedError::Frame(error) => Some(error),
        }
    }
}

impl From<io::Error> for FramedError {
    fn from(error: io::Error) -> Self {
        FramedError::Io(error)
    }
}

impl From<FrameError> for FramedError {
    fn from(error: FrameError) -> Self {
        FramedError::Frame(error)
    }
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

    /// The stream, to set a deadline or shut down one direction.
    pub fn stream(&self) -> &S {
        &self.stream
    }

    /// Whether bytes have arrived that no frame handed out contains.
    pub fn has_begun(&self) -> bool {
        !self.received.is_empty()
    }
}

impl<S: Read, C: Codec> Framed<S, C> {
    /// Reads the next frame; `None` when the peer has ended the stream after
    /// a whole one.
    ///
    /// After a deadline passed it may be called again: what had arrived is
    /// kept.
    ///
    /// # Errors
    /// What the stream reports, a frame above the limit, a stream cut off.
    // ANCHOR: read
    pub fn read_frame(&mut self) -> Result<Option<Bytes>, FramedError> {
        loop {
            if let Some(frame) = self.codec.decode(&mut self.received)? {
                return Ok(Some(frame));
            }
            let mut chunk = [0; CHUNK];
            match self.stream.read(&mut chunk) {
                Ok(0) => {
                    self.codec.finish(&self.received)?;
                    return Ok(None);
                }
                Ok(n) => self.received.extend_from_slice(&chunk[..n]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
    }
    // ANCHOR_END: read
}

impl<S: Write, C: Codec> Framed<S, C> {
    /// Writes `frame` with its marking in one `write`, and flushes.
    ///
    /// # Errors
    /// What the stream reports; a frame that the codec cannot carry, of
    /// which nothing is then written.
    // ANCHOR: write
    pub fn write_frame(&mut self, frame: &[u8]) -> Result<(), FramedError> {
        self.out.clear();
        self.codec.encode(frame, &mut self.out)?;
        self.stream.write_all(&self.out)?;
        self.stream.flush()?;
        Ok(())
    }
    // ANCHOR_END: write
}
