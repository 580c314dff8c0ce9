//! What can be wrong with a frame, and what to tell the peer.

use std::error;
use std::fmt;

use crate::h2::frame::{kind, setting};

/// An error code (RFC 9113 section 7). Others than these exist, and are no
/// reason to do anything special.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ErrorCode(pub u32);

#[allow(
    missing_docs,
    reason = "each is what the RFC's section says of its name"
)]
impl ErrorCode {
    pub const NO_ERROR: ErrorCode = ErrorCode(0);
    pub const PROTOCOL_ERROR: ErrorCode = ErrorCode(1);
    pub const INTERNAL_ERROR: ErrorCode = ErrorCode(2);
    pub const FLOW_CONTROL_ERROR: ErrorCode = ErrorCode(3);
    pub const SETTINGS_TIMEOUT: ErrorCode = ErrorCode(4);
    pub const STREAM_CLOSED: ErrorCode = ErrorCode(5);
    pub const FRAME_SIZE_ERROR: ErrorCode = ErrorCode(6);
    pub const REFUSED_STREAM: ErrorCode = ErrorCode(7);
    pub const CANCEL: ErrorCode = ErrorCode(8);
    pub const COMPRESSION_ERROR: ErrorCode = ErrorCode(9);
    pub const CONNECT_ERROR: ErrorCode = ErrorCode(10);
    pub const ENHANCE_YOUR_CALM: ErrorCode = ErrorCode(11);
    pub const INADEQUATE_SECURITY: ErrorCode = ErrorCode(12);
    pub const HTTP_1_1_REQUIRED: ErrorCode = ErrorCode(13);
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 14] = [
            "NO_ERROR",
            "PROTOCOL_ERROR",
            "INTERNAL_ERROR",
            "FLOW_CONTROL_ERROR",
            "SETTINGS_TIMEOUT",
            "STREAM_CLOSED",
            "FRAME_SIZE_ERROR",
            "REFUSED_STREAM",
            "CANCEL",
            "COMPRESSION_ERROR",
            "CONNECT_ERROR",
            "ENHANCE_YOUR_CALM",
            "INADEQUATE_SECURITY",
            "HTTP_1_1_REQUIRED",
        ];
        match NAMES.get(self.0 as usize) {
            Some(name) => f.write_str(name),
            None => write!(f, "error code {}", self.0),
        }
    }
}

/// How much an error ends (section 5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// ANCHOR: error
pub enum Scope {
    /// Send GOAWAY with the code, and close.
    Connection,
    /// Send RST_STREAM with the code on this stream, and go on.
    Stream(u32),
}

/// A frame that breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// What it ends.
    pub scope: Scope,
    /// What to tell the peer.
    pub code: ErrorCode,
    /// What to tell the log.
    pub problem: Problem,
}
// ANCHOR_END: error

/// The rule that a frame breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The connection does not begin with [`PREFACE`](crate::h2::frame::PREFACE).
    Preface,
    /// A payload of so many octets, more than we allow.
    TooLong(u32),
    /// A length that the type does not allow.
    WrongSize {
        /// The type.
        kind: u8,
        /// Octets of the payload.
        length: usize,
    },
    /// A frame of this type belongs to the connection, and names a stream.
    OnAStream(u8),
    /// A frame of this type belongs to a stream, and names none.
    OnNoStream(u8),
    /// As many octets of padding as there are in the frame, or more.
    Padding(u8),
    /// Something else than its CONTINUATION came within a field block.
    BlockInterrupted,
    /// CONTINUATION outside a field block.
    NoBlockToContinue,
    /// A field block beyond our limits.
    BlockTooLong {
        /// Octets so far, with this frame.
        octets: usize,
        /// CONTINUATION frames so far, with this one.
        continuations: usize,
    },
    /// A setting with a value out of its range.
    Setting {
        /// The setting.
        id: u16,
        /// Its value.
        value: u32,
    },
    /// WINDOW_UPDATE by 0.
    ZeroIncrement,
    /// The stream of bytes ended within a frame or a field block.
    CutOff,
}

impl Error {
    /// One that ends the connection.
    pub fn connection(code: ErrorCode, problem: Problem) -> Error {
        let scope = Scope::Connection;
        Error {
            scope,
            code,
            problem,
        }
    }

    /// One that ends a stream.
    pub fn stream(id: u32, code: ErrorCode, problem: Problem) -> Error {
        let scope = Scope::Stream(id);
        Error {
            scope,
            code,
            problem,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope {
            Scope::Connection => write!(f, "{}: {}", self.code, self.problem),
            Scope::Stream(id) => {
                write!(f, "{} on stream {id}: {}", self.code, self.problem)
            }
        }
    }
}

impl error::Error for Error {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |kind| kind::name(kind).unwrap_or("a frame");
        match *self {
            Problem::Preface => f.write_str("no HTTP/2 preface"),
            Problem::TooLong(length) => {
                write!(f, "a frame of {length} octets")
            }
            Problem::WrongSize { kind, length } => {
                write!(f, "{} of {length} octets", named(kind))
            }
            Problem::OnAStream(kind) => {
                write!(f, "{} on a stream", named(kind))
            }
            Problem::OnNoStream(kind) => {
                write!(f, "{} on stream 0", named(kind))
            }
            Problem::Padding(padding) => {
                write!(f, "{padding} octets of padding are more than came")
            }
            Problem::BlockInterrupted => {
                f.write_str("a frame within a field block")
            }
            Problem::NoBlockToContinue => {
                f.write_str("CONTINUATION of nothing")
            }
            Problem::BlockTooLong {
                octets,
                continuations,
            } => write!(
                f,
                "a field block of {octets} octets, {continuations} \
                 CONTINUATION"
            ),
            Problem::Setting { id, value } => {
                let name = setting::name(id).unwrap_or("a setting");
                write!(f, "{name} = {value}")
            }
            Problem::ZeroIncrement => f.write_str("WINDOW_UPDATE by 0"),
            Problem::CutOff => f.write_str("the end came within a frame"),
        }
    }
}
