//! Why there is no response, or no more of it.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use crate::client::redirect::Refused;
use crate::fault::Fault;

/// Which time was up. See [`Timers`](crate::client::Timers).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeout {
    /// The time for everything, before a connection was free.
    Place,
    /// To connect.
    Connect,
    /// For the head of the response.
    Answer,
    /// Between two bytes.
    Silence,
    /// For everything.
    Whole,
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Timeout::Place => "no connection was free in time",
            Timeout::Connect => "not connected in time",
            Timeout::Answer => "no response in time",
            Timeout::Silence => "nothing moved for too long",
            Timeout::Whole => "not done in time",
        })
    }
}

/// Why there is no response, or no more of it. The connection is closed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no connection. Where the reason is a
    /// `ch03_sockets::happy_eyeballs::ConnectError`, it is the source.
    Connect(Box<dyn StdError + Send + Sync>),
    /// The time was up.
    Timeout(Timeout),
    /// The server closed the connection before its response.
    Closed,
    /// The connection broke.
    Io(io::Error),
    /// What came is no response that we take.
    Fault(Fault),
    /// Bytes came before anything had been asked.
    Unasked,
    /// More interim responses than `Config::interim`.
    Interim,
    /// 101, though no other protocol was asked for, or not this one.
    Upgrade,
    /// The redirect is not followed.
    Redirect(Refused),
    /// The caller's content could not be read.
    Content(io::Error),
    /// The caller's content ended before the length that was announced; this
    /// many bytes are missing.
    ContentShort(u64),
    /// More content was offered than was announced or asked for.
    ContentLong,
    /// The request would have to be sent again, and content that can be read
    /// only once has been sent.
    Spent,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Error::Connect(error) => {
                return write!(f, "no connection: {error}");
            }
            Error::Timeout(which) => return which.fmt(f),
            Error::Io(error) => return write!(f, "broken off: {error}"),
            Error::Fault(fault) => return write!(f, "bad response: {fault}"),
            Error::Redirect(why) => return write!(f, "redirect: {why}"),
            Error::Content(error) => {
                return write!(f, "content to send: {error}");
            }
            Error::ContentShort(missing) => {
                return write!(f, "content to send: {missing} bytes missing");
            }
            Error::Closed => "closed before a response",
            Error::Unasked => "bytes that nobody had asked for",
            Error::Interim => "too many interim responses",
            Error::Upgrade => "switched to a protocol not asked for",
            Error::ContentLong => "content to send: longer than announced",
            Error::Spent => "content cannot be sent again",
        };
        f.write_str(text)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Error::Connect(error) => Some(&**error),
            Error::Io(error) | Error::Content(error) => Some(error),
            Error::Fault(fault) => Some(fault),
            Error::Redirect(why) => Some(why),
            _ => None,
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Error::Fault(fault)
    }
}

impl From<Timeout> for Error {
    fn from(which: Timeout) -> Self {
        Error::Timeout(which)
    }
}

impl From<Refused> for Error {
    fn from(why: Refused) -> Self {
        Error::Redirect(why)
    }
}

impl From<Error> for io::Error {
    /// For [`io::Read`], which has no other way to say it.
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => error,
            Error::Timeout(_) => io::Error::new(io::ErrorKind::TimedOut, error),
            error => io::Error::other(error),
        }
    }
}
