//! What a handler answers.

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::encode::{self, BadField};
use crate::head::Fields;
use crate::status;

/// What becomes of a request.
// ANCHOR: answer
pub enum Answer {
    /// This is the response; the content, if there is any, is not wanted.
    Reply(Response),
    /// The content goes in here first.
    Receive(Box<dyn Upload>),
    /// Behind a 101 comes another protocol.
    Upgrade {
        /// What the `Upgrade` field of the response says.
        name: &'static str,
        /// Who speaks it.
        protocol: Box<dyn Protocol>,
    },
}

/// Takes the content of a request.
pub trait Upload: Send {
    /// The next bytes of it.
    ///
    /// # Errors
    /// The response, if no more is wanted.
    fn data(&mut self, bytes: &[u8]) -> Result<(), Response>;

    /// The end of it, and the fields of its trailer section.
    fn end(self: Box<Self>, trailer: Fields<'_>) -> Response;
}

/// Speaks another protocol than HTTP.
pub trait Protocol: Send {
    /// Bytes have come; what is appended to `out` is sent. Says whether it
    /// goes on: if not, the connection is closed.
    fn received(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool;
}
// ANCHOR_END: answer

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Answer::Reply(response)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Reply(response) => response.fmt(f),
            Answer::Receive(_) => f.write_str("Receive"),
            Answer::Upgrade { name, .. } => write!(f, "Upgrade({name})"),
        }
    }
}

/// The content of a response.
pub enum Body {
    /// One after the other, all there.
    Parts(Vec<Part>),
    /// Not there yet, and nobody knows how long it will be.
    Stream(Box<dyn Source>),
}

/// A part of it.
#[derive(Debug, Clone)]
pub enum Part {
    /// Bytes.
    Bytes(Bytes),
    /// Bytes of a file, from and to which.
    File(Arc<File>, Range<u64>),
}

impl Part {
    /// How long it is, in bytes.
    pub fn len(&self) -> u64 {
        match self {
            Part::Bytes(bytes) => bytes.len() as u64,
            Part::File(_, range) => range.end.saturating_sub(range.start),
        }
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Makes content, a piece at a time.
pub trait Source: Send {
    /// The next piece, which is asked for when there is room for it; `None` at
    /// the end. It must not wait.
    ///
    /// # Errors
    /// When there should be more and is not. The response has begun and can
    /// only be cut off.
    fn next(&mut self) -> io::Result<Option<Bytes>>;
}

/// A response. `Date`, `Connection` and what says where the content ends are
/// not in it: they are for the session to write.
pub struct Response {
    /// The status code, 200 to 999; what is below is sent as 500.
    pub status: u16,
    /// The fields as they will be written, checked by [`Response::field`].
    fields: Vec<u8>,
    /// The content.
    pub body: Body,
    /// Whether the connection ends after it.
    pub close: bool,
}

impl Response {
    /// Without fields and content.
    pub fn new(status: u16) -> Self {
        Response {
            status,
            fields: Vec::new(),
            body: Body::Parts(Vec::new()),
            close: false,
        }
    }

    /// Plain text.
    pub fn text(status: u16, text: impl Into<Bytes>) -> Self {
        Response::new(status)
            .with("Content-Type", "text/plain; charset=utf-8")
            .content(text)
    }

    /// The status code and its reason, as plain text.
    pub fn status(status: u16) -> Self {
        let reason = status::reason(status);
        Response::text(status, format!("{status} {reason}\n"))
    }

    /// With one more field, which the program itself has written.
    ///
    /// # Panics
    /// As [`Response::field`] refuses; what others may have written belongs
    /// there.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        self.field(name, value.as_bytes())
            .expect("a field that the program has written")
    }

    /// With one more field.
    ///
    /// # Errors
    /// [`BadField`]: what is no field, among others a value with a line break;
    /// and the names that are the session's, `Connection`, `Content-Length`,
    /// `Date` and `Transfer-Encoding`.
    pub fn field(mut self, name: &str, value: &[u8]) -> Result<Self, BadField> {
        const OURS: [&str; 4] =
            ["connection", "content-length", "date", "transfer-encoding"];
        if OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
            return Err(BadField::Name);
        }
        encode::field(&mut self.fields, name, value)?;
        Ok(self)
    }

    /// With this content.
    #[must_use]
    pub fn content(self, bytes: impl Into<Bytes>) -> Self {
        self.parts(vec![Part::Bytes(bytes.into())])
    }

    /// With these parts as its content.
    #[must_use]
    pub fn parts(mut self, parts: Vec<Part>) -> Self {
        self.body = Body::Parts(parts);
        self
    }

    /// With content that is made as it is sent.
    #[must_use]
    pub fn stream(mut self, source: impl Source + 'static) -> Self {
        self.body = Body::Stream(Box::new(source));
        self
    }

    /// After it, the connection ends.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.close = true;
        self
    }

    /// The status code.
    pub fn code(&self) -> u16 {
        self.status
    }

    /// The fields, as they will be written: a line each.
    pub fn lines(&self) -> &[u8] {
        &self.fields
    }

    /// How long the content is, in bytes, if that is known.
    pub fn length(&self) -> Option<u64> {
        match &self.body {
            Body::Parts(parts) => Some(parts.iter().map(Part::len).sum()),
            Body::Stream(_) => None,
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("fields", &String::from_utf8_lossy(&self.fields))
            .field("length", &self.length())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_are_not_for_handlers() {
        for name in ["date", "Content-Length", "TRANSFER-ENCODING"] {
            let refused = Response::new(200).field(name, b"1");
            assert_eq!(refused.unwrap_err(), BadField::Name);
        }
        let refused = Response::new(200).field("Location", b"/\r\nA: b");
        assert_eq!(refused.unwrap_err(), BadField::Value);
    }

    #[test]
    fn the_length_is_that_of_all_parts() {
        let file = Arc::new(tempfile::tempfile().unwrap());
        let response = Response::new(200)
            .parts(vec![Part::Bytes("abc".into()), Part::File(file, 10..30)]);
        assert_eq!(response.length(), Some(23));
    }
}
