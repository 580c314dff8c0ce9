//! Records: what a channel carries once it is open.

use bytes::{BufMut, Bytes, BytesMut};

use crate::aead::Tag;
use crate::channel::symmetric::CipherState;
use crate::channel::{ChannelError, SendError};

/// The longest message, in bytes: that of a TLS record (RFC 8446, section
/// 5.1).
pub const MAX_MESSAGE: usize = 16 * 1024;

/// How many bytes a record takes beyond its message: a length of four bytes,
/// a kind, a tag.
pub const OVERHEAD: usize = PREFIX + 1 + TAG;

const PREFIX: usize = 4;
const TAG: usize = size_of::<Tag>();

/// The kinds of records: the last byte that is encrypted.
const MESSAGE: u8 = 1;
const CLOSE: u8 = 2;

/// What was in a record.
pub enum Content {
    /// A message of the peer's user.
    Message(Bytes),
    /// The peer sends nothing more.
    Close,
}

/// The two directions of an open channel.
pub struct Records {
    ours: CipherState,
    theirs: CipherState,
    rekey_after: u64,
    transcript: [u8; 32],
    we_closed: bool,
    they_closed: bool,
}

impl Records {
    /// Right after the handshake, `rekey_after` at least 1.
    pub fn new(
        ours: CipherState,
        theirs: CipherState,
        rekey_after: u64,
        transcript: [u8; 32],
    ) -> Self {
        Records {
            ours,
            theirs,
            rekey_after,
            transcript,
            we_closed: false,
            they_closed: false,
        }
    }

    /// The longest frame that may come, in bytes.
    pub fn max_frame(&self) -> usize {
        MAX_MESSAGE + 1 + TAG
    }

    /// Whether the peer has closed its direction.
    pub fn is_closed(&self) -> bool {
        self.they_closed
    }

    /// The hash of the handshake.
    pub fn transcript(&self) -> [u8; 32] {
        self.transcript
    }

    /// Appends a message.
    ///
    /// # Errors
    /// [`SendError::TooLong`], [`SendError::Closed`],
    /// [`SendError::Exhausted`].
    pub fn seal(
        &mut self,
        message: &[u8],
        out: &mut BytesMut,
    ) -> Result<(), SendError> {
        let len = message.len();
        if len > MAX_MESSAGE {
            return Err(SendError::TooLong { len });
        }
        self.append(message, MESSAGE, out)
    }

    /// Appends the close.
    ///
    /// # Errors
    /// [`SendError::Closed`], [`SendError::Exhausted`].
    pub fn close(&mut self, out: &mut BytesMut) -> Result<(), SendError> {
        self.append(&[], CLOSE, out)?;
        self.we_closed = true;
        Ok(())
    }

    /// Writes a record: length, encrypted text and kind, tag.
    // ANCHOR: seal
    fn append(
        &mut self,
        text: &[u8],
        kind: u8,
        out: &mut BytesMut,
    ) -> Result<(), SendError> {
        if self.we_closed {
            return Err(SendError::Closed);
        }
        let len = u32::try_from(text.len() + 1 + TAG);
        let start = out.len();
        out.reserve(OVERHEAD + text.len());
        out.put_u32(len.expect("at most MAX_MESSAGE, and a little"));
        out.put_slice(text);
        out.put_u8(kind);
        // The message is copied once, to here, and encrypted where it lies.
        let sealed = self.ours.seal(&[], &mut out[start + PREFIX..]);
        match sealed {
            Ok(tag) => out.put_slice(&tag),
            Err(_) => {
                out[start..].fill(0);
                out.truncate(start);
                return Err(SendError::Exhausted);
            }
        }
        rekey_if_due(&mut self.ours, self.rekey_after)
            .map_err(SendError::Failed)
    }
    // ANCHOR_END: seal

    // ANCHOR: open
    /// Decrypts a frame where it lies.
    ///
    /// # Errors
    /// [`ChannelError::Refused`], [`ChannelError::UnknownRecord`],
    /// [`ChannelError::AfterClose`], [`ChannelError::Exhausted`].
    pub fn open(
        &mut self,
        mut frame: BytesMut,
    ) -> Result<Content, ChannelError> {
        if self.they_closed {
            return Err(ChannelError::AfterClose);
        }
        let (text, tag) =
            frame.split_last_chunk_mut().ok_or(ChannelError::Refused)?;
        self.theirs.open(&[], text, tag)?;
        rekey_if_due(&mut self.theirs, self.rekey_after)?;
        match text.split_last() {
            Some((&MESSAGE, message)) => {
                let len = message.len();
                frame.truncate(len);
                Ok(Content::Message(frame.freeze()))
            }
            Some((&CLOSE, [])) => {
                self.they_closed = true;
                Ok(Content::Close)
            }
            Some((&kind, _)) => Err(ChannelError::UnknownRecord(kind)),
            None => Err(ChannelError::Refused),
        }
    }
    // ANCHOR_END: open
}

/// Both ends count, so nothing has to be said.
fn rekey_if_due(
    cipher: &mut CipherState,
    after: u64,
) -> Result<(), ChannelError> {
    if cipher.count().is_multiple_of(after) {
        cipher.rekey()?;
    }
    Ok(())
}
