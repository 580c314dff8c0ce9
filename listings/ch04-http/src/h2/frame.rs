//! Frames (RFC 9113 sections 4 and 6): 9 octets of header, then a payload.
//!
//! [`Decoder`] owns no socket. It checks what one frame can get wrong by
//! itself, and that nothing comes between the frames of a field block. What
//! depends on the state of a stream (section 5.1) is the caller's.
//!
//! Memory: a frame is at most [`Limits::frame_size`] octets, and a decoder
//! keeps none of them. Whoever puts a field block together from its frames
//! holds at most [`Limits::block`] octets.

mod decode;
mod encode;
mod error;

pub use decode::{
    Decoder, Frame, HEADER_LEN, Head, INITIAL_WINDOW, Limits, MAX_31_BITS,
    MAX_MAX_FRAME_SIZE, MIN_MAX_FRAME_SIZE, PREFACE, Priority, flag, kind,
    setting,
};
pub use encode::EncodeError;
pub use error::{Error, ErrorCode, Problem, Scope};
