//! What can go wrong on a channel.

use std::error::Error;
use std::fmt;

use ch03_sockets::frame::FrameError;

use crate::channel::PublicKey;

/// Why a channel came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelError {
    /// The configuration would never replace a key.
    NoRekey,
    /// A frame longer than one that may come now.
    Frame(FrameError),
    /// A message of the handshake has another length than its pattern says.
    Length {
        /// Its length in bytes.
        len: usize,
        /// The length it has to have.
        expected: usize,
    },
    /// Something was changed, left out, repeated, or is meant for somebody
    /// else. Which of these cannot be known.
    Refused,
    /// The peer's public key leads to a shared secret of zeros, whatever our
    /// key ([RFC 7748, section
    /// 6.1](https://www.rfc-editor.org/rfc/rfc7748#section-6.1)).
    WeakKey,
    /// The peer holds the key it claims, and that key is none of our pins.
    Stranger(PublicKey),
    /// A record of a kind that this version does not know.
    UnknownRecord(u8),
    /// The peer closed the channel, and went on.
    AfterClose,
    /// The transport ended, and the peer had not closed the channel.
    Truncated,
    /// The last number of a direction was used.
    Exhausted,
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChannelError::NoRekey => f.write_str("keys have to be replaced"),
            ChannelError::Frame(error) => error.fmt(f),
            ChannelError::Length { len, expected } => {
                write!(f, "handshake message of {len} bytes, not {expected}")
            }
            ChannelError::Refused => f.write_str("refused"),
            ChannelError::WeakKey => f.write_str("the peer's key is weak"),
            ChannelError::Stranger(key) => {
                write!(f, "the peer is a stranger: {key}")
            }
            ChannelError::UnknownRecord(kind) => {
                write!(f, "record of an unknown kind, {kind}")
            }
            ChannelError::AfterClose => f.write_str("data after the close"),
            ChannelError::Truncated => {
                f.write_str("cut off before the peer had closed")
            }
            ChannelError::Exhausted => f.write_str("no number left"),
        }
    }
}

impl Error for ChannelError {}

/// Why a message could not be sent. But for [`SendError::Failed`], the
/// channel is as good as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The handshake is not done.
    NotOpen,
    /// We have closed it ourselves.
    Closed,
    /// Longer than a record can carry.
    TooLong {
        /// The message's length in bytes.
        len: usize,
    },
    /// The last number of our direction was used.
    Exhausted,
    /// The channel came to its end before.
    Failed(ChannelError),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SendError::NotOpen => f.write_str("the handshake is not done"),
            SendError::Closed => f.write_str("closed by this end"),
            SendError::TooLong { len } => {
                write!(f, "message of {len} bytes, too long for a record")
            }
            SendError::Exhausted => f.write_str("no number left"),
            SendError::Failed(error) => error.fmt(f),
        }
    }
}

impl Error for SendError {}
