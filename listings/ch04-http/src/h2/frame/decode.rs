//! What a frame is, and bytes to frames.

use bytes::{Buf, Bytes, BytesMut};

use crate::h2::frame::{Error, ErrorCode, Problem, Scope};

/// What a client sends first (RFC 9113 section 3.4). Read as HTTP/1.1, it is
/// a request with a method and a version that no server knows.
pub const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Octets of a frame header.
pub const HEADER_LEN: usize = 9;
/// The largest payload that every endpoint takes, and the initial value of
/// SETTINGS_MAX_FRAME_SIZE (section 6.5.2).
pub const MIN_MAX_FRAME_SIZE: u32 = 1 << 14;
/// The largest value of SETTINGS_MAX_FRAME_SIZE.
pub const MAX_MAX_FRAME_SIZE: u32 = (1 << 24) - 1;
/// The initial value of both windows (section 6.9.2), in octets.
pub const INITIAL_WINDOW: u32 = 65_535;
/// The largest window and the highest stream identifier.
pub const MAX_31_BITS: u32 = (1 << 31) - 1;

/// The types of frames (section 6).
#[allow(
    missing_docs,
    reason = "each is what the RFC's section says of its name"
)]
pub mod kind {
    pub const DATA: u8 = 0;
    pub const HEADERS: u8 = 1;
    pub const PRIORITY: u8 = 2;
    pub const RST_STREAM: u8 = 3;
    pub const SETTINGS: u8 = 4;
    pub const PUSH_PROMISE: u8 = 5;
    pub const PING: u8 = 6;
    pub const GOAWAY: u8 = 7;
    pub const WINDOW_UPDATE: u8 = 8;
    pub const CONTINUATION: u8 = 9;

    /// A type's name in RFC 9113.
    pub fn name(kind: u8) -> Option<&'static str> {
        const NAMES: [&str; 10] = [
            "DATA",
            "HEADERS",
            "PRIORITY",
            "RST_STREAM",
            "SETTINGS",
            "PUSH_PROMISE",
            "PING",
            "GOAWAY",
            "WINDOW_UPDATE",
            "CONTINUATION",
        ];
        NAMES.get(usize::from(kind)).copied()
    }
}

/// The flags. A bit means something only on the types that define it.
#[allow(
    missing_docs,
    reason = "each is what the RFC's section says of its name"
)]
pub mod flag {
    pub const END_STREAM: u8 = 0x1;
    pub const ACK: u8 = 0x1;
    pub const END_HEADERS: u8 = 0x4;
    pub const PADDED: u8 = 0x8;
    pub const PRIORITY: u8 = 0x20;
}

/// The identifiers of settings (section 6.5.2).
#[allow(
    missing_docs,
    reason = "each is what the RFC's section says of its name"
)]
pub mod setting {
    pub const HEADER_TABLE_SIZE: u16 = 1;
    pub const ENABLE_PUSH: u16 = 2;
    pub const MAX_CONCURRENT_STREAMS: u16 = 3;
    pub const INITIAL_WINDOW_SIZE: u16 = 4;
    pub const MAX_FRAME_SIZE: u16 = 5;
    pub const MAX_HEADER_LIST_SIZE: u16 = 6;

    /// A setting's name in RFC 9113, without its `SETTINGS_`.
    pub fn name(id: u16) -> Option<&'static str> {
        const NAMES: [&str; 6] = [
            "HEADER_TABLE_SIZE",
            "ENABLE_PUSH",
            "MAX_CONCURRENT_STREAMS",
            "INITIAL_WINDOW_SIZE",
            "MAX_FRAME_SIZE",
            "MAX_HEADER_LIST_SIZE",
        ];
        NAMES.get(usize::from(id).checked_sub(1)?).copied()
    }
}

/// The first 9 octets of a frame (section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// ANCHOR: head
pub struct Head {
    /// Octets of the payload: 24 bits.
    pub length: u32,
    /// One of [`kind`], or a type that is to be ignored.
    pub kind: u8,
    /// Bits of [`flag`].
    pub flags: u8,
    /// The stream, 31 bits; 0 is the connection.
    pub stream: u32,
}

impl Head {
    /// Reads a frame header. The reserved bit is ignored.
    pub fn read(octets: &[u8; HEADER_LEN]) -> Head {
        let [l1, l2, l3, kind, flags, s1, s2, s3, s4] = *octets;
        Head {
            length: u32::from_be_bytes([0, l1, l2, l3]),
            kind,
            flags,
            stream: u32::from_be_bytes([s1, s2, s3, s4]) & MAX_31_BITS,
        }
    }
}
// ANCHOR_END: head

/// What a HEADERS or PRIORITY frame says about priority. RFC 9113 section
/// 5.3.2 has deprecated it; a receiver still has to step over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priority {
    /// The exclusive flag.
    pub exclusive: bool,
    /// The stream depended on.
    pub dependency: u32,
    /// The octet on the wire, one less than the weight.
    pub weight: u8,
}

/// A frame. `stream` is never 0 where a frame must have one.
///
/// `padding` counts the octets of padding, and is `None` when the PADDED flag
/// is off.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each is what the RFC's section says of its name"
)]
pub enum Frame {
    /// Section 6.1.
    Data {
        stream: u32,
        data: Bytes,
        padding: Option<u8>,
        end_stream: bool,
    },
    /// Section 6.2.
    Headers {
        stream: u32,
        block: Bytes,
        padding: Option<u8>,
        priority: Option<Priority>,
        end_stream: bool,
        end_headers: bool,
    },
    /// Section 6.3.
    Priority { stream: u32, priority: Priority },
    /// Section 6.4.
    RstStream { stream: u32, code: ErrorCode },
    /// Section 6.5. An acknowledgment has no settings.
    Settings {
        ack: bool,
        settings: Vec<(u16, u32)>,
    },
    /// Section 6.6.
    PushPromise {
        stream: u32,
        promised: u32,
        block: Bytes,
        padding: Option<u8>,
        end_headers: bool,
    },
    /// Section 6.7.
    Ping { ack: bool, data: [u8; 8] },
    /// Section 6.8.
    GoAway {
        last_stream: u32,
        code: ErrorCode,
        debug: Bytes,
    },
    /// Section 6.9. The increment is never 0.
    WindowUpdate { stream: u32, increment: u32 },
    /// Section 6.10.
    Continuation {
        stream: u32,
        block: Bytes,
        end_headers: bool,
    },
    /// A type that this module does not know: section 5.5 has receivers
    /// ignore it.
    Unknown {
        kind: u8,
        flags: u8,
        stream: u32,
        payload: Bytes,
    },
}

impl Frame {
    /// A request or response header in one frame.
    pub fn headers(stream: u32, block: impl Into<Bytes>, end: bool) -> Frame {
        Frame::Headers {
            stream,
            block: block.into(),
            padding: None,
            priority: None,
            end_stream: end,
            end_headers: true,
        }
    }

    /// A piece of a body.
    pub fn data(stream: u32, data: impl Into<Bytes>, end: bool) -> Frame {
        Frame::Data {
            stream,
            data: data.into(),
            padding: None,
            end_stream: end,
        }
    }

    /// Its type.
    pub fn kind(&self) -> u8 {
        match self {
            Frame::Data { .. } => kind::DATA,
            Frame::Headers { .. } => kind::HEADERS,
            Frame::Priority { .. } => kind::PRIORITY,
            Frame::RstStream { .. } => kind::RST_STREAM,
            Frame::Settings { .. } => kind::SETTINGS,
            Frame::PushPromise { .. } => kind::PUSH_PROMISE,
            Frame::Ping { .. } => kind::PING,
            Frame::GoAway { .. } => kind::GOAWAY,
            Frame::WindowUpdate { .. } => kind::WINDOW_UPDATE,
            Frame::Continuation { .. } => kind::CONTINUATION,
            Frame::Unknown { kind, .. } => *kind,
        }
    }

    /// Its stream; 0 is the connection.
    pub fn stream(&self) -> u32 {
        match self {
            Frame::Data { stream, .. }
            | Frame::Headers { stream, .. }
            | Frame::Priority { stream, .. }
            | Frame::RstStream { stream, .. }
            | Frame::PushPromise { stream, .. }
            | Frame::WindowUpdate { stream, .. }
            | Frame::Continuation { stream, .. }
            | Frame::Unknown { stream, .. } => *stream,
            Frame::Settings { .. }
            | Frame::Ping { .. }
            | Frame::GoAway { .. } => 0,
        }
    }
}

/// How much a peer may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// ANCHOR: limits
pub struct Limits {
    /// The largest payload, in octets: what our SETTINGS_MAX_FRAME_SIZE says.
    pub frame_size: u32,
    /// The largest field block, in octets, over all of its frames.
    pub block: usize,
    /// How many CONTINUATION frames may follow a HEADERS frame.
    pub continuations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            frame_size: MIN_MAX_FRAME_SIZE,
            block: 1 << 16,
            continuations: 8,
        }
    }
}
// ANCHOR_END: limits

/// A field block that is not complete.
#[derive(Debug, Clone, Copy)]
struct OpenBlock {
    stream: u32,
    octets: usize,
    continuations: usize,
}

/// Bytes to frames.
#[derive(Debug, Clone)]
pub struct Decoder {
    limits: Limits,
    open: Option<OpenBlock>,
    failed: Option<Error>,
}

impl Decoder {
    /// A decoder that stands behind the preface.
    pub fn new(limits: Limits) -> Self {
        Decoder {
            limits,
            open: None,
            failed: None,
        }
    }

    /// Takes the client's preface from the front of `src`. Whether it was
    /// there whole; if not, call again with more. A wrong octet is refused
    /// when it arrives.
    ///
    /// # Errors
    /// [`Problem::Preface`].
    pub fn preface(&mut self, src: &mut BytesMut) -> Result<bool, Error> {
        let seen = src.len().min(PREFACE.len());
        if src[..seen] != PREFACE[..seen] {
            return self.fail(Error::connection(
                ErrorCode::PROTOCOL_ERROR,
                Problem::Preface,
            ));
        }
        if seen == PREFACE.len() {
            src.advance(seen);
        }
        Ok(seen == PREFACE.len())
    }

    /// Takes the next frame from the front of `src`; `None`, with the bytes
    /// as they were, when more are needed.
    ///
    /// # Errors
    /// After an error of [`Scope::Connection`] nobody knows what the next
    /// octets mean, and every further call returns it again. An error of
    /// [`Scope::Stream`] has consumed the frame: reset the stream, call again.
    // ANCHOR: decode
    pub fn decode(
        &mut self,
        src: &mut BytesMut,
    ) -> Result<Option<Frame>, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let Some(octets) = src.first_chunk::<HEADER_LEN>() else {
            return Ok(None);
        };
        let head = Head::read(octets);
        // All that the header can get wrong is refused before the payload
        // has come, and before a buffer has grown to hold it.
        if let Err(error) = self.check_head(head) {
            return self.fail(error);
        }
        if src.len() - HEADER_LEN < head.length as usize {
            return Ok(None);
        }
        src.advance(HEADER_LEN);
        let payload = src.split_to(head.length as usize).freeze();
        match self.read(head, payload) {
            Err(error) if error.scope == Scope::Connection => self.fail(error),
            other => other.map(Some),
        }
    }
    // ANCHOR_END: decode

    /// Says whether the stream may end here.
    ///
    /// # Errors
    /// [`Problem::CutOff`] when `src` holds a part of a frame, or a field
    /// block is open.
    pub fn finish(&mut self, src: &BytesMut) -> Result<(), Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if src.is_empty() && self.open.is_none() {
            return Ok(());
        }
        self.fail(Error::connection(
            ErrorCode::PROTOCOL_ERROR,
            Problem::CutOff,
        ))
    }

    fn fail<T>(&mut self, error: Error) -> Result<T, Error> {
        self.failed = Some(error);
        Err(error)
    }

    // ANCHOR: check_head
    fn check_head(&self, head: Head) -> Result<(), Error> {
        let protocol =
            |problem| Error::connection(ErrorCode::PROTOCOL_ERROR, problem);
        if let Some(open) = self.open
            && (head.kind, head.stream) != (kind::CONTINUATION, open.stream)
        {
            return Err(protocol(Problem::BlockInterrupted));
        }
        if self.open.is_none() && head.kind == kind::CONTINUATION {
            return Err(protocol(Problem::NoBlockToContinue));
        }
        if head.length > self.limits.frame_size {
            return Err(Error::connection(
                ErrorCode::FRAME_SIZE_ERROR,
                Problem::TooLong(head.length),
            ));
        }
        match head.kind {
            kind::SETTINGS | kind::PING | kind::GOAWAY if head.stream != 0 => {
                Err(protocol(Problem::OnAStream(head.kind)))
            }
            kind::DATA..=kind::RST_STREAM
            | kind::PUSH_PROMISE
            | kind::CONTINUATION
                if head.stream == 0 =>
            {
                Err(protocol(Problem::OnNoStream(head.kind)))
            }
            _ => self.check_block(head),
        }
    }
    // ANCHOR_END: check_head

    /// Refuses a frame that would make its field block too long.
    // ANCHOR: check_block
    fn check_block(&self, head: Head) -> Result<(), Error> {
        let (octets, continuations) = match (head.kind, self.open) {
            (kind::HEADERS | kind::PUSH_PROMISE, _) => (0, 0),
            (kind::CONTINUATION, Some(open)) => {
                (open.octets, open.continuations + 1)
            }
            _ => return Ok(()),
        };
        let octets = octets + head.length as usize;
        if octets > self.limits.block
            || continuations > self.limits.continuations
        {
            return Err(Error::connection(
                ErrorCode::ENHANCE_YOUR_CALM,
                Problem::BlockTooLong {
                    octets,
                    continuations,
                },
            ));
        }
        Ok(())
    }
    // ANCHOR_END: check_block

    fn read(&mut self, head: Head, payload: Bytes) -> Result<Frame, Error> {
        let stream = head.stream;
        let octets = payload.len();
        let frame = match head.kind {
            kind::DATA => read_data(head, payload)?,
            kind::HEADERS => read_headers(head, payload)?,
            kind::PRIORITY => read_priority(stream, payload)?,
            kind::RST_STREAM => Frame::RstStream {
                stream,
                code: ErrorCode(u32::from_be_bytes(fixed(head, &payload)?)),
            },
            kind::SETTINGS => read_settings(head, payload)?,
            kind::PUSH_PROMISE => read_push_promise(head, payload)?,
            kind::PING => Frame::Ping {
                ack: head.flags & flag::ACK != 0,
                data: fixed(head, &payload)?,
            },
            kind::GOAWAY => read_go_away(head, payload)?,
            kind::WINDOW_UPDATE => {
                read_window_update(stream, fixed(head, &payload)?)?
            }
            kind::CONTINUATION => Frame::Continuation {
                stream,
                block: payload,
                end_headers: head.flags & flag::END_HEADERS != 0,
            },
            kind => Frame::Unknown {
                kind,
                flags: head.flags,
                stream,
                payload,
            },
        };
        self.follow_block(&frame, octets);
        Ok(frame)
    }

    fn follow_block(&mut self, frame: &Frame, octets: usize) {
        let (stream, end) = match *frame {
            Frame::Headers {
                stream,
                end_headers,
                ..
            }
            | Frame::PushPromise {
                stream,
                end_headers,
                ..
            }
            | Frame::Continuation {
                stream,
                end_headers,
                ..
            } => (stream, end_headers),
            _ => return,
        };
        let before = self.open.take();
        if !end {
            self.open = Some(OpenBlock {
                stream,
                octets: before.map_or(0, |open| open.octets) + octets,
                continuations: before.map_or(0, |open| open.continuations + 1),
            });
        }
    }
}

/// A connection error for a frame whose length its type does not allow.
fn wrong_size(kind: u8, length: usize) -> Error {
    Error::connection(
        ErrorCode::FRAME_SIZE_ERROR,
        Problem::WrongSize { kind, length },
    )
}

/// The payload of a frame that has exactly `N` octets.
fn fixed<const N: usize>(head: Head, payload: &[u8]) -> Result<[u8; N], Error> {
    <[u8; N]>::try_from(payload)
        .map_err(|_| wrong_size(head.kind, payload.len()))
}

/// Takes the pad length from the front and the padding from the end.
// ANCHOR: padding
fn unpad(head: Head, payload: &mut Bytes) -> Result<Option<u8>, Error> {
    if head.flags & flag::PADDED == 0 {
        return Ok(None);
    }
    let Ok(padding) = payload.try_get_u8() else {
        return Err(wrong_size(head.kind, 0));
    };
    let Some(rest) = payload.len().checked_sub(usize::from(padding)) else {
        return Err(Error::connection(
            ErrorCode::PROTOCOL_ERROR,
            Problem::Padding(padding),
        ));
    };
    payload.truncate(rest);
    Ok(Some(padding))
}
// ANCHOR_END: padding

fn read_data(head: Head, mut payload: Bytes) -> Result<Frame, Error> {
    let padding = unpad(head, &mut payload)?;
    Ok(Frame::Data {
        stream: head.stream,
        data: payload,
        padding,
        end_stream: head.flags & flag::END_STREAM != 0,
    })
}

fn take_priority(payload: &mut Bytes) -> Option<Priority> {
    let dependency = payload.try_get_u32().ok()?;
    let weight = payload.try_get_u8().ok()?;
    Some(Priority {
        exclusive: dependency > MAX_31_BITS,
        dependency: dependency & MAX_31_BITS,
        weight,
    })
}

fn read_headers(head: Head, mut payload: Bytes) -> Result<Frame, Error> {
    let length = payload.len();
    let padding = unpad(head, &mut payload)?;
    let priority = if head.flags & flag::PRIORITY == 0 {
        None
    } else {
        let taken = take_priority(&mut payload);
        Some(taken.ok_or(wrong_size(head.kind, length))?)
    };
    Ok(Frame::Headers {
        stream: head.stream,
        block: payload,
        padding,
        priority,
        end_stream: head.flags & flag::END_STREAM != 0,
        end_headers: head.flags & flag::END_HEADERS != 0,
    })
}

fn read_priority(stream: u32, mut payload: Bytes) -> Result<Frame, Error> {
    let length = payload.len();
    // The only wrong size that is the stream's own affair (section 6.3).
    match take_priority(&mut payload) {
        Some(priority) if payload.is_empty() => {
            Ok(Frame::Priority { stream, priority })
        }
        _ => Err(Error::stream(
            stream,
            ErrorCode::FRAME_SIZE_ERROR,
            Problem::WrongSize {
                kind: kind::PRIORITY,
                length,
            },
        )),
    }
}

fn read_push_promise(head: Head, mut payload: Bytes) -> Result<Frame, Error> {
    let length = payload.len();
    let padding = unpad(head, &mut payload)?;
    let promised = payload
        .try_get_u32()
        .map_err(|_| wrong_size(head.kind, length))?;
    Ok(Frame::PushPromise {
        stream: head.stream,
        promised: promised & MAX_31_BITS,
        block: payload,
        padding,
        end_headers: head.flags & flag::END_HEADERS != 0,
    })
}

fn read_settings(head: Head, payload: Bytes) -> Result<Frame, Error> {
    let ack = head.flags & flag::ACK != 0;
    let (pairs, rest) = payload.as_chunks::<6>();
    if !rest.is_empty() || (ack && !payload.is_empty()) {
        return Err(wrong_size(head.kind, payload.len()));
    }
    let mut settings = Vec::with_capacity(pairs.len());
    for &[i1, i2, v1, v2, v3, v4] in pairs {
        let id = u16::from_be_bytes([i1, i2]);
        let value = u32::from_be_bytes([v1, v2, v3, v4]);
        check_setting(id, value)?;
        settings.push((id, value));
    }
    Ok(Frame::Settings { ack, settings })
}

/// Section 6.5.2.
fn check_setting(id: u16, value: u32) -> Result<(), Error> {
    let code = match id {
        setting::ENABLE_PUSH if value > 1 => ErrorCode::PROTOCOL_ERROR,
        setting::INITIAL_WINDOW_SIZE if value > MAX_31_BITS => {
            ErrorCode::FLOW_CONTROL_ERROR
        }
        setting::MAX_FRAME_SIZE
            if !(MIN_MAX_FRAME_SIZE..=MAX_MAX_FRAME_SIZE).contains(&value) =>
        {
            ErrorCode::PROTOCOL_ERROR
        }
        _ => return Ok(()),
    };
    Err(Error::connection(code, Problem::Setting { id, value }))
}

fn read_go_away(head: Head, mut payload: Bytes) -> Result<Frame, Error> {
    let length = payload.len();
    let last_stream = payload.try_get_u32();
    let code = payload.try_get_u32();
    let (Ok(last_stream), Ok(code)) = (last_stream, code) else {
        return Err(wrong_size(head.kind, length));
    };
    Ok(Frame::GoAway {
        last_stream: last_stream & MAX_31_BITS,
        code: ErrorCode(code),
        debug: payload,
    })
}

fn read_window_update(stream: u32, octets: [u8; 4]) -> Result<Frame, Error> {
    let increment = u32::from_be_bytes(octets) & MAX_31_BITS;
    match (increment, stream) {
        (0, 0) => Err(Error::connection(
            ErrorCode::PROTOCOL_ERROR,
            Problem::ZeroIncrement,
        )),
        (0, stream) => Err(Error::stream(
            stream,
            ErrorCode::PROTOCOL_ERROR,
            Problem::ZeroIncrement,
        )),
        _ => Ok(Frame::WindowUpdate { stream, increment }),
    }
}
