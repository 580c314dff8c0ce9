//! One request and its response, on one connection.
//!
//! A driver sends what [`Exchange::outgoing`] holds, hands over what comes in,
//! and asks [`Exchange::poll`] what it means. Both directions move at the same
//! time: a response may come while the request is still being sent ([RFC 9112,
//! section 9.5](https://www.rfc-editor.org/rfc/rfc9112#section-9.5)).

use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};

use crate::client::request::Content;
use crate::client::{Config, Error, FieldList, Request, Timeout, Timers};
use crate::encode;
use crate::framing::{Asked, Meaning};
use crate::head::{Response, Version};
use crate::reader::{Item, Responses};
use crate::status;

/// The head of a response, on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead {
    /// The status code, 100 to 999.
    pub status: u16,
    /// The reason phrase, which means nothing.
    pub reason: Vec<u8>,
    /// The version.
    pub version: Version,
    /// The fields.
    pub fields: FieldList,
}

impl ResponseHead {
    fn of(response: &Response<'_>) -> Self {
        ResponseHead {
            status: response.status(),
            reason: response.reason().into(),
            version: response.version(),
            fields: response.fields().into(),
        }
    }
}

/// What a response consists of, in order.
// ANCHOR: event
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An interim response: a 1xx but 101.
    Interim(ResponseHead),
    /// The head of the final response.
    Head(ResponseHead),
    /// Some of its content, not empty.
    Data(Bytes),
    /// Its end, and the trailer fields.
    End(FieldList),
    /// 101: what follows is the protocol that was asked for, and its first
    /// bytes may be here: [`Exchange::into_unread`].
    Upgraded(ResponseHead),
}
// ANCHOR_END: event

// ANCHOR: state
/// How far the request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sending {
    /// The content waits for 100, until this time.
    Held(Duration),
    Going,
    Done,
    /// Something is missing, and stays away.
    Stopped,
}

/// How far the response is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Awaited,
    /// The head was there. `keep`: the server lets the connection live.
    Content {
        keep: bool,
    },
    Ended {
        keep: bool,
    },
    Tunnel,
}
// ANCHOR_END: state

/// What the caller has yet to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Nothing,
    Bytes(u64),
    Chunks,
}

/// One request and its response. It holds at most one head and what one read
/// brought, and one piece of content on its way out.
#[derive(Debug)]
pub struct Exchange {
    timers: Timers,
    interim: u32,
    upgrade: Option<String>,
    close: bool,

    sending: Sending,
    /// The head, then content that the caller gave, framed; from `at` on.
    out: Vec<u8>,
    at: usize,
    /// Content that was there from the beginning.
    known: Bytes,
    missing: Missing,
    took_content: bool,
    sent: u64,

    answer: Answer,
    responses: Responses,
    input: BytesMut,
    received: u64,
    unasked: bool,
    end_of_stream: bool,

    /// When everything has to be over.
    whole: Duration,
    /// When the request was sent.
    asked_at: Duration,
    /// When a byte moved last.
    moved_at: Duration,
    /// The caller had something to do; that is not the server's silence.
    away: bool,
}

/// How much content is asked for at a time, in bytes.
const PIECE: usize = 16 << 10;

impl Exchange {
    /// Begins to send `request`, at `now`; it is over at `whole`.
    pub fn new(
        request: &Request,
        config: &Config,
        now: Duration,
        whole: Duration,
    ) -> Self {
        let mut out = Vec::new();
        request.write(&mut out);
        let mut responses = Responses::new(config.limits);
        responses.answers(Asked::by(&request.method));
        let (known, missing) = match &request.content {
            Content::None => (Bytes::new(), Missing::Nothing),
            Content::Known(bytes) => (bytes.clone(), Missing::Nothing),
            Content::Length(0) => (Bytes::new(), Missing::Nothing),
            Content::Length(bytes) => (Bytes::new(), Missing::Bytes(*bytes)),
            Content::Chunked => (Bytes::new(), Missing::Chunks),
        };
        let sending = match request.holds_back() {
            Some(wait) => Sending::Held(now.saturating_add(wait)),
            None => Sending::Going,
        };
        Exchange {
            timers: config.timers,
            interim: config.interim,
            upgrade: request.upgrade.clone(),
            close: request.close,
            sending,
            out,
            at: 0,
            known,
            missing,
            took_content: false,
            sent: 0,
            answer: Answer::Awaited,
            responses,
            input: BytesMut::new(),
            received: 0,
            unasked: false,
            end_of_stream: false,
            whole,
            asked_at: now,
            moved_at: now,
            away: false,
        }
    }

    // ANCHOR: outgoing
    /// What to send next; empty when there is nothing at the moment.
    pub fn outgoing(&self) -> &[u8] {
        match (&self.out[self.at..], self.sending) {
            (_, Sending::Done | Sending::Stopped) => &[],
            ([], Sending::Held(_)) => &[],
            ([], Sending::Going) => &self.known,
            (out, _) => out,
        }
    }

    /// `n` bytes of it went out.
    pub fn sent(&mut self, n: usize, now: Duration) {
        self.sent += n as u64;
        self.moved_at = now;
        match self.at < self.out.len() {
            true => self.at += n,
            false => self.known.advance(n),
        }
        if self.at == self.out.len() {
            self.out.clear();
            self.at = 0;
        }
        self.settle(now);
    }
    // ANCHOR_END: outgoing

    /// Notices that all is sent.
    fn settle(&mut self, now: Duration) {
        let empty = self.out.is_empty() && self.known.is_empty();
        if self.sending == Sending::Going
            && empty
            && self.missing == Missing::Nothing
        {
            self.sending = Sending::Done;
            self.asked_at = now;
        }
    }

    /// Nothing more can be sent. The response may still come: a server that
    /// refuses a large request answers and closes.
    pub fn send_failed(&mut self, now: Duration) {
        if self.sending != Sending::Done {
            self.stop(now);
        }
    }

    fn stop(&mut self, now: Duration) {
        self.sending = Sending::Stopped;
        self.asked_at = now;
    }

    /// How much content the caller is to give now, at most; often none.
    pub fn wants_content(&self) -> usize {
        if self.sending != Sending::Going || !self.out.is_empty() {
            return 0;
        }
        match self.missing {
            Missing::Nothing => 0,
            Missing::Bytes(n) => usize::try_from(n).unwrap_or(PIECE).min(PIECE),
            Missing::Chunks => PIECE,
        }
    }

    /// Takes a piece of content from the caller; an empty one is the end.
    ///
    /// # Errors
    /// [`Error::ContentShort`] at an end that comes too early,
    /// [`Error::ContentLong`] when it was not asked for.
    // ANCHOR: content
    pub fn content(&mut self, data: &[u8]) -> Result<(), Error> {
        if data.len() > self.wants_content() {
            return Err(Error::ContentLong);
        }
        self.took_content = true;
        match (self.missing, data) {
            (Missing::Bytes(missing), []) => {
                return Err(Error::ContentShort(missing));
            }
            (Missing::Bytes(missing), data) => {
                self.out.extend_from_slice(data);
                self.missing = match missing - data.len() as u64 {
                    0 => Missing::Nothing,
                    rest => Missing::Bytes(rest),
                };
            }
            (Missing::Chunks, []) => {
                self.out.extend_from_slice(encode::LAST_CHUNK);
                self.missing = Missing::Nothing;
            }
            (Missing::Chunks, data) => encode::chunk(&mut self.out, data),
            (Missing::Nothing, _) => {}
        }
        Ok(())
    }
    // ANCHOR_END: content

    /// Takes bytes that came in.
    pub fn received(&mut self, bytes: &[u8], now: Duration) {
        self.unasked |= self.sent == 0 && !bytes.is_empty();
        self.received += bytes.len() as u64;
        self.moved_at = now;
        self.input.extend_from_slice(bytes);
    }

    /// The server ended its direction.
    pub fn ended(&mut self) {
        self.end_of_stream = true;
    }

    /// What the bytes mean that came in. Call it until it says `None`, then
    /// move bytes, or wait until [`Exchange::deadline`].
    ///
    /// # Errors
    /// See [`Error`]. The exchange is over then, and the connection with it.
    // ANCHOR: poll
    pub fn poll(&mut self, now: Duration) -> Result<Option<Event>, Error> {
        if now >= self.whole {
            return Err(Timeout::Whole.into());
        }
        if self.away {
            self.away = false;
            self.moved_at = now;
        }
        if self.unasked {
            return Err(Error::Unasked);
        }
        let event = self.next(now)?;
        match &event {
            Some(_) => self.away = true,
            None => self.check_time(now)?,
        }
        Ok(event)
    }
    // ANCHOR_END: poll

    fn next(&mut self, now: Duration) -> Result<Option<Event>, Error> {
        loop {
            if matches!(self.answer, Answer::Ended { .. } | Answer::Tunnel) {
                return Ok(None);
            }
            let (taken, item) = self.responses.next(&self.input)?;
            match item {
                Item::Head(response, meaning) => {
                    let head = ResponseHead::of(&response);
                    self.input.advance(taken);
                    return self.on_head(head, meaning, now).map(Some);
                }
                Item::Data(data) => {
                    // A piece is the last of what it takes.
                    let framing = taken - data.len();
                    let mut piece = self.input.split_to(taken);
                    piece.advance(framing);
                    return Ok(Some(Event::Data(piece.freeze())));
                }
                Item::End(fields) => {
                    let fields = FieldList::from(fields);
                    self.input.advance(taken);
                    // An interim response has an end, too.
                    if let Answer::Content { keep } = self.answer {
                        return Ok(Some(self.on_end(keep, fields, now)));
                    }
                }
                Item::Tunnel(_) => return Ok(None),
                Item::More => {
                    self.input.advance(taken);
                    return match self.end_of_stream {
                        true => self.on_end_of_stream(now),
                        false => Ok(None),
                    };
                }
            }
        }
    }

    // ANCHOR: on_head
    fn on_head(
        &mut self,
        head: ResponseHead,
        meaning: Meaning,
        now: Duration,
    ) -> Result<Event, Error> {
        match (head.status, self.sending) {
            (status::SWITCHING_PROTOCOLS, Sending::Done) => {
                if !self.asked_for(&head, meaning) {
                    return Err(Error::Upgrade);
                }
                self.answer = Answer::Tunnel;
                return Ok(Event::Upgraded(head));
            }
            (status::SWITCHING_PROTOCOLS, _) => return Err(Error::Upgrade),
            (100..200, sending) => {
                self.interim =
                    self.interim.checked_sub(1).ok_or(Error::Interim)?;
                let held = matches!(sending, Sending::Held(_));
                if held && head.status == status::CONTINUE {
                    self.sending = Sending::Going;
                    self.moved_at = now;
                }
                return Ok(Event::Interim(head));
            }
            // It has answered without the content, or does not like it.
            (_, Sending::Held(_)) | (300.., Sending::Going) => self.stop(now),
            _ => {}
        }
        let keep = meaning.keep_alive;
        self.answer = Answer::Content { keep };
        Ok(Event::Head(head))
    }
    // ANCHOR_END: on_head

    /// Whether the server switched to what was asked for.
    fn asked_for(&self, head: &ResponseHead, meaning: Meaning) -> bool {
        let Some(asked) = &self.upgrade else {
            return false;
        };
        let named = head.fields.only("upgrade").ok().flatten();
        let asked = asked.as_bytes();
        meaning.upgrade
            && named.is_some_and(|named| named.eq_ignore_ascii_case(asked))
    }

    fn on_end(
        &mut self,
        keep: bool,
        fields: FieldList,
        now: Duration,
    ) -> Event {
        if self.sending != Sending::Done {
            self.stop(now);
        }
        self.answer = Answer::Ended { keep };
        Event::End(fields)
    }

    fn on_end_of_stream(
        &mut self,
        now: Duration,
    ) -> Result<Option<Event>, Error> {
        match self.responses.ended(&self.input)? {
            true => Ok(Some(self.on_end(false, FieldList::default(), now))),
            false => Err(Error::Closed),
        }
    }

    // ANCHOR: deadline
    /// When to call [`Exchange::poll`] again, even if nothing has moved.
    pub fn deadline(&self) -> Duration {
        self.next_time().0.min(self.whole)
    }

    fn next_time(&self) -> (Duration, Timeout) {
        let Timers {
            answer, silence, ..
        } = self.timers;
        let silent = self.moved_at.saturating_add(silence);
        match (self.answer, self.sending) {
            (Answer::Ended { .. } | Answer::Tunnel, _) => {
                (self.whole, Timeout::Whole)
            }
            (Answer::Awaited, Sending::Held(until)) if self.out.is_empty() => {
                (until, Timeout::Answer)
            }
            (Answer::Awaited, Sending::Done | Sending::Stopped) => {
                (self.asked_at.saturating_add(answer), Timeout::Answer)
            }
            _ => (silent, Timeout::Silence),
        }
    }

    fn check_time(&mut self, now: Duration) -> Result<(), Error> {
        let (time, which) = self.next_time();
        if now < time {
            return Ok(());
        }
        match self.sending {
            // It does not know 100, or keeps it: RFC 9110, section 10.1.1.
            Sending::Held(_) if self.out.is_empty() => {
                self.sending = Sending::Going;
                self.moved_at = now;
                Ok(())
            }
            _ => Err(which.into()),
        }
    }
    // ANCHOR_END: deadline

    // ANCHOR: reusable
    /// Whether the connection may serve another request: this one is sent and
    /// answered to the end, nobody wants to close, and not a byte is left.
    pub fn is_reusable(&self) -> bool {
        self.answer == Answer::Ended { keep: true }
            && self.sending == Sending::Done
            && self.input.is_empty()
            && !self.end_of_stream
            && !self.close
    }
    // ANCHOR_END: reusable

    /// The rest of the response is read only to use the connection again: it
    /// has [`Timers::silence`] to come in, all of it. `false`: there is no
    /// point, because the connection has to be closed.
    pub fn begin_drain(&mut self, now: Duration) -> bool {
        let by = now.saturating_add(self.timers.silence);
        self.whole = self.whole.min(by);
        let keep = matches!(
            self.answer,
            Answer::Content { keep: true } | Answer::Ended { keep: true }
        );
        keep && self.sending == Sending::Done && !self.close
    }

    /// Whether the response is there to its end.
    pub fn is_over(&self) -> bool {
        matches!(self.answer, Answer::Ended { .. })
    }

    /// How many bytes of the request went out.
    pub fn bytes_sent(&self) -> u64 {
        self.sent
    }

    /// How many bytes came in.
    pub fn bytes_received(&self) -> u64 {
        self.received
    }

    /// Whether content was taken that the caller can give only once.
    pub fn took_content(&self) -> bool {
        self.took_content
    }

    /// What came in and was not looked at: behind [`Event::Upgraded`] the
    /// first bytes of the other protocol.
    pub fn into_unread(self) -> Bytes {
        self.input.freeze()
    }
}

#[cfg(test)]
mod tests;
