//! A driver for [`frame`](super::frame) that says what it is told to say, for
//! experiments with a server or a client. It answers nothing by itself.

use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::task::yield_now;
use tokio::time::timeout;

use super::frame::{Decoder, Frame, Limits, MIN_MAX_FRAME_SIZE, PREFACE};

/// How long [`Peer::recv`] waits, and [`Peer::send`] for a peer that does not
/// read.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// One end of a connection.
#[derive(Debug)]
pub struct Peer<S> {
    stream: S,
    received: BytesMut,
    decoder: Decoder,
    ended: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// A client's end: sends the preface, and SETTINGS with these settings.
    ///
    /// # Errors
    /// Those of the stream.
    pub async fn connect(
        stream: S,
        settings: &[(u16, u32)],
    ) -> io::Result<Self> {
        let mut peer = Peer {
            stream,
            received: BytesMut::new(),
            decoder: Decoder::new(Limits::default()),
            ended: false,
        };
        peer.send_octets(PREFACE).await?;
        let settings = settings.to_vec();
        let frame = Frame::Settings {
            ack: false,
            settings,
        };
        peer.send(&[frame]).await?;
        Ok(peer)
    }

    /// A server's end: takes the preface, and sends empty SETTINGS.
    ///
    /// # Errors
    /// Those of the stream, and [`io::ErrorKind::InvalidData`] for a client
    /// that does not speak HTTP/2.
    pub async fn accept(stream: S) -> io::Result<Self> {
        let mut peer = Peer {
            stream,
            received: BytesMut::new(),
            decoder: Decoder::new(Limits::default()),
            ended: false,
        };
        while !peer.decoder.preface(&mut peer.received).map_err(invalid)? {
            if peer.read().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let settings = Vec::new();
        let frame = Frame::Settings {
            ack: false,
            settings,
        };
        peer.send(&[frame]).await?;
        Ok(peer)
    }

    /// Sends frames in one write.
    ///
    /// # Errors
    /// Those of the stream; [`io::ErrorKind::TimedOut`] when the peer has not
    /// read for [`PATIENCE`]; [`io::ErrorKind::InvalidInput`] for a frame that
    /// cannot be written.
    pub async fn send(&mut self, frames: &[Frame]) -> io::Result<()> {
        let mut out = BytesMut::new();
        for frame in frames {
            frame
                .encode(MIN_MAX_FRAME_SIZE, &mut out)
                .map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, e))?;
        }
        self.send_octets(&out).await
    }

    /// Sends any octets.
    ///
    /// # Errors
    /// As [`Peer::send`].
    pub async fn send_octets(&mut self, octets: &[u8]) -> io::Result<()> {
        timeout(PATIENCE, self.stream.write_all(octets)).await?
    }

    /// The next frame; `None` when the peer has closed.
    ///
    /// # Errors
    /// Those of the stream; [`io::ErrorKind::TimedOut`] after [`PATIENCE`];
    /// [`io::ErrorKind::InvalidData`] for what is no frame.
    // ANCHOR: recv
    pub async fn recv(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let frame = self.decoder.decode(&mut self.received);
            if let Some(frame) = frame.map_err(invalid)? {
                return Ok(Some(frame));
            }
            if self.read().await? == 0 {
                self.ended = true;
                self.decoder.finish(&self.received).map_err(invalid)?;
                return Ok(None);
            }
        }
    }
    // ANCHOR_END: recv

    /// Whether the peer has closed, and [`Peer::recv`] has seen it.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// The first frame from now on that `wanted` says yes to.
    ///
    /// # Errors
    /// As [`Peer::recv`], and [`io::ErrorKind::UnexpectedEof`] if none comes.
    pub async fn until(
        &mut self,
        wanted: impl Fn(&Frame) -> bool,
    ) -> io::Result<Frame> {
        loop {
            match self.recv().await? {
                Some(frame) if wanted(&frame) => return Ok(frame),
                Some(_) => {}
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
    }

    /// All frames that have come, as soon as no more are coming.
    ///
    /// For two ends in one thread: when the other end's tasks have had many
    /// turns and nothing came, nothing will. (A peer elsewhere may be slow;
    /// there, wait for a frame.)
    ///
    /// # Errors
    /// As [`Peer::recv`], but for the end of the stream.
    // ANCHOR: quiet
    pub async fn quiet(&mut self) -> io::Result<Vec<Frame>> {
        let turns = async {
            for _ in 0..50 {
                yield_now().await;
            }
        };
        let mut turns = pin!(turns);
        let mut frames = Vec::new();
        loop {
            tokio::select! {
                biased;
                frame = self.recv() => match frame? {
                    Some(frame) => frames.push(frame),
                    None => return Ok(frames),
                },
                () = &mut turns => return Ok(frames),
            }
        }
    }
    // ANCHOR_END: quiet

    async fn read(&mut self) -> io::Result<usize> {
        timeout(PATIENCE, self.stream.read_buf(&mut self.received)).await?
    }
}

fn invalid(error: super::frame::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
