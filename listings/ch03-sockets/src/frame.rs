//! Messages on a stream of bytes, without any I/O.
//!
//! TCP keeps the order of bytes and loses where one message ended. A frame
//! codec puts that back: bytes go in as they arrive, in pieces of any size,
//! and whole frames come out. Two codecs are here, because two are in use:
//!
//! - [`LengthPrefixed`]: four bytes that say how long the frame is, most
//!   significant first, then the frame;
//! - [`Lines`]: the frame, then `\n`.
//!
//! Both refuse a frame longer than a limit *before* they hold it in memory,
//! and tell a stream that ended between two frames from one that was cut off
//! inside one.

use std::error::Error;
use std::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// A way to mark where a frame ends.
// ANCHOR: codec
pub trait Codec {
    /// Takes the next whole frame from the front of `src`, or leaves its
    /// bytes there and returns `None` when more are needed.
    ///
    /// Call it again with the same buffer after appending to it. After an
    /// error the stream is out of step and must be closed.
    ///
    /// # Errors
    /// [`FrameError::TooLong`] as soon as a frame is known to exceed the
    /// limit.
    fn decode(
        &mut self,
        src: &mut BytesMut,
    ) -> Result<Option<Bytes>, FrameError>;

    /// Says whether the stream may end here, with `src` left over.
    ///
    /// # Errors
    /// [`FrameError::CutOff`] when `src` holds the beginning of a frame.
    fn finish(&self, src: &BytesMut) -> Result<(), FrameError>;

    /// Appends `frame` to `dst` as the peer's [`Codec::decode`] expects it.
    ///
    /// # Errors
    /// [`FrameError::TooLong`] or [`FrameError::Delimiter`] when the peer
    /// could not read it; `dst` is then unchanged.
    fn encode(
        &mut self,
        frame: &[u8],
        dst: &mut BytesMut,
    ) -> Result<(), FrameError>;
}
// ANCHOR_END: codec

/// Why a frame could not be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// The frame is longer than `max` bytes. `len` is its length where that
    /// is known: a length prefix says it, an endless line does not.
    TooLong {
        /// The length the frame claims or has reached, in bytes.
        len: usize,
        /// The limit, in bytes.
        max: usize,
    },
    /// The stream ended inside a frame.
    CutOff {
        /// How many bytes of the frame, prefix included, had arrived.
        have: usize,
    },
    /// A line to be written contains the byte that ends a line.
    Delimiter {
        /// Where in the frame it stands, counted from 0.
        at: usize,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameError::TooLong { len, max } => {
                write!(f, "frame of {len} bytes, the limit is {max}")
            }
            FrameError::CutOff { have } => {
                write!(f, "stream ended {have} bytes into a frame")
            }
            FrameError::Delimiter { at } => {
                write!(f, "a line break inside a line, at byte {at}")
            }
        }
    }
}

impl Error for FrameError {}

/// Frames behind a four-byte length in network byte order.
#[derive(Debug, Clone)]
pub struct LengthPrefixed {
    max: usize,
}

/// How many bytes the length itself takes.
const PREFIX: usize = 4;
/// How much memory a peer gets for a claim alone, before it has sent any of
/// the frame: enough for most to arrive without the buffer having to move.
const ON_TRUST: usize = 64 * 1024;

impl LengthPrefixed {
    /// Frames of at most `max` bytes, the prefix not counted.
    ///
    /// # Panics
    /// If `max` is larger than the prefix can say, [`u32::MAX`].
    pub fn new(max: usize) -> Self {
        assert!(u32::try_from(max).is_ok(), "the prefix has 32 bits");
        LengthPrefixed { max }
    }
}

impl LengthPrefixed {
    /// As [`Codec::decode`], but the frame can be changed where it lies: a
    /// cipher decrypts it there.
    ///
    /// # Errors
    /// Those of [`Codec::decode`].
    // ANCHOR: decode_prefixed
    pub fn decode_mut(
        &mut self,
        src: &mut BytesMut,
    ) -> Result<Option<BytesMut>, FrameError> {
        let Some(prefix) = src.first_chunk::<PREFIX>() else {
            return Ok(None);
        };
        let len = u32::from_be_bytes(*prefix) as usize;
        // The peer chose `len`: check it before anything is sized by it.
        let max = self.max;
        if len > max {
            return Err(FrameError::TooLong { len, max });
        }
        let missing = (PREFIX + len).saturating_sub(src.len());
        if missing > 0 {
            src.reserve(missing.min(ON_TRUST));
            return Ok(None);
        }
        src.advance(PREFIX);
        Ok(Some(src.split_to(len)))
    }
    // ANCHOR_END: decode_prefixed
}

impl Codec for LengthPrefixed {
    fn decode(
        &mut self,
        src: &mut BytesMut,
    ) -> Result<Option<Bytes>, FrameError> {
        Ok(self.decode_mut(src)?.map(BytesMut::freeze))
    }

    fn finish(&self, src: &BytesMut) -> Result<(), FrameError> {
        cut_off_unless_empty(src)
    }

    fn encode(
        &mut self,
        frame: &[u8],
        dst: &mut BytesMut,
    ) -> Result<(), FrameError> {
        let (len, max) = (frame.len(), self.max);
        if len > max {
            return Err(FrameError::TooLong { len, max });
        }
        dst.reserve(PREFIX + len);
        dst.put_u32(u32::try_from(len).expect("max fits, checked in new"));
        dst.put_slice(frame);
        Ok(())
    }
}

/// Frames that end with `\n`. A `\r` before it is dropped, as telnet, SMTP
/// and HTTP send one.
#[derive(Debug, Clone)]
pub struct Lines {
    max: usize,
    /// How much of the buffer was searched already: without it, a line that
    /// arrives a byte at a time costs quadratic time.
    searched: usize,
}

impl Lines {
    /// Lines of at most `max` bytes, the line break not counted.
    pub fn new(max: usize) -> Self {
        Lines { max, searched: 0 }
    }

    fn too_long(&self, len: usize) -> Result<(), FrameError> {
        let max = self.max;
        if len > max {
            return Err(FrameError::TooLong { len, max });
        }
        Ok(())
    }
}

impl Codec for Lines {
    // ANCHOR: decode_lines
    fn decode(
        &mut self,
        src: &mut BytesMut,
    ) -> Result<Option<Bytes>, FrameError> {
        let from = self.searched.min(src.len());
        let Some(found) = memchr::memchr(b'\n', &src[from..]) else {
            self.searched = src.len();
            // The last byte may turn out to be the `\r` of a line break.
            self.too_long(without_cr(src).len())?;
            return Ok(None);
        };
        self.searched = 0;
        let with_cr = from + found;
        let len = without_cr(&src[..with_cr]).len();
        self.too_long(len)?;
        let line = src.split_to(len).freeze();
        src.advance(with_cr + 1 - len);
        Ok(Some(line))
    }
    // ANCHOR_END: decode_lines

    fn finish(&self, src: &BytesMut) -> Result<(), FrameError> {
        cut_off_unless_empty(src)
    }

    fn encode(
        &mut self,
        frame: &[u8],
        dst: &mut BytesMut,
    ) -> Result<(), FrameError> {
        self.too_long(frame.len())?;
        if let Some(at) = memchr::memchr(b'\n', frame) {
            return Err(FrameError::Delimiter { at });
        }
        // The peer would take a `\r` at the end for part of the line break.
        if let Some(at) = frame.len().checked_sub(1)
            && frame[at] == b'\r'
        {
            return Err(FrameError::Delimiter { at });
        }
        dst.reserve(frame.len() + 1);
        dst.put_slice(frame);
        dst.put_u8(b'\n');
        Ok(())
    }
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn cut_off_unless_empty(src: &BytesMut) -> Result<(), FrameError> {
    match src.len() {
        0 => Ok(()),
        have => Err(FrameError::CutOff { have }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `pieces` one by one, as reads would deliver them.
    fn decode_all(
        codec: &mut impl Codec,
        pieces: &[&[u8]],
    ) -> Result<Vec<Bytes>, FrameError> {
        let mut buffer = BytesMut::new();
        let mut frames = Vec::new();
        for piece in pieces {
            buffer.extend_from_slice(piece);
            while let Some(frame) = codec.decode(&mut buffer)? {
                frames.push(frame);
            }
        }
        codec.finish(&buffer)?;
        Ok(frames)
    }

    #[test]
    fn two_frames_in_one_piece_come_out_as_two() {
        let bytes = b"\0\0\0\x02hi\0\0\0\x01!";
        let frames = decode_all(&mut LengthPrefixed::new(8), &[bytes]);
        assert_eq!(frames.unwrap(), ["hi", "!"]);
        let frames = decode_all(&mut Lines::new(8), &[b"hi\n!\r\n"]);
        assert_eq!(frames.unwrap(), ["hi", "!"]);
    }

    #[test]
    fn an_empty_frame_is_a_frame() {
        let frames = decode_all(&mut LengthPrefixed::new(8), &[&[0; 8]]);
        assert_eq!(frames.unwrap(), ["", ""]);
        let frames = decode_all(&mut Lines::new(8), &[b"\n\r\n"]);
        assert_eq!(frames.unwrap(), ["", ""]);
    }

    #[test]
    fn a_hostile_length_is_refused_before_it_is_allocated() {
        let mut buffer = BytesMut::from(&b"\xff\xff\xff\xff"[..]);
        let error = LengthPrefixed::new(1024).decode(&mut buffer);
        let len = u32::MAX as usize;
        assert_eq!(error, Err(FrameError::TooLong { len, max: 1024 }));
        assert!(buffer.capacity() < 1024, "nothing was reserved for it");
    }

    #[test]
    fn a_frame_of_exactly_the_limit_passes_and_one_more_does_not() {
        let mut buffer = BytesMut::new();
        let mut codec = LengthPrefixed::new(3);
        codec.encode(b"abc", &mut buffer).unwrap();
        assert_eq!(codec.decode(&mut buffer).unwrap().unwrap(), "abc");
        assert!(codec.encode(b"abcd", &mut buffer).is_err());
        assert!(buffer.is_empty());

        let mut codec = Lines::new(3);
        assert_eq!(decode_all(&mut codec, &[b"abc\r\n"]).unwrap(), ["abc"]);
        assert!(decode_all(&mut Lines::new(3), &[b"abcd\n"]).is_err());
    }

    #[test]
    fn an_endless_line_is_refused_at_the_limit() {
        let mut codec = Lines::new(3);
        let mut buffer = BytesMut::from(&b"abc\r"[..]);
        assert_eq!(codec.decode(&mut buffer), Ok(None));
        buffer.extend_from_slice(b"x");
        assert_eq!(
            codec.decode(&mut buffer),
            Err(FrameError::TooLong { len: 5, max: 3 })
        );
    }

    #[test]
    fn a_stream_cut_off_inside_a_frame_is_an_error() {
        let cut = decode_all(&mut LengthPrefixed::new(8), &[b"\0\0\0\x02h"]);
        assert_eq!(cut, Err(FrameError::CutOff { have: 5 }));
        let cut = decode_all(&mut Lines::new(8), &[b"whole\nha"]);
        assert_eq!(cut, Err(FrameError::CutOff { have: 2 }));
    }

    #[test]
    fn a_line_with_a_line_break_in_it_is_not_written() {
        let mut out = BytesMut::new();
        let mut codec = Lines::new(80);
        let error = codec.encode(b"ok\nDELETE *", &mut out);
        assert_eq!(error, Err(FrameError::Delimiter { at: 2 }));
        assert_eq!(
            codec.encode(b"ok\r", &mut out),
            Err(FrameError::Delimiter { at: 2 })
        );
        assert!(out.is_empty());
    }
}
