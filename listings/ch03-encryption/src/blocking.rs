//! The channel over a blocking stream.

use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};

use bytes::{Buf, Bytes};
use zeroize::Zeroizing;

use crate::channel::{
    Channel, ChannelError, Config, Event, Identity, PublicKey, Role, SendError,
};

/// How many bytes one `read` asks the kernel for.
const CHUNK: usize = 16 * 1024;

/// A stream that nobody between the two ends can read, or change without
/// being noticed.
///
/// Set a read deadline on the stream before: a peer that sends nothing is
/// waited for. After any error, close it.
pub struct SecureStream<S> {
    stream: S,
    channel: Channel,
}

/// Why a secure stream came to its end.
#[derive(Debug)]
#[non_exhaustive]
pub enum SecureError {
    /// The stream failed.
    Io(io::Error),
    /// The system gave no random bytes.
    Entropy(getrandom::Error),
    /// The peer, or somebody between, did something wrong.
    Channel(ChannelError),
    /// A message could not be sent, and was not.
    Send(SendError),
}

impl fmt::Display for SecureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecureError::Io(error) => error.fmt(f),
            SecureError::Entropy(error) => error.fmt(f),
            SecureError::Channel(error) => error.fmt(f),
            SecureError::Send(error) => error.fmt(f),
        }
    }
}

impl Error for SecureError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            SecureError::Io(error) => Some(error),
            SecureError::Entropy(error) => Some(error),
            SecureError::Channel(error) => Some(error),
            SecureError::Send(error) => Some(error),
        }
    }
}

impl From<io::Error> for SecureError {
    fn from(error: io::Error) -> Self {
        SecureError::Io(error)
    }
}

impl From<ChannelError> for SecureError {
    fn from(error: ChannelError) -> Self {
        SecureError::Channel(error)
    }
}

impl From<SendError> for SecureError {
    fn from(error: SendError) -> Self {
        SecureError::Send(error)
    }
}

/// 32 bytes from the system, to make a key of.
///
/// # Errors
/// [`SecureError::Entropy`] when the system has none.
pub fn entropy() -> Result<Zeroizing<[u8; 32]>, SecureError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut bytes[..]).map_err(SecureError::Entropy)?;
    Ok(bytes)
}

impl<S: Read + Write> SecureStream<S> {
    /// Opens a channel over `stream`: does the handshake, and returns when
    /// the peer has shown that it holds one of the pinned keys.
    ///
    /// # Errors
    /// What the stream reports, and what [`Channel`] refuses.
    // ANCHOR: open
    pub fn open(
        role: Role,
        stream: S,
        identity: &Identity,
        config: &Config,
    ) -> Result<Self, SecureError> {
        let channel = Channel::new(role, identity, config, entropy()?)?;
        let mut secure = SecureStream { stream, channel };
        secure.flush()?;
        while secure.channel.peer().is_none() {
            secure.step()?;
            secure.flush()?;
        }
        Ok(secure)
    }
    // ANCHOR_END: open

    /// The next message; `None` when the peer has closed the channel.
    ///
    /// # Errors
    /// What the stream reports: after a deadline passed it may be called
    /// again. What [`Channel`] refuses, and a stream that ended without a
    /// close.
    pub fn receive(&mut self) -> Result<Option<Bytes>, SecureError> {
        loop {
            match self.step()? {
                Event::Message(message) => return Ok(Some(message)),
                Event::Closed => return Ok(None),
                Event::Established(_) => {}
            }
        }
    }

    /// The next event, waiting for bytes as long as it takes.
    // ANCHOR: step
    fn step(&mut self) -> Result<Event, SecureError> {
        loop {
            if let Some(event) = self.channel.poll()? {
                return Ok(event);
            }
            self.flush()?;
            let mut chunk = [0; CHUNK];
            match self.stream.read(&mut chunk) {
                Ok(0) => {
                    self.channel.end()?;
                    return Ok(Event::Closed);
                }
                Ok(n) => {
                    self.channel.incoming().extend_from_slice(&chunk[..n]);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
    }
    // ANCHOR_END: step

    /// Sends one message.
    ///
    /// # Errors
    /// [`SecureError::Send`], of which nothing is sent; what the stream
    /// reports, after which the rest of the message is sent by the next call.
    pub fn send(&mut self, message: &[u8]) -> Result<(), SecureError> {
        self.channel.send(message)?;
        self.flush()
    }

    /// Tells the peer that nothing follows. Messages may still arrive.
    ///
    /// # Errors
    /// As for [`SecureStream::send`].
    pub fn close(&mut self) -> Result<(), SecureError> {
        self.channel.close()?;
        self.flush()
    }

    fn flush(&mut self) -> Result<(), SecureError> {
        let outgoing = self.channel.outgoing();
        while !outgoing.is_empty() {
            match self.stream.write(outgoing) {
                Ok(0) => {
                    return Err(
                        io::Error::from(io::ErrorKind::WriteZero).into()
                    );
                }
                // Taken off at once: an error must not send it again.
                Ok(n) => outgoing.advance(n),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(self.stream.flush()?)
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

    /// The stream, to set a deadline.
    pub fn stream(&self) -> &S {
        &self.stream
    }
}
