//! A greeter: it answers every line with a greeting. [`greet`] is one
//! conversation, over any pair of streams; [`Greeter`] serves it over TCP, a
//! thread per client.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// The longest line a client may send, in bytes, its `\n` included.
pub const MAX_LINE: usize = 1024;

// ANCHOR: error
/// Why a conversation ended other than between two lines. Lines are counted
/// from 1.
#[derive(Debug)]
pub enum Error {
    /// [`MAX_LINE`] bytes came without a `\n`.
    TooLong {
        /// The line that was too long.
        line: u64,
    },
    /// The stream ended inside a line.
    Cut {
        /// The line that was cut off.
        line: u64,
        /// How much of it had come.
        bytes: usize,
    },
    /// The timeout passed, and the peer sent nothing or took nothing.
    Idle,
    /// The stream failed: it was reset by the peer, for example.
    Io(io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // How a socket's timeout is reported differs. On Unix the second
            // is another thing: the kernel has given the peer up.
            io::ErrorKind::WouldBlock if cfg!(unix) => Error::Idle,
            io::ErrorKind::TimedOut if cfg!(windows) => Error::Idle,
            _ => Error::Io(error),
        }
    }
}
// ANCHOR_END: error

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::TooLong { line } => {
                write!(f, "line {line} is longer than {MAX_LINE} bytes")
            }
            Error::Cut { line, bytes } => {
                write!(f, "the stream ended {bytes} bytes into line {line}")
            }
            Error::Idle => write!(f, "the peer was idle for too long"),
            Error::Io(error) => write!(f, "{}", error.kind()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io(error) => Some(error),
            _ => None,
        }
    }
}

// ANCHOR: greet
/// Answers every line of `input` on `output`, until `input` ends. Returns how
/// many lines were answered.
///
/// # Errors
/// [`Error`] says what ended the conversation, unless it was the end of the
/// stream, after a whole line.
pub fn greet(
    mut input: impl BufRead,
    mut output: impl Write,
) -> Result<u64, Error> {
    let mut line = Vec::new();
    for answered in 0.. {
        line.clear();
        let n = input
            .by_ref()
            .take(MAX_LINE as u64)
            .read_until(b'\n', &mut line)?;
        match line.last() {
            Some(b'\n') => output.write_all(&greeting(&line))?,
            None => return Ok(answered),
            Some(_) if n == MAX_LINE => {
                return Err(Error::TooLong { line: answered + 1 });
            }
            Some(_) => {
                let line = answered + 1;
                return Err(Error::Cut { line, bytes: n });
            }
        }
    }
    unreachable!("2^64 lines take longer than the machine will last")
}

/// The answer to `line`, in one buffer, so that one `write` can take it.
pub fn greeting(line: &[u8]) -> Vec<u8> {
    [b"Hello, ", line.trim_ascii(), b"!\n"].concat()
}
// ANCHOR_END: greet

/// Greets many clients at a time, a thread each.
pub struct Greeter<R> {
    /// How long a client may be silent, or leave its answers unread, before
    /// it is hung up on. Not zero.
    pub idle: Duration,
    /// Told how each conversation ended, on that conversation's thread.
    pub report: R,
}

// ANCHOR: run
impl<R: Fn(SocketAddr, Result<u64, Error>) + Sync> Greeter<R> {
    /// Accepts clients until `shutdown` is set, then waits for those it has.
    ///
    /// # Errors
    /// What `accept` reports, other than a client that left the queue.
    pub fn run(
        &self,
        listener: &TcpListener,
        shutdown: &AtomicBool,
    ) -> io::Result<()> {
        thread::scope(|scope| {
            loop {
                let (stream, peer) = match listener.accept() {
                    Err(e) if e.kind() == io::ErrorKind::ConnectionAborted => {
                        continue;
                    }
                    accepted => accepted?,
                };
                if shutdown.load(Ordering::Acquire) {
                    return Ok(());
                }
                let client =
                    move || (self.report)(peer, self.converse(&stream));
                if let Err(e) =
                    thread::Builder::new().spawn_scoped(scope, client)
                {
                    (self.report)(peer, Err(Error::Io(e)));
                }
            }
        })
    }
    // ANCHOR_END: run

    // ANCHOR: converse
    fn converse(&self, stream: &TcpStream) -> Result<u64, Error> {
        stream.set_read_timeout(Some(self.idle))?;
        stream.set_write_timeout(Some(self.idle))?;
        greet(BufReader::new(stream), stream)
    }
    // ANCHOR_END: converse
}

// ANCHOR: stop
/// Stops the [`Greeter`] that listens on `address`: sets `shutdown`, then
/// connects, so that an `accept` which waits for a client returns and looks.
///
/// # Errors
/// What `connect` reports.
pub fn stop(shutdown: &AtomicBool, address: SocketAddr) -> io::Result<()> {
    shutdown.store(true, Ordering::Release);
    TcpStream::connect(address).map(drop)
}
// ANCHOR_END: stop

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &[u8]) -> (Result<u64, Error>, String) {
        let mut output = Vec::new();
        let result = greet(input, &mut output);
        (result, String::from_utf8(output).unwrap())
    }

    #[test]
    fn every_line_gets_one_answer() {
        let (result, output) = answers(b"Ferris\nCorro\n");
        assert_eq!(result.unwrap(), 2);
        assert_eq!(output, "Hello, Ferris!\nHello, Corro!\n");
    }

    #[test]
    fn a_carriage_return_is_not_part_of_a_name() {
        assert_eq!(answers(b"Ferris\r\n").1, "Hello, Ferris!\n");
    }

    #[test]
    fn no_line_is_no_error() {
        assert_eq!(answers(b"").0.unwrap(), 0);
    }

    #[test]
    fn a_line_cut_off_is_an_error_that_says_where() {
        let (result, output) = answers(b"Ferris\nCor");
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Cut { line: 2, bytes: 3 }), "{error}");
        assert_eq!(output, "Hello, Ferris!\n");
    }

    #[test]
    fn the_longest_line_is_answered_and_a_longer_one_is_not() {
        let mut line = vec![b'x'; MAX_LINE - 1];
        line.push(b'\n');
        assert_eq!(answers(&line).0.unwrap(), 1);
        line.insert(0, b'x');
        let error = answers(&line).0.unwrap_err();
        assert!(matches!(error, Error::TooLong { line: 1 }), "{error}");
    }
}
