//! One connection of a server, without I/O: requests in, responses out, in
//! order, and an end that the client gets to see.
//!
//! A driver tells a [`Session`] what happened, [`received`](Session::received),
//! [`sent`](Session::sent), [`ended`](Session::ended),
//! [`tick`](Session::tick), and asks what to do: [`out`](Session::out) is to
//! be written, [`next`](Session::next) says what to wait for, and
//! [`deadline`](Session::deadline) until when.
//!
//! A time is a [`Duration`] since a moment that the driver chose.

use std::collections::VecDeque;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::encode;
use crate::fault::Fault;
use crate::framing::{Expect, Framing, Meaning};
use crate::head::Version;
use crate::reader::{Item, Requests};
use crate::server::access::{self, Entry};
use crate::server::date;
use crate::server::out::Out;
use crate::server::response::{
    Answer, Body, Protocol, Response, Source, Upload,
};
use crate::server::{Config, Service};
use crate::status;

/// How long a connection that has brought no request yet may still bring one
/// when the server stops: it may have been on its way.
const GRACE: Duration = Duration::from_secs(1);

/// What is read past after the last response, at most, in bytes: as much as
/// may have been on its way when the client got to see it.
const LINGER: u64 = 16 << 20;

/// What all connections of a server have.
pub struct Shared<S> {
    /// Who answers.
    pub service: S,
    /// What it grants.
    pub config: Config,
}

/// What a driver does next.
// ANCHOR: next
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Wait for bytes from the peer, for room for bytes to it, or both.
    Wait {
        /// Bytes are wanted.
        read: bool,
        /// Bytes are waiting in [`Session::out`].
        write: bool,
    },
    /// Say that nothing more comes (`shutdown(SHUT_WR)`), and ask again.
    HalfClose,
    /// Close the socket.
    Close,
}
// ANCHOR_END: next

// ANCHOR: phase
/// Where a connection stands.
enum Phase {
    /// Between two requests.
    Idle,
    /// Part of a head is there.
    Head,
    /// A head was read, and its content comes.
    Content(Sink),
    /// A response is made piece by piece.
    Reply(Stream, Then),
    /// What comes is not HTTP any more.
    Tunnel(Box<dyn Protocol>),
    /// There will be no other request: what waits is written.
    End,
    /// Everything is written and we have said so; the peer has not.
    Linger,
    /// It is over.
    Closed,
}

/// Where content goes.
enum Sink {
    Upload(Box<dyn Upload>),
    /// Nowhere: its request is answered already.
    Nowhere,
}

/// What follows a response.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The content of its request, which nobody wanted, and another request.
    Skip,
    /// Another request.
    Idle,
    /// Nothing.
    End,
}
// ANCHOR_END: phase

struct Stream {
    source: Box<dyn Source>,
    chunked: bool,
}

/// The request that is being answered.
#[derive(Default)]
struct Exchange {
    /// Its response has no content: HEAD.
    bodiless: bool,
    version: Version,
    /// Another request may follow.
    keep: bool,
    /// Its first line, if there is a log.
    line: Box<[u8]>,
}

/// A response that is not written to its end.
struct Unlogged {
    entry: Entry,
    /// Where in all that was ever written its content begins, …
    from: u64,
    /// … how long the content is so far, …
    len: u64,
    /// … and where it ends, if that is known.
    end: Option<u64>,
}

/// One connection.
pub struct Session<S> {
    shared: Arc<Shared<S>>,
    peer: SocketAddr,
    requests: Requests,
    /// What has come and is not used: part of a head, or of the line before a
    /// chunk; or requests for which there is no room yet.
    unread: Vec<u8>,
    out: Out,
    phase: Phase,
    exchange: Exchange,
    served: u64,
    /// Since when we wait for what `phase` says.
    since: Duration,
    /// How much content has come since.
    content: u64,
    /// Since when something waits to be written, …
    owing: Duration,
    /// … how much was taken since then, …
    taken: u64,
    /// … and when last.
    moved: Duration,
    /// Too much waits to be written: no request is begun.
    paused: bool,
    /// The peer has sent the end of its stream.
    ended: bool,
    stopping: bool,
    unlogged: VecDeque<Unlogged>,
    entries: VecDeque<Entry>,
}

impl<S: Service> Session<S> {
    /// A connection that was accepted now.
    pub fn new(
        shared: Arc<Shared<S>>,
        peer: SocketAddr,
        now: Duration,
    ) -> Self {
        Session {
            requests: Requests::new(shared.config.limits),
            shared,
            peer,
            unread: Vec::new(),
            out: Out::default(),
            phase: Phase::Idle,
            exchange: Exchange::default(),
            served: 0,
            since: now,
            content: 0,
            owing: now,
            taken: 0,
            moved: now,
            paused: false,
            ended: false,
            stopping: false,
            unlogged: VecDeque::new(),
            entries: VecDeque::new(),
        }
    }

    /// Who is at the other end.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Bytes have come. They are read where they are; what is not a whole yet
    /// is copied.
    // ANCHOR: received
    pub fn received(&mut self, bytes: &[u8], now: Duration) {
        if self.unread.is_empty() {
            let used = self.work(bytes, now);
            self.unread.extend_from_slice(&bytes[used..]);
        } else {
            self.unread.extend_from_slice(bytes);
            self.work_unread(now);
        }
    }
    // ANCHOR_END: received

    fn work_unread(&mut self, now: Duration) {
        let mut unread = mem::take(&mut self.unread);
        let used = self.work(&unread, now);
        if used < unread.len() {
            unread.drain(..used);
            self.unread = unread;
        }
    }

    /// The peer has sent the end of its stream. It may still read.
    pub fn ended(&mut self, now: Duration) {
        self.ended = true;
        self.work_unread(now);
    }

    /// The socket has failed: nothing comes or goes any more.
    pub fn failed(&mut self) {
        self.close();
    }

    /// The server stops. What was begun is finished, and no more. Who has not
    /// brought a request yet has a second for it.
    pub fn shut_down(&mut self, now: Duration) {
        if mem::replace(&mut self.stopping, true) {
            return;
        }
        self.exchange.keep = false;
        match self.phase {
            Phase::Idle if self.served > 0 => self.end(now),
            Phase::Idle => self.since = now,
            _ => {}
        }
    }

    /// What is to be written.
    pub fn out(&self) -> &Out {
        &self.out
    }

    /// The kernel has taken `count` bytes of [`Session::out`].
    // ANCHOR: sent
    pub fn sent(&mut self, count: u64, now: Duration) {
        self.out.advance(count);
        self.taken += count;
        self.moved = now;
        self.note_written();
        let has_room = self.out.len() <= self.shared.config.low;
        if has_room && self.is_full() {
            // The client could not go on: its time begins anew.
            (self.since, self.content) = (now, 0);
            self.work_unread(now);
        }
        if self.out.is_empty() && matches!(self.phase, Phase::Idle) {
            self.since = now;
        }
    }
    // ANCHOR_END: sent

    /// What to do next.
    pub fn next(&mut self, now: Duration) -> Next {
        let write = !self.out.is_empty();
        match self.phase {
            Phase::Closed => Next::Close,
            // It has closed, too: nothing to wait for.
            Phase::End | Phase::Linger if !write && self.ended => {
                self.close();
                Next::Close
            }
            Phase::End if !write => {
                self.phase = Phase::Linger;
                self.since = now;
                Next::HalfClose
            }
            // A client that is still sending must be read from, or it will
            // never come to read.
            Phase::End | Phase::Linger => Next::Wait {
                read: !self.ended,
                write,
            },
            _ => Next::Wait {
                read: !self.ended && !self.is_full(),
                write,
            },
        }
    }

    /// Whether nothing is to be read: there is no room for another response.
    fn is_full(&self) -> bool {
        self.paused || matches!(self.phase, Phase::Reply(..))
    }

    // ANCHOR: deadline
    /// When [`Session::tick`] has something to do, at the latest.
    pub fn deadline(&self) -> Option<Duration> {
        let both = [self.write_deadline(), self.read_deadline()];
        both.into_iter().flatten().min()
    }

    fn write_deadline(&self) -> Option<Duration> {
        let wait = self.shared.config.write;
        let least = self.owing + wait + self.granted(self.taken);
        let waits = !self.out.is_empty();
        waits.then(|| least.min(self.moved + wait))
    }

    fn read_deadline(&self) -> Option<Duration> {
        let config = &self.shared.config;
        match &self.phase {
            Phase::Linger => Some(self.since + config.linger),
            Phase::Idle if !self.out.is_empty() => None,
            _ if self.is_full() => None,
            Phase::Idle if self.stopping => Some(self.since + GRACE),
            Phase::Idle if self.served > 0 => Some(self.since + config.idle),
            Phase::Tunnel(_) => Some(self.since + config.idle),
            Phase::Idle | Phase::Head => Some(self.since + config.head),
            Phase::Content(_) => {
                Some(self.since + config.body + self.granted(self.content))
            }
            Phase::Reply(..) | Phase::End | Phase::Closed => None,
        }
    }

    /// How long so many bytes may take.
    fn granted(&self, bytes: u64) -> Duration {
        let rate = u64::from(self.shared.config.rate.max(1));
        Duration::from_micros(bytes.saturating_mul(1_000_000) / rate)
    }
    // ANCHOR_END: deadline

    // ANCHOR: tick
    /// It is `now`: what has taken too long ends.
    pub fn tick(&mut self, now: Duration) {
        let is_over = |at: Option<Duration>| at.is_some_and(|at| at <= now);
        if is_over(self.write_deadline()) {
            // It takes nothing: nothing can be said to it.
            return self.close();
        }
        if !is_over(self.read_deadline()) {
            return;
        }
        match &self.phase {
            Phase::Idle | Phase::Content(Sink::Nowhere) => self.end(now),
            Phase::Head | Phase::Content(Sink::Upload(_)) => self.time_out(now),
            Phase::Reply(..) | Phase::End | Phase::Closed => {}
            Phase::Tunnel(_) | Phase::Linger => self.close(),
        }
    }
    // ANCHOR_END: tick

    fn time_out(&mut self, now: Duration) {
        if let Phase::Head = self.phase {
            // What is known is of the request before.
            self.exchange = Exchange::default();
        }
        let owed = !self.out.is_empty();
        let response = Response::status(status::REQUEST_TIMEOUT).closing();
        self.reply(response, Then::End, now);
        self.note_owing(owed, now);
    }

    /// The next entry for the access log. Ask after every other call.
    pub fn entry(&mut self) -> Option<Entry> {
        self.entries.pop_front()
    }

    // ANCHOR: work
    /// Goes through `bytes`, and says how many are done with.
    fn work(&mut self, bytes: &[u8], now: Duration) -> usize {
        let owed = !self.out.is_empty();
        let mut at = 0;
        loop {
            self.produce(now);
            if let Phase::End | Phase::Linger | Phase::Closed = self.phase {
                self.content += (bytes.len() - at) as u64;
                if self.content > LINGER {
                    self.close();
                }
                at = bytes.len();
                break;
            }
            self.paused = self.out.len() >= self.shared.config.high;
            if self.is_full() {
                break;
            }
            let (taken, more) = self.step(&bytes[at..], now);
            at += taken;
            if !more {
                if self.ended {
                    self.cut_off(&bytes[at..], now);
                }
                break;
            }
        }
        self.note_owing(owed, now);
        at
    }
    // ANCHOR_END: work

    /// If nothing was `owed` before, the client's time to take it begins.
    fn note_owing(&mut self, owed: bool, now: Duration) {
        if !owed && !self.out.is_empty() {
            (self.owing, self.moved, self.taken) = (now, now, 0);
        }
    }

    /// How many bytes are kept that were received and not used: less than
    /// [`Limits::head`](crate::limits::Limits::head) and the last read
    /// together.
    pub fn unread(&self) -> usize {
        self.unread.len()
    }

    /// Whether it waits for a request, and none has begun.
    pub fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle) && self.out.is_empty()
    }

    // ANCHOR: step
    /// Takes the next item from the front of `bytes`: how long it was, and
    /// whether there may be another.
    fn step(&mut self, bytes: &[u8], now: Duration) -> (usize, bool) {
        let (taken, item) = match self.requests.next(bytes) {
            Ok(next) => next,
            Err(fault) => {
                self.refuse(bytes, fault, now);
                return (bytes.len(), true);
            }
        };
        match item {
            Item::More => {
                if taken < bytes.len() && matches!(self.phase, Phase::Idle) {
                    self.phase = Phase::Head;
                    // The first head's time runs since the connection does.
                    if self.served > 0 {
                        self.since = now;
                    }
                }
                return (taken, false);
            }
            Item::Head(request, meaning) => {
                let config = &self.shared.config;
                self.served += 1;
                let may_keep = !self.stopping && self.served < config.requests;
                self.exchange = Exchange {
                    bodiless: request.method() == "HEAD",
                    version: request.version(),
                    keep: meaning.keep_alive && may_keep,
                    line: match config.log {
                        true => access::line(&request),
                        false => Box::default(),
                    },
                };
                let answer = match meaning.expect {
                    Expect::Unknown => {
                        Response::status(status::EXPECTATION_FAILED).into()
                    }
                    _ => {
                        let service = &self.shared.service;
                        guarded(|| service.begin(&request, self.peer))
                            .unwrap_or_else(|| broken().into())
                    }
                };
                (self.since, self.content) = (now, 0);
                let waits =
                    meaning.expect == Expect::Continue && taken == bytes.len();
                self.answer(answer, meaning, waits, now);
            }
            Item::Data(data) => {
                self.content += data.len() as u64;
                if let Phase::Content(Sink::Upload(upload)) = &mut self.phase
                    && let Err(response) = guarded(|| upload.data(data))
                        .unwrap_or_else(|| Err(broken()))
                {
                    self.reply(response, Then::End, now);
                }
            }
            Item::End(trailer) => {
                let idle = Phase::Idle;
                if let Phase::Content(sink) =
                    mem::replace(&mut self.phase, idle)
                    && let Sink::Upload(upload) = sink
                {
                    let response = guarded(|| upload.end(trailer));
                    let response = response.unwrap_or_else(broken);
                    self.reply(response, Then::Idle, now);
                }
                self.since = now;
            }
            Item::Tunnel(data) => {
                self.since = now;
                let mut goes_on = true;
                if let Phase::Tunnel(protocol) = &mut self.phase {
                    self.out
                        .write(|out| goes_on = protocol.received(data, out));
                }
                if !goes_on {
                    self.end(now);
                }
            }
        }
        (taken, true)
    }
    // ANCHOR_END: step

    // ANCHOR: do
    /// Does what the service has decided.
    fn answer(
        &mut self,
        answer: Answer,
        meaning: Meaning,
        waits: bool,
        now: Duration,
    ) {
        match answer {
            Answer::Reply(response) => {
                // Content that is not wanted is read past, if it is short. A
                // client that waits for our 100 may never send it.
                let skip = match meaning.framing {
                    Framing::Length(length) => {
                        length <= self.shared.config.discard
                    }
                    _ => false,
                };
                let skip = skip && meaning.expect == Expect::Nothing;
                self.exchange.keep &=
                    skip || meaning.framing == Framing::Length(0);
                self.reply(response, Then::Skip, now);
            }
            Answer::Receive(upload) => {
                if waits && meaning.framing != Framing::Length(0) {
                    const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
                    self.out.write(|out| out.extend_from_slice(CONTINUE));
                }
                self.phase = Phase::Content(Sink::Upload(upload));
            }
            Answer::Upgrade { name, protocol } => {
                if !meaning.upgrade || meaning.framing != Framing::Length(0) {
                    let response = Response::status(status::UPGRADE_REQUIRED)
                        .with("Upgrade", name);
                    self.exchange.keep = false;
                    return self.reply(response, Then::End, now);
                }
                self.switch(name, now);
                self.requests.upgrade();
                self.phase = Phase::Tunnel(protocol);
            }
        }
    }
    // ANCHOR_END: do

    fn switch(&mut self, name: &str, now: Duration) {
        let line = mem::take(&mut self.exchange.line);
        self.out.write(|out| {
            out.extend_from_slice(b"HTTP/1.1 101 Switching Protocols\r\n");
            out.extend_from_slice(b"Connection: upgrade\r\nUpgrade: ");
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\r\n\r\n");
        });
        self.log(line, status::SWITCHING_PROTOCOLS, Some(0), now);
    }

    // ANCHOR: reply
    /// Puts a response in line, and says what comes behind it.
    fn reply(&mut self, mut response: Response, then: Then, now: Duration) {
        if response.status < 200 {
            response = Response::status(status::INTERNAL_SERVER_ERROR);
        }
        let exchange = &mut self.exchange;
        let code = response.status;
        let empty = exchange.bodiless || status::is_bodiless(code);
        let stream = matches!(response.body, Body::Stream(_));
        let chunked = stream && exchange.version == Version::Http11;
        let length = match &response.body {
            _ if status::is_bodiless(code) => None,
            Body::Stream(_) => None,
            Body::Parts(_) => response.length(),
        };
        exchange.keep &= !response.close && then != Then::End;
        // Content without a length ends with the connection.
        exchange.keep &= empty || chunked || !stream;
        let keep = exchange.keep;
        let version = exchange.version;
        let line = mem::take(&mut exchange.line);
        let date = date::at(self.shared.config.epoch + now);
        self.out.write(|out| {
            start(out, code);
            out.extend_from_slice(b"Date: ");
            out.extend_from_slice(&date);
            out.extend_from_slice(b"\r\n");
            out.extend_from_slice(response.lines());
            if let Some(length) = length {
                out.extend_from_slice(b"Content-Length: ");
                encode::decimal(out, length);
                out.extend_from_slice(b"\r\n");
            }
            if chunked && !empty {
                out.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
            }
            out.extend_from_slice(match (keep, version) {
                (false, _) => b"Connection: close\r\n\r\n",
                (true, Version::Http10) => b"Connection: keep-alive\r\n\r\n",
                (true, Version::Http11) => &b"\r\n"[..],
            });
        });
        let then = if keep { then } else { Then::End };
        match response.body {
            _ if empty => self.log(line, code, Some(0), now),
            Body::Parts(parts) => {
                self.log(line, code, length, now);
                parts.into_iter().for_each(|part| self.out.push(part));
            }
            Body::Stream(source) => {
                self.log(line, code, None, now);
                let stream = Stream { source, chunked };
                self.phase = Phase::Reply(stream, then);
                return;
            }
        }
        self.go_on(then, now);
    }
    // ANCHOR_END: reply

    fn go_on(&mut self, then: Then, now: Duration) {
        match then {
            Then::Skip => {
                self.phase = Phase::Content(Sink::Nowhere);
                (self.since, self.content) = (now, 0);
            }
            Then::Idle => self.phase = Phase::Idle,
            Then::End => self.end(now),
        }
    }

    // ANCHOR: produce
    /// Asks for more of a response that is made piece by piece, as long as
    /// there is room for it.
    fn produce(&mut self, now: Duration) {
        while self.out.len() < self.shared.config.high {
            let Phase::Reply(stream, then) = &mut self.phase else {
                return;
            };
            let (chunked, then) = (stream.chunked, *then);
            let next = guarded(|| stream.source.next());
            match next.unwrap_or_else(|| Err(io::Error::other("panic"))) {
                Ok(Some(piece)) => {
                    if let Some(unlogged) = self.unlogged.back_mut() {
                        unlogged.len += piece.len() as u64;
                    }
                    self.put(piece, chunked);
                }
                Ok(None) => {
                    let last = if chunked { encode::LAST_CHUNK } else { b"" };
                    self.out.write(|out| out.extend_from_slice(last));
                    self.note_end();
                    self.go_on(then, now);
                }
                // Only an end without a last chunk tells the client.
                Err(_) => {
                    self.note_end();
                    self.end(now);
                }
            }
        }
    }
    // ANCHOR_END: produce

    fn put(&mut self, piece: Bytes, chunked: bool) {
        if piece.is_empty() {
            return;
        }
        if chunked {
            let len = piece.len() as u64;
            self.out.write(|out| encode::chunk_head(out, len));
        }
        self.out.push(crate::server::response::Part::Bytes(piece));
        if chunked {
            self.out.write(|out| out.extend_from_slice(b"\r\n"));
        }
    }

    /// Answers what is no request that we take.
    fn refuse(&mut self, bytes: &[u8], fault: Fault, now: Duration) {
        // The response to this one has begun already; there is no other.
        if let Phase::Content(Sink::Nowhere) = self.phase {
            return self.end(now);
        }
        if let Phase::Idle | Phase::Head = self.phase {
            let refused = self.requests.refused(bytes);
            self.exchange = Exchange {
                line: match refused {
                    Some(request) if self.shared.config.log => {
                        access::line(&request)
                    }
                    _ => Box::default(),
                },
                ..Exchange::default()
            };
        }
        let text = format!("{fault} ({})\n", fault.rule());
        let response = Response::text(fault.status(), text).closing();
        self.reply(response, Then::End, now);
    }

    /// The stream has ended, and these bytes were the last.
    fn cut_off(&mut self, unread: &[u8], now: Duration) {
        match self.requests.ended(unread) {
            Ok(()) => self.end(now),
            Err(fault) => self.refuse(unread, fault, now),
        }
    }

    fn end(&mut self, now: Duration) {
        self.phase = Phase::End;
        self.paused = false;
        (self.since, self.content) = (now, 0);
        self.unread = Vec::new();
    }

    fn close(&mut self) {
        self.phase = Phase::Closed;
        self.unread = Vec::new();
        let gone = self.out.total() - self.out.len();
        self.out.clear();
        for mut unlogged in self.unlogged.drain(..) {
            let went = gone.saturating_sub(unlogged.from);
            unlogged.entry.bytes = went.min(unlogged.len);
            self.entries.push_back(unlogged.entry);
        }
    }

    /// Begins an entry of the log. The head is in `out`, the content is not.
    fn log(
        &mut self,
        line: Box<[u8]>,
        status: u16,
        length: Option<u64>,
        now: Duration,
    ) {
        if !self.shared.config.log {
            return;
        }
        let from = self.out.total();
        let time = self.shared.config.epoch + now;
        self.unlogged.push_back(Unlogged {
            entry: Entry {
                peer: self.peer.ip(),
                time,
                line,
                status,
                bytes: 0,
            },
            from,
            len: length.unwrap_or(0),
            end: length.map(|length| from + length),
        });
        self.note_written();
    }

    fn note_end(&mut self) {
        let total = self.out.total();
        if let Some(unlogged) = self.unlogged.back_mut() {
            unlogged.end = Some(total);
        }
    }

    /// Finishes the entries of responses that are written.
    fn note_written(&mut self) {
        let gone = self.out.total() - self.out.len();
        while let Some(unlogged) = self.unlogged.front()
            && unlogged.end.is_some_and(|end| end <= gone)
            && let Some(mut unlogged) = self.unlogged.pop_front()
        {
            unlogged.entry.bytes = unlogged.len;
            self.entries.push_back(unlogged.entry);
        }
    }
}

/// Calls a handler. One that panics has lost its own request, and must not take
/// those of others along.
fn guarded<T>(handler: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(handler)).ok()
}

fn broken() -> Response {
    Response::status(status::INTERNAL_SERVER_ERROR).closing()
}

/// Writes a status line.
fn start(out: &mut Vec<u8>, code: u16) {
    if code == status::OK {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
        return;
    }
    out.extend_from_slice(b"HTTP/1.1 ");
    encode::decimal(out, code.into());
    out.push(b' ');
    out.extend_from_slice(status::reason(code).as_bytes());
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests;
