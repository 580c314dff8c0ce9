//! Frames to bytes.

use std::error;
use std::fmt;

use bytes::{BufMut, BytesMut};

use super::{Frame, MAX_31_BITS, MAX_MAX_FRAME_SIZE, Priority, flag};

/// A frame that cannot be written. Nothing was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A payload of so many octets: more than the given limit, or than 24
    /// bits can say.
    TooLong(usize),
    /// A stream or an increment that does not fit in 31 bits.
    Not31Bits(u32),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EncodeError::TooLong(length) => {
                write!(f, "a payload of {length} octets is too long")
            }
            EncodeError::Not31Bits(value) => {
                write!(f, "{value} does not fit in 31 bits")
            }
        }
    }
}

impl error::Error for EncodeError {}

impl Frame {
    /// Appends the frame to `dst`. `max` is the peer's
    /// SETTINGS_MAX_FRAME_SIZE.
    ///
    /// It writes what it is given, so that tests can break the rules with
    /// it: a stream that is 0 or closed, a setting out of its range.
    ///
    /// # Errors
    /// See [`EncodeError`].
    pub fn encode(
        &self,
        max: u32,
        dst: &mut BytesMut,
    ) -> Result<(), EncodeError> {
        let stream = self.stream();
        if let Some(&value) =
            [stream, self.number()].iter().find(|v| **v > MAX_31_BITS)
        {
            return Err(EncodeError::Not31Bits(value));
        }
        let start = dst.len();
        dst.put_bytes(0, 3);
        dst.put_u8(self.kind());
        dst.put_u8(self.flags());
        dst.put_u32(stream);
        let payload = dst.len();
        self.put_payload(dst);
        let length = dst.len() - payload;
        if length > max.min(MAX_MAX_FRAME_SIZE) as usize {
            dst.truncate(start);
            return Err(EncodeError::TooLong(length));
        }
        let [_, l1, l2, l3] = (length as u32).to_be_bytes();
        dst[start..start + 3].copy_from_slice(&[l1, l2, l3]);
        Ok(())
    }

    /// The other number of 31 bits, if there is one.
    fn number(&self) -> u32 {
        match *self {
            Frame::PushPromise { promised, .. } => promised,
            Frame::GoAway { last_stream, .. } => last_stream,
            Frame::WindowUpdate { increment, .. } => increment,
            Frame::Priority { priority, .. } => priority.dependency,
            Frame::Headers {
                priority: Some(priority),
                ..
            } => priority.dependency,
            _ => 0,
        }
    }

    fn flags(&self) -> u8 {
        let on = |condition, flag| if condition { flag } else { 0 };
        match *self {
            Frame::Data {
                padding,
                end_stream,
                ..
            } => {
                on(padding.is_some(), flag::PADDED)
                    | on(end_stream, flag::END_STREAM)
            }
            Frame::Headers {
                padding,
                priority,
                end_stream,
                end_headers,
                ..
            } => {
                on(padding.is_some(), flag::PADDED)
                    | on(priority.is_some(), flag::PRIORITY)
                    | on(end_stream, flag::END_STREAM)
                    | on(end_headers, flag::END_HEADERS)
            }
            Frame::PushPromise {
                padding,
                end_headers,
                ..
            } => {
                on(padding.is_some(), flag::PADDED)
                    | on(end_headers, flag::END_HEADERS)
            }
            Frame::Continuation { end_headers, .. } => {
                on(end_headers, flag::END_HEADERS)
            }
            Frame::Settings { ack, .. } | Frame::Ping { ack, .. } => {
                on(ack, flag::ACK)
            }
            Frame::Unknown { flags, .. } => flags,
            _ => 0,
        }
    }

    fn put_payload(&self, dst: &mut BytesMut) {
        match self {
            Frame::Data { data, padding, .. } => {
                padded(dst, *padding, |dst| dst.put_slice(data));
            }
            Frame::Headers {
                block,
                padding,
                priority,
                ..
            } => padded(dst, *padding, |dst| {
                if let Some(priority) = priority {
                    put_priority(dst, *priority);
                }
                dst.put_slice(block);
            }),
            Frame::Priority { priority, .. } => put_priority(dst, *priority),
            Frame::RstStream { code, .. } => dst.put_u32(code.0),
            Frame::Settings { settings, .. } => {
                for (id, value) in settings {
                    dst.put_u16(*id);
                    dst.put_u32(*value);
                }
            }
            Frame::PushPromise {
                promised,
                block,
                padding,
                ..
            } => padded(dst, *padding, |dst| {
                dst.put_u32(*promised);
                dst.put_slice(block);
            }),
            Frame::Ping { data, .. } => dst.put_slice(data),
            Frame::GoAway {
                last_stream,
                code,
                debug,
            } => {
                dst.put_u32(*last_stream);
                dst.put_u32(code.0);
                dst.put_slice(debug);
            }
            Frame::WindowUpdate { increment, .. } => dst.put_u32(*increment),
            Frame::Continuation { block, .. } => dst.put_slice(block),
            Frame::Unknown { payload, .. } => dst.put_slice(payload),
        }
    }
}

fn padded(
    dst: &mut BytesMut,
    padding: Option<u8>,
    put: impl FnOnce(&mut BytesMut),
) {
    if let Some(padding) = padding {
        dst.put_u8(padding);
    }
    put(dst);
    dst.put_bytes(0, usize::from(padding.unwrap_or(0)));
}

fn put_priority(dst: &mut BytesMut, priority: Priority) {
    let exclusive = if priority.exclusive { 1 << 31 } else { 0 };
    dst.put_u32(exclusive | priority.dependency);
    dst.put_u8(priority.weight);
}
