//! The channel over an asynchronous stream, on tokio.

use std::io;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub use crate::blocking::{SecureError, entropy};
use crate::channel::{Channel, Config, Event, Identity, PublicKey, Role};

/// How many bytes one read asks for, at least.
const CHUNK: usize = 16 * 1024;

/// The asynchronous twin of [`crate::blocking::SecureStream`].
///
/// Its calls are cancel safe: a future dropped by a timeout or `select!`
/// loses nothing that has arrived, and what it had not sent yet is sent by
/// the next call.
pub struct SecureStream<S> {
    stream: S,
    channel: Channel,
}

impl<S: AsyncRead + AsyncWrite + Unpin> SecureStream<S> {
    /// Opens a channel over `stream`: does the handshake, and returns when
    /// the peer has shown that it holds one of the pinned keys. Put a timeout
    /// around it.
    ///
    /// # Errors
    /// What the stream reports, and what [`Channel`] refuses.
    // ANCHOR: open
    pub async fn open(
        role: Role,
        stream: S,
        identity: &Identity,
        config: &Config,
    ) -> Result<Self, SecureError> {
        let channel = Channel::new(role, identity, config, entropy()?)?;
        let mut secure = SecureStream { stream, channel };
        secure.flush().await?;
        while secure.channel.peer().is_none() {
            secure.step().await?;
            secure.flush().await?;
        }
        Ok(secure)
    }
    // ANCHOR_END: open

    /// The next message; `None` when the peer has closed the channel.
    ///
    /// # Errors
    /// What the stream reports, what [`Channel`] refuses, and a stream that
    /// ended without a close.
    pub async fn receive(&mut self) -> Result<Option<Bytes>, SecureError> {
        loop {
            match self.step().await? {
                Event::Message(message) => return Ok(Some(message)),
                Event::Closed => return Ok(None),
                Event::Established(_) => {}
            }
        }
    }

    // ANCHOR: step
    async fn step(&mut self) -> Result<Event, SecureError> {
        loop {
            if let Some(event) = self.channel.poll()? {
                return Ok(event);
            }
            self.flush().await?;
            let incoming = self.channel.incoming();
            incoming.reserve(CHUNK);
            if self.stream.read_buf(incoming).await? == 0 {
                self.channel.end()?;
                return Ok(Event::Closed);
            }
        }
    }
    // ANCHOR_END: step

    /// Sends one message.
    ///
    /// # Errors
    /// [`SecureError::Send`], of which nothing is sent; what the stream
    /// reports.
    pub async fn send(&mut self, message: &[u8]) -> Result<(), SecureError> {
        self.channel.send(message)?;
        self.flush().await
    }

    /// Tells the peer that nothing follows. Messages may still arrive.
    ///
    /// # Errors
    /// As for [`SecureStream::send`].
    pub async fn close(&mut self) -> Result<(), SecureError> {
        self.channel.close()?;
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), SecureError> {
        let outgoing = self.channel.outgoing();
        while !outgoing.is_empty() {
            let n = self.stream.write(outgoing).await?;
            if n == 0 {
                return Err(io::Error::from(io::ErrorKind::WriteZero).into());
            }
            outgoing.advance(n);
        }
        Ok(self.stream.flush().await?)
    }
}

impl<S> SecureStream<S> {
    /// The peer's public key, one of the pins.
    pub fn peer(&self) -> Option<PublicKey> {
        self.channel.peer()
    }

    /// See [`Channel::transcript`].
    pub fn transcript(&self) -> Option<[u8; 32]> {
        self.channel.transcript()
    }
}
