//! One question and its answer over UDP: send, wait, send again, recognize
//! the answer, give up.
//!
//! [`Request`] owns no socket and reads no clock. Whoever drives it tells it
//! what happened and when ([`Request::handle`]) and does what it says. A time
//! is a [`Duration`] since a moment the driver chose.
//!
//! On the wire a message is
//!
//! ```text
//! byte   0        1..5            5..
//!        kind     id, big-endian  body
//! ```
//!
//! with kind 0 for a request and 1 for an answer. Without the kind, an answer
//! would be a valid request: one datagram with a forged source address could
//! set two servers answering each other for ever.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::backoff::Backoff;

/// The longest datagram sent or accepted, in bytes: it fits, with IP and UDP
/// headers and room for a tunnel's, into the 1,280 bytes that every IPv6 link
/// carries (RFC 8200 section 5); the size QUIC starts from (RFC 9000
/// section 14).
pub const MAX_DATAGRAM: usize = 1200;

/// Bytes of a message ahead of its body.
pub const HEADER: usize = 5;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A client.
    Request,
    /// A server.
    Answer,
}

/// What one datagram says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// Whether it asks or answers.
    pub kind: Kind,
    /// Chosen by the client, repeated in the answer.
    pub id: u32,
    /// The question or the answer: 0 to `MAX_DATAGRAM - HEADER` bytes.
    pub body: &'a [u8],
}

/// Why a datagram is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// It has fewer bytes than a header: this many.
    Short(usize),
    /// It has more than [`MAX_DATAGRAM`] bytes: this many arrived, and there
    /// may have been more.
    Long(usize),
    /// Its first byte is neither 0 nor 1.
    Kind(u8),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::Short(n) => {
                write!(f, "{n} bytes are too few for a header of {HEADER}")
            }
            Malformed::Long(n) => {
                write!(f, "{n} bytes are more than {MAX_DATAGRAM}")
            }
            Malformed::Kind(byte) => write!(f, "unknown kind {byte}"),
        }
    }
}

impl std::error::Error for Malformed {}

/// A body that does not fit into a datagram: it has this many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong(pub usize);

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = MAX_DATAGRAM - HEADER;
        write!(f, "a body of {} bytes, at most {most} fit", self.0)
    }
}

impl std::error::Error for TooLong {}

impl<'a> Message<'a> {
    /// The message as a datagram.
    ///
    /// # Errors
    /// [`TooLong`] when the body does not fit.
    pub fn encode(&self) -> Result<Vec<u8>, TooLong> {
        if self.body.len() > MAX_DATAGRAM - HEADER {
            return Err(TooLong(self.body.len()));
        }
        let mut datagram = Vec::with_capacity(HEADER + self.body.len());
        datagram.push(match self.kind {
            Kind::Request => 0,
            Kind::Answer => 1,
        });
        datagram.extend_from_slice(&self.id.to_be_bytes());
        datagram.extend_from_slice(self.body);
        Ok(datagram)
    }

    /// Takes a datagram apart, without copying it.
    ///
    /// # Errors
    /// [`Malformed`] says why it is no message.
    pub fn decode(datagram: &'a [u8]) -> Result<Self, Malformed> {
        if datagram.len() > MAX_DATAGRAM {
            return Err(Malformed::Long(datagram.len()));
        }
        let [kind, a, b, c, d, body @ ..] = datagram else {
            return Err(Malformed::Short(datagram.len()));
        };
        let kind = match kind {
            0 => Kind::Request,
            1 => Kind::Answer,
            &other => return Err(Malformed::Kind(other)),
        };
        let id = u32::from_be_bytes([*a, *b, *c, *d]);
        Ok(Message { kind, id, body })
    }
}

// ANCHOR: types
/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// A datagram came, from this address.
    Received {
        /// Who sent it, as far as IP can tell.
        from: SocketAddr,
        /// Its bytes.
        datagram: &'a [u8],
    },
    /// The network says that nobody listens there (ICMP port unreachable).
    Refused,
    /// Nothing, but time has passed.
    Tick,
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Send [`Request::datagram`] to the server, then wait for an event, at
    /// most until this time.
    Send {
        /// When to report a [`Event::Tick`] if nothing else happens.
        until: Duration,
    },
    /// Wait for an event, at most until this time.
    Wait {
        /// When to report a [`Event::Tick`] if nothing else happens.
        until: Duration,
    },
    /// Stop: this is the answer's body.
    Done(Vec<u8>),
    /// Stop: there is no answer.
    GiveUp(NoAnswer),
}
// ANCHOR_END: types

/// How it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer {
    /// How often the request was sent.
    pub tries: u32,
    /// Whether the network reported that nobody listens there.
    pub refused: bool,
    /// How many datagrams came that did not answer this request.
    pub ignored: u32,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer after {} tries", self.tries)?;
        if self.refused {
            write!(f, "; connection refused")?;
        }
        if self.ignored > 0 {
            write!(f, "; {} other datagrams ignored", self.ignored)?;
        }
        Ok(())
    }
}

impl std::error::Error for NoAnswer {}

/// A request under way.
#[derive(Debug, Clone)]
pub struct Request {
    id: u32,
    server: SocketAddr,
    datagram: Vec<u8>,
    backoff: Backoff,
    // The end of the current wait. Zero: the first try is due at once.
    until: Duration,
    tries: u32,
    refused: bool,
    ignored: u32,
}

impl Request {
    /// A request to `server`, sent as often and waited for as long as
    /// `backoff` says.
    ///
    /// `id` tells this request's answer from others': no two requests that
    /// one socket may still get answers to have the same. Where a stranger
    /// might forge answers it also has to be hard to guess: draw it from the
    /// operating system's random numbers.
    ///
    /// # Errors
    /// [`TooLong`] when `body` does not fit into a datagram.
    pub fn new(
        id: u32,
        server: SocketAddr,
        body: &[u8],
        backoff: Backoff,
    ) -> Result<Self, TooLong> {
        let kind = Kind::Request;
        Ok(Request {
            id,
            server,
            datagram: Message { kind, id, body }.encode()?,
            backoff,
            until: Duration::ZERO,
            tries: 0,
            refused: false,
            ignored: 0,
        })
    }

    /// The datagram that [`Action::Send`] means: the same at every try.
    pub fn datagram(&self) -> &[u8] {
        &self.datagram
    }

    /// How often the request was sent so far.
    pub fn tries(&self) -> u32 {
        self.tries
    }

    // ANCHOR: handle
    /// Takes in what happened, at `now`, and says what to do. The first event
    /// is a [`Event::Tick`].
    pub fn handle(&mut self, event: Event<'_>, now: Duration) -> Action {
        match event {
            Event::Received { from, datagram } => {
                if let Some(body) = self.answer(from, datagram) {
                    return Action::Done(body.to_vec());
                }
                self.ignored = self.ignored.saturating_add(1);
            }
            // A hint: it may be forged, or the server may be restarting
            // (RFC 8085 section 5.2). The timer decides.
            Event::Refused => self.refused = true,
            Event::Tick => {}
        }
        // Looked at after every event, not only after a tick: a flood of
        // datagrams that are not the answer does not hold the timer up.
        if now < self.until {
            return Action::Wait { until: self.until };
        }
        let Some(wait) = self.backoff.try_again() else {
            return Action::GiveUp(self.no_answer());
        };
        self.tries += 1;
        self.until = now.saturating_add(wait);
        Action::Send { until: self.until }
    }

    /// The body, if `datagram` is the answer to this request.
    fn answer<'a>(
        &self,
        from: SocketAddr,
        datagram: &'a [u8],
    ) -> Option<&'a [u8]> {
        let message = Message::decode(datagram).ok()?;
        let ours = self.tries > 0
            && from == self.server
            && message.kind == Kind::Answer
            && message.id == self.id;
        ours.then_some(message.body)
    }
    // ANCHOR_END: handle

    fn no_answer(&self) -> NoAnswer {
        NoAnswer {
            tries: self.tries,
            refused: self.refused,
            ignored: self.ignored,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn server() -> SocketAddr {
        address("192.0.2.1:7000")
    }

    // Three tries; waits of 100, 200 and 400 ms.
    fn request(id: u32) -> Request {
        let backoff = Backoff::new(100 * MS, 1000 * MS, 3);
        Request::new(id, server(), b"time?", backoff).unwrap()
    }

    fn answer(id: u32, body: &[u8]) -> Vec<u8> {
        let kind = Kind::Answer;
        Message { kind, id, body }.encode().unwrap()
    }

    fn received(from: SocketAddr, datagram: &[u8]) -> Event<'_> {
        Event::Received { from, datagram }
    }

    fn send(ms: u32) -> Action {
        Action::Send { until: ms * MS }
    }

    fn wait(ms: u32) -> Action {
        Action::Wait { until: ms * MS }
    }

    // ANCHOR: lost
    #[test]
    fn a_lost_request_is_sent_again_after_longer_and_longer_waits() {
        let mut request = request(7);
        assert_eq!(request.handle(Event::Tick, Duration::ZERO), send(100));
        assert_eq!(request.handle(Event::Tick, 99 * MS), wait(100));
        assert_eq!(request.handle(Event::Tick, 100 * MS), send(300));
        assert_eq!(request.handle(Event::Tick, 300 * MS), send(700));
        let late = answer(7, b"noon");
        let event = received(server(), &late);
        let action = request.handle(event, 699 * MS);
        assert_eq!(action, Action::Done(b"noon".to_vec()));
    }
    // ANCHOR_END: lost

    #[test]
    fn it_gives_up_and_says_how_often_it_tried() {
        let mut request = request(7);
        for ms in [0, 100, 300] {
            request.handle(Event::Tick, ms * MS);
        }
        let no_answer = NoAnswer {
            tries: 3,
            refused: false,
            ignored: 0,
        };
        let action = request.handle(Event::Tick, 700 * MS);
        assert_eq!(action, Action::GiveUp(no_answer));
        assert_eq!(no_answer.to_string(), "no answer after 3 tries");
        // And stays so, whatever a driver does next.
        let action = request.handle(Event::Tick, 900 * MS);
        assert_eq!(action, Action::GiveUp(no_answer));
    }

    #[test]
    fn every_try_is_the_same_datagram() {
        let mut request = request(0x0102_0304);
        let first = request.datagram().to_vec();
        assert_eq!(first, b"\x00\x01\x02\x03\x04time?");
        request.handle(Event::Tick, Duration::ZERO);
        request.handle(Event::Tick, 100 * MS);
        assert_eq!(request.datagram(), first);
    }

    #[test]
    fn a_driver_that_wakes_late_waits_from_when_it_sends() {
        let mut request = request(7);
        request.handle(Event::Tick, Duration::ZERO);
        assert_eq!(request.handle(Event::Tick, 5000 * MS), send(5200));
    }

    #[test]
    fn a_duplicate_answer_changes_nothing() {
        let mut request = request(7);
        request.handle(Event::Tick, Duration::ZERO);
        let datagram = answer(7, b"noon");
        let event = received(server(), &datagram);
        let done = Action::Done(b"noon".to_vec());
        assert_eq!(request.handle(event, 10 * MS), done);
        assert_eq!(request.handle(event, 11 * MS), done);
    }

    #[test]
    fn a_late_answer_to_an_older_request_is_ignored() {
        let mut request = request(8);
        request.handle(Event::Tick, Duration::ZERO);
        let old = answer(7, b"noon");
        let event = received(server(), &old);
        assert_eq!(request.handle(event, 10 * MS), wait(100));
    }

    #[test]
    fn an_answer_from_a_stranger_is_ignored() {
        let mut request = request(7);
        request.handle(Event::Tick, Duration::ZERO);
        let forged = answer(7, b"midnight");
        for stranger in ["192.0.2.2:7000", "192.0.2.1:7001"] {
            let event = received(address(stranger), &forged);
            assert_eq!(request.handle(event, 10 * MS), wait(100));
        }
    }

    #[test]
    fn an_answer_before_the_question_is_ignored() {
        let mut request = request(7);
        let early = answer(7, b"noon");
        let event = received(server(), &early);
        assert_eq!(request.handle(event, Duration::ZERO), send(100));
    }

    #[test]
    fn our_own_request_sent_back_is_no_answer() {
        let mut request = request(7);
        request.handle(Event::Tick, Duration::ZERO);
        let echo = request.datagram().to_vec();
        let event = received(server(), &echo);
        assert_eq!(request.handle(event, 10 * MS), wait(100));
    }

    #[test]
    fn truncated_and_oversized_answers_are_ignored() {
        let mut request = request(7);
        request.handle(Event::Tick, Duration::ZERO);
        let whole = answer(7, &[0; MAX_DATAGRAM - HEADER]);
        for n in 0..HEADER {
            let event = received(server(), &whole[..n]);
            assert_eq!(request.handle(event, 10 * MS), wait(100), "{n}");
        }
        let mut long = whole;
        long.push(0);
        let event = received(server(), &long);
        assert_eq!(request.handle(event, 10 * MS), wait(100));
    }

    #[test]
    fn a_flood_does_not_hold_the_timer_up() {
        let mut request = request(7);
        request.handle(Event::Tick, Duration::ZERO);
        let garbage = received(server(), b"garbage");
        for ms in 1..100 {
            assert_eq!(request.handle(garbage, ms * MS), wait(100));
        }
        assert_eq!(request.handle(garbage, 100 * MS), send(300));
        assert_eq!(request.handle(garbage, 300 * MS), send(700));
        let Action::GiveUp(no_answer) = request.handle(garbage, 700 * MS)
        else {
            panic!("all tries are used up");
        };
        assert_eq!(no_answer.ignored, 102);
    }

    #[test]
    fn a_refusal_is_remembered_but_the_timer_decides() {
        let mut request = request(7);
        request.handle(Event::Tick, Duration::ZERO);
        assert_eq!(request.handle(Event::Refused, MS), wait(100));
        assert_eq!(request.handle(Event::Refused, 100 * MS), send(300));
        // The server is back.
        let datagram = answer(7, b"noon");
        let event = received(server(), &datagram);
        let action = request.handle(event, 110 * MS);
        assert_eq!(action, Action::Done(b"noon".to_vec()));
    }

    #[test]
    fn a_body_that_does_not_fit_is_refused() {
        let backoff = Backoff::new(MS, MS, 1);
        let most = MAX_DATAGRAM - HEADER;
        let fits = Request::new(1, server(), &vec![0; most], backoff.clone());
        assert_eq!(fits.unwrap().datagram().len(), MAX_DATAGRAM);
        let error = Request::new(1, server(), &vec![0; most + 1], backoff);
        assert_eq!(error.unwrap_err(), TooLong(1196));
    }

    proptest! {
        #[test]
        fn any_datagram_is_decoded_or_refused(
            datagram in proptest::collection::vec(any::<u8>(), 0..1400),
        ) {
            if let Ok(message) = Message::decode(&datagram) {
                prop_assert_eq!(message.encode().unwrap(), datagram);
            }
        }

        #[test]
        fn whatever_happens_it_ends_after_all_tries(
            garbage in proptest::collection::vec(
                (proptest::collection::vec(any::<u8>(), 0..9), 0u32..200),
                0..60,
            ),
        ) {
            let mut request = request(7);
            let stranger = address("203.0.113.9:53");
            let mut now = Duration::ZERO;
            let mut sent = 0;
            for (datagram, pause) in &garbage {
                let event = received(stranger, datagram);
                let action = request.handle(event, now);
                sent += u32::from(matches!(action, Action::Send { .. }));
                now += *pause * MS;
            }
            loop {
                match request.handle(Event::Tick, now) {
                    Action::Send { until } => {
                        sent += 1;
                        now = until;
                    }
                    Action::Wait { until } => now = until,
                    Action::Done(_) => prop_assert!(false, "no answer came"),
                    Action::GiveUp(no_answer) => {
                        prop_assert_eq!(no_answer.tries, sent);
                        prop_assert_eq!(sent, 3);
                        break;
                    }
                }
            }
        }
    }
}
