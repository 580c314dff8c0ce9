//! One message after the other, out of the bytes of a connection.
//!
//! A reader holds no bytes. It looks at what the caller has, says what comes
//! first there and how many bytes of it are done with, and the caller shows
//! the rest again, with more behind it. So a message that arrives whole is
//! read where it arrived.

use crate::body::{Decoder, Piece};
use crate::fault::Fault;
use crate::framing::{self, Asked, Framing, Meaning};
use crate::head::{Fields, Head, Request, Response};
use crate::limits::Limits;

/// What comes next on a connection.
// ANCHOR: item
#[derive(Debug)]
pub enum Item<'a, H> {
    /// A head, and what it means for what follows.
    Head(H, Meaning),
    /// Bytes of the content.
    Data(&'a [u8]),
    /// The end of the message, and its trailer fields.
    End(Fields<'a>),
    /// Bytes that are not HTTP, behind a head that said so.
    Tunnel(&'a [u8]),
    /// Nothing before more bytes arrive.
    More,
}
// ANCHOR_END: item

#[derive(Debug, Clone)]
enum State {
    Head,
    Body(Decoder),
    Tunnel,
    /// In a head, …
    Refused(Fault),
    /// … and elsewhere.
    Failed(Fault),
}

/// What both directions share.
#[derive(Debug, Clone)]
struct Reader {
    limits: Limits,
    head: Head,
    state: State,
    /// Behind this message comes no other.
    last: bool,
}

impl Reader {
    fn new(limits: Limits) -> Self {
        Reader {
            limits,
            head: Head::default(),
            state: State::Head,
            last: false,
        }
    }

    fn begin(&mut self, framing: Framing) {
        self.state = match framing {
            Framing::Tunnel => State::Tunnel,
            framing => State::Body(Decoder::new(framing)),
        };
    }

    /// What comes behind a head.
    fn content<'a, H>(
        &'a mut self,
        input: &'a [u8],
    ) -> Result<(usize, Item<'a, H>), Fault> {
        let decoder = match &mut self.state {
            State::Body(decoder) => decoder,
            State::Tunnel if input.is_empty() => return Ok((0, Item::More)),
            State::Tunnel => return Ok((input.len(), Item::Tunnel(input))),
            State::Refused(fault) | State::Failed(fault) => {
                return Err(*fault);
            }
            State::Head => return Ok((0, Item::More)),
        };
        match decoder.next(input, &mut self.head, &self.limits) {
            Ok((taken, Piece::Data(data))) => Ok((taken, Item::Data(data))),
            Ok((taken, Piece::More)) => Ok((taken, Item::More)),
            Ok((taken, Piece::End(fields))) => {
                self.state = match self.last {
                    true => State::Tunnel,
                    false => State::Head,
                };
                Ok((taken, Item::End(fields)))
            }
            Err(fault) => {
                self.state = State::Failed(fault);
                Err(fault)
            }
        }
    }

    /// The stream has ended. A head is judged line by line, when a line has
    /// its end: `judge` judges what there is of one without.
    fn ended(
        &mut self,
        unread: &[u8],
        judge: impl FnOnce(&mut Head, &Limits) -> Result<Option<usize>, Fault>,
    ) -> Result<bool, Fault> {
        let ended = match &self.state {
            State::Head if unread.is_empty() => return Ok(false),
            State::Tunnel => return Ok(false),
            State::Refused(fault) | State::Failed(fault) => return Err(*fault),
            State::Head => judge(&mut Head::default(), &self.limits)
                .and(Err(Fault::CutOff)),
            State::Body(decoder) => decoder.ended(unread, &self.limits),
        };
        self.state = match ended {
            Ok(()) => State::Head,
            Err(fault) => State::Failed(fault),
        };
        ended.map(|()| true)
    }
}

/// Reads the requests of a connection.
#[derive(Debug, Clone)]
pub struct Requests(Reader);

impl Requests {
    /// Within `limits`.
    pub fn new(limits: Limits) -> Self {
        Requests(Reader::new(limits))
    }

    /// What is at the front of `input`, and how many bytes of it are done
    /// with. Call it until it says [`Item::More`]; then with what is left and
    /// more behind it.
    ///
    /// It never asks for more bytes to be kept than [`Limits::head`].
    ///
    /// # Errors
    /// What is wrong, and again each time: nobody knows where the next
    /// message would begin.
    // ANCHOR: next
    pub fn next<'a>(
        &'a mut self,
        input: &'a [u8],
    ) -> Result<(usize, Item<'a, Request<'a>>), Fault> {
        let Reader {
            limits,
            head,
            state,
            ..
        } = &mut self.0;
        if !matches!(state, State::Head) {
            return self.0.content(input);
        }
        if input.is_empty() {
            return Ok((0, Item::More));
        }
        let judged = head.read_request(input, limits).and_then(|len| {
            let Some(len) = len else { return Ok(None) };
            let request = Request::new(input, head);
            Ok(Some((len, framing::of_request(&request, limits)?)))
        });
        match judged {
            Ok(None) => Ok((0, Item::More)),
            Ok(Some((len, meaning))) => {
                self.0.begin(meaning.framing);
                let request = Request::new(input, &self.0.head);
                Ok((len, Item::Head(request, meaning)))
            }
            Err(fault) => {
                *state = State::Refused(fault);
                Err(fault)
            }
        }
    }
    // ANCHOR_END: next

    /// The head for which [`Requests::next`] has refused `input`: for a log.
    /// `None` when not even its first line could be read, or when what was
    /// refused is no head.
    pub fn refused<'a>(&'a self, input: &'a [u8]) -> Option<Request<'a>> {
        let in_head = matches!(self.0.state, State::Refused(_));
        let request = Request::new(input, &self.0.head);
        (in_head && self.0.head.has_line()).then_some(request)
    }

    /// What follows the request that was read last is not HTTP: it asked for
    /// another protocol, and the answer was yes. What is left of its content,
    /// and then [`Item::End`], still come first: the client sends them first
    /// ([RFC 9110, section
    /// 7.8](https://www.rfc-editor.org/rfc/rfc9110#section-7.8)). If there is
    /// none left, [`Item::Tunnel`] comes next. After an error this does
    /// nothing.
    pub fn upgrade(&mut self) {
        self.0.last = true;
        match &self.0.state {
            State::Head => self.0.state = State::Tunnel,
            State::Body(decoder) if decoder.is_done() => {
                self.0.state = State::Tunnel;
            }
            _ => {}
        }
    }

    /// Whether a message has begun and not ended, given what is unread. An
    /// empty line in front of a request does not begin it.
    pub fn is_within(&self, unread: &[u8]) -> bool {
        !matches!(self.0.state, State::Head) || !is_between(unread)
    }

    /// The stream has ended, and `unread` is what was left of it.
    ///
    /// # Errors
    /// [`Fault::CutOff`] within a message, or what is wrong with a line that
    /// has no end.
    pub fn ended(&mut self, unread: &[u8]) -> Result<(), Fault> {
        let unread = match is_between(unread) {
            true => &[],
            false => unread,
        };
        let judge = |head: &mut Head, limits: &Limits| {
            head.read_request(unread, limits)
        };
        self.0.ended(unread, judge).map(drop)
    }
}

/// Whether this can stand between two requests: nothing, or the empty line
/// that some clients send behind content ([RFC 9112, section
/// 2.2](https://www.rfc-editor.org/rfc/rfc9112#section-2.2)).
fn is_between(unread: &[u8]) -> bool {
    matches!(unread, b"" | b"\r\n")
}

/// Reads the responses of a connection.
#[derive(Debug, Clone)]
pub struct Responses {
    reader: Reader,
    asked: Asked,
}

impl Responses {
    /// Within `limits`.
    pub fn new(limits: Limits) -> Self {
        Responses {
            reader: Reader::new(limits),
            asked: Asked::Other,
        }
    }

    /// Says what the next final response answers. HEAD's has no content, and
    /// its fields look as if it had.
    pub fn answers(&mut self, asked: Asked) {
        self.asked = asked;
    }

    /// As [`Requests::next`]. Interim responses (1xx) come as a head and an
    /// end each, before the final one.
    ///
    /// # Errors
    /// As there.
    pub fn next<'a>(
        &'a mut self,
        input: &'a [u8],
    ) -> Result<(usize, Item<'a, Response<'a>>), Fault> {
        let asked = self.asked;
        let Reader {
            limits,
            head,
            state,
            ..
        } = &mut self.reader;
        if !matches!(state, State::Head) {
            return self.reader.content(input);
        }
        if input.is_empty() {
            return Ok((0, Item::More));
        }
        let judged = head.read_response(input, limits).and_then(|len| {
            let Some(len) = len else { return Ok(None) };
            let response = Response::new(input, head);
            let meaning = framing::of_response(&response, asked, limits)?;
            Ok(Some((len, meaning)))
        });
        match judged {
            Ok(None) => Ok((0, Item::More)),
            Ok(Some((len, meaning))) => {
                self.reader.begin(meaning.framing);
                let response = Response::new(input, &self.reader.head);
                Ok((len, Item::Head(response, meaning)))
            }
            Err(fault) => {
                *state = State::Refused(fault);
                Err(fault)
            }
        }
    }

    /// The stream has ended, and `unread` is what was left of it when
    /// [`Responses::next`] said [`Item::More`]. Says whether a message has
    /// ended with it.
    ///
    /// # Errors
    /// [`Fault::CutOff`] within a message that says how long it is, or what is
    /// wrong with a line that has no end.
    pub fn ended(&mut self, unread: &[u8]) -> Result<bool, Fault> {
        let judge = |head: &mut Head, limits: &Limits| {
            head.read_response(unread, limits)
        };
        self.reader.ended(unread, judge)
    }
}

#[cfg(test)]
mod tests;
