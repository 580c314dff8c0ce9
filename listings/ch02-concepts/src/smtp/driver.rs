//! A session over a socket, in a thread.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::smtp::session::{Action, Config, Message, Refusal, Session};

/// How long [`serve`] waits for the peer's FIN after its own.
const LINGER: Duration = Duration::from_secs(1);

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The client, `C:` in RFC 5321.
    Client,
    /// The server, `S:`.
    Server,
}

/// What a server does with what comes in.
pub trait Host {
    /// Stores a mail. `Ok` makes this server responsible for it.
    ///
    /// # Errors
    /// When it is not stored, see [`Refusal`].
    fn deliver(&mut self, message: Message) -> Result<(), Refusal>;

    /// Hears all that is said, in pieces as they came or went.
    fn said(&mut self, side: Side, bytes: &[u8]) {
        let _ = (side, bytes);
    }
}

/// Serves one connection until its end, or until a deadline.
///
/// A peer that says NOOP now and then, or sends mail after mail, may stay as
/// long as it likes: whoever starts threads for this limits how many.
///
/// # Errors
/// What the socket reports. Mails that were delivered stay delivered.
// ANCHOR: serve
pub fn serve(
    mut stream: TcpStream,
    config: Config,
    host: &mut impl Host,
) -> io::Result<()> {
    stream.set_write_timeout(Some(config.command_timeout))?;
    let mut session = Session::new(config, Instant::now());
    let mut buffer = [0; 4096];
    loop {
        match session.next(Instant::now()) {
            Action::Send(replies) => {
                host.said(Side::Server, &replies);
                stream.write_all(&replies)?;
            }
            Action::Deliver(message) => {
                let outcome = host.deliver(message);
                session.settle(outcome, Instant::now());
            }
            Action::Receive { until } => {
                match read_until(&mut stream, until, &mut buffer)? {
                    Some(0) => return Ok(()),
                    Some(n) => {
                        host.said(Side::Client, &buffer[..n]);
                        session.receive(&buffer[..n]);
                    }
                    None => {} // The session looks at the clock.
                }
            }
            Action::Close => {
                close(stream);
                return Ok(());
            }
        }
    }
}
// ANCHOR_END: serve

/// One read; `None` when the time has come or a signal did.
fn read_until(
    stream: &mut TcpStream,
    until: Instant,
    buffer: &mut [u8],
) -> io::Result<Option<usize>> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Ok(None);
    }
    stream.set_read_timeout(Some(left))?;
    match stream.read(buffer) {
        Ok(n) => Ok(Some(n)),
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock
            | ErrorKind::TimedOut
            | ErrorKind::Interrupted => Ok(None),
            _ => Err(error),
        },
    }
}

/// Closing a socket that holds unread bytes sends a reset, and a reset can
/// destroy the last reply on its way. So read what is left, for a while. The
/// session is over: what goes wrong here changes nothing.
fn close(mut stream: TcpStream) {
    if stream.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let until = Instant::now() + LINGER;
    let mut buffer = [0; 4096];
    while Instant::now() < until {
        match read_until(&mut stream, until, &mut buffer) {
            Ok(Some(0)) | Err(_) => return,
            Ok(_) => {}
        }
    }
}
