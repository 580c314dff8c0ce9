//! One end of a channel: bytes in, events out.

use bytes::{Bytes, BytesMut};
use ch03_sockets::frame::{Codec, LengthPrefixed};
use zeroize::Zeroizing;

use crate::channel::handshake::Handshake;
use crate::channel::record::{Content, Records};
use crate::channel::{
    ChannelError, Config, Identity, PublicKey, Role, SendError,
};

/// What a channel tells its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The handshake is done, with this peer.
    Established(PublicKey),
    /// A message, just as it was sent. It shares the memory of what arrived
    /// with it: copy what is to be kept long.
    Message(Bytes),
    /// The peer has sent all it wanted to send.
    Closed,
}

enum State {
    Shaking(Box<Handshake>),
    Open(Box<Records>),
    Failed(ChannelError),
}

/// One end of a channel.
// ANCHOR: channel
pub struct Channel {
    state: State,
    /// What has arrived and is not a whole frame yet.
    incoming: BytesMut,
    /// What has to be sent.
    outgoing: BytesMut,
    peer: Option<PublicKey>,
}
// ANCHOR_END: channel

impl Channel {
    /// A new channel; the initiator's first message is then in
    /// [`Channel::outgoing`].
    ///
    /// `entropy` must come from the system's random number generator and be
    /// used for nothing else: it becomes the key of this session.
    ///
    /// # Errors
    /// [`ChannelError::NoRekey`] if the configuration asks for none.
    pub fn new(
        role: Role,
        identity: &Identity,
        config: &Config,
        entropy: Zeroizing<[u8; 32]>,
    ) -> Result<Self, ChannelError> {
        if config.rekey_after == 0 {
            return Err(ChannelError::NoRekey);
        }
        let handshake = Handshake::new(role, identity, config, entropy);
        let mut channel = Channel {
            state: State::Shaking(Box::new(handshake)),
            incoming: BytesMut::new(),
            outgoing: BytesMut::new(),
            peer: None,
        };
        channel.write_handshake()?;
        Ok(channel)
    }

    // ANCHOR: bytes
    /// Where the driver appends what the transport delivered, in pieces of
    /// any size.
    pub fn incoming(&mut self) -> &mut BytesMut {
        &mut self.incoming
    }

    /// What the driver has to send, taking it off the front as it does.
    pub fn outgoing(&mut self) -> &mut BytesMut {
        &mut self.outgoing
    }

    /// What has happened; `None` when more bytes are needed. Call it until
    /// then, and send what is outgoing.
    ///
    /// # Errors
    /// What the peer, or somebody between, did wrong. It is the same from
    /// then on: close the transport.
    pub fn poll(&mut self) -> Result<Option<Event>, ChannelError> {
        self.step().map_err(|error| self.fail(error))
    }
    // ANCHOR_END: bytes

    // ANCHOR: step
    fn step(&mut self) -> Result<Option<Event>, ChannelError> {
        loop {
            let max = match &self.state {
                State::Shaking(handshake) => handshake.expected(),
                State::Open(records) => records.max_frame(),
                State::Failed(error) => return Err(*error),
            };
            let mut codec = LengthPrefixed::new(max);
            let frame = codec.decode_mut(&mut self.incoming);
            let Some(frame) = frame.map_err(ChannelError::Frame)? else {
                return Ok(None);
            };
            if let Some(event) = self.receive(frame)? {
                return Ok(Some(event));
            }
        }
    }
    // ANCHOR_END: step

    /// Acts on a whole frame.
    fn receive(
        &mut self,
        frame: BytesMut,
    ) -> Result<Option<Event>, ChannelError> {
        match &mut self.state {
            State::Shaking(handshake) => {
                handshake.read(&frame)?;
                self.write_handshake()?;
                Ok(self.peer.map(Event::Established))
            }
            State::Open(records) => match records.open(frame)? {
                Content::Message(text) => Ok(Some(Event::Message(text))),
                Content::Close => Ok(Some(Event::Closed)),
            },
            State::Failed(error) => Err(*error),
        }
    }

    /// Writes the next message if it is this end's turn, and opens the
    /// channel after the last.
    fn write_handshake(&mut self) -> Result<(), ChannelError> {
        let State::Shaking(handshake) = &mut self.state else {
            return Ok(());
        };
        if handshake.is_our_turn() {
            let message = handshake.write()?;
            let mut codec = LengthPrefixed::new(message.len());
            codec
                .encode(&message, &mut self.outgoing)
                .expect("as long as the limit");
        }
        if let Some((peer, records)) = handshake.finish() {
            self.peer = Some(peer);
            self.state = State::Open(Box::new(records));
        }
        Ok(())
    }

    /// The transport has ended.
    ///
    /// # Errors
    /// [`ChannelError::Truncated`] unless the peer had closed the channel:
    /// anybody can end a TCP connection.
    pub fn end(&mut self) -> Result<(), ChannelError> {
        match &self.state {
            State::Failed(error) => Err(*error),
            State::Open(records)
                if records.is_closed() && self.incoming.is_empty() =>
            {
                Ok(())
            }
            _ => Err(self.fail(ChannelError::Truncated)),
        }
    }

    /// Appends a message to what is outgoing, as one record.
    ///
    /// # Errors
    /// [`SendError`]; nothing is then appended, and the channel stays as it
    /// is.
    pub fn send(&mut self, message: &[u8]) -> Result<(), SendError> {
        match &mut self.state {
            State::Open(records) => records.seal(message, &mut self.outgoing),
            State::Shaking(_) => Err(SendError::NotOpen),
            State::Failed(error) => Err(SendError::Failed(*error)),
        }
    }

    /// Appends the alert that nothing follows. Messages still arrive.
    ///
    /// # Errors
    /// [`SendError`].
    pub fn close(&mut self) -> Result<(), SendError> {
        match &mut self.state {
            State::Open(records) => records.close(&mut self.outgoing),
            State::Shaking(_) => Err(SendError::NotOpen),
            State::Failed(error) => Err(SendError::Failed(*error)),
        }
    }

    /// The peer, once the handshake is done.
    pub fn peer(&self) -> Option<PublicKey> {
        self.peer
    }

    /// A hash of all that was said in the handshake, equal at both ends and
    /// unlike that of any other session; `None` unless the channel is open. A
    /// program can compare it to make sure that nobody stands between.
    pub fn transcript(&self) -> Option<[u8; 32]> {
        match &self.state {
            State::Open(records) => Some(records.transcript()),
            _ => None,
        }
    }

    /// Nothing is sent or received after an error, and the keys are gone.
    fn fail(&mut self, error: ChannelError) -> ChannelError {
        self.state = State::Failed(error);
        self.incoming = BytesMut::new();
        self.outgoing = BytesMut::new();
        error
    }
}
