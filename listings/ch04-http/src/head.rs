//! Heads: the first line of a message, and its field section.
//!
//! [`Head`] is a map of a head: where the method ends, where each field
//! begins. The bytes stay where they are, in the caller's buffer, and
//! [`Request`] and [`Response`] look at them through the map. So a head is
//! read without copying it; and without allocating, if it has no more than
//! 16 fields.
//!
//! It is strict: where two readers of the same bytes might come to different
//! messages, it refuses them. [`Fault::rule`] names the rule.

use std::fmt;
use std::ops::Range;

use smallvec::SmallVec;

use crate::fault::Fault;
use crate::limits::Limits;
use crate::scan;

/// A version of HTTP that this parser reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    #[default]
    Http11,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Version::Http10 => "HTTP/1.0",
            Version::Http11 => "HTTP/1.1",
        })
    }
}

// ANCHOR: head
/// The map of a head, and of how far it was read.
#[derive(Debug, Clone, Default)]
pub struct Head {
    version: Version,
    /// Of a response.
    status: u16,
    /// The method of a request, the reason phrase of a response.
    word: Span,
    target: Span,
    fields: SmallVec<[Place; 16]>,
    step: Step,
}

/// Where a field stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    name: Span,
    value: Span,
}

/// A range of a head: 32 bits each are enough, and half as long.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: u32,
    end: u32,
}
// ANCHOR_END: head

// ANCHOR: step
/// Where to go on when more bytes are there.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// In the first line. Before `seen` no target ends, nor a reason phrase.
    First { seen: usize },
    /// In the field section.
    Section(Section),
}

#[derive(Debug, Clone, Copy)]
struct Section {
    start: usize,
    /// Where the line begins that is not whole.
    line: usize,
    /// Where its name ends; 0 if that has not been found.
    colon: usize,
    /// Before this, no name ends, nor a value.
    seen: usize,
}
// ANCHOR_END: step

impl Default for Step {
    fn default() -> Self {
        Step::First { seen: 0 }
    }
}

impl Section {
    fn new(start: usize) -> Self {
        Section {
            start,
            line: start,
            colon: 0,
            seen: start,
        }
    }
}

impl Span {
    /// Places in a head are below 2³²: see [`Line::new`].
    fn new(start: usize, end: usize) -> Self {
        let [start, end] = [start, end].map(|place| place as u32);
        Span { start, end }
    }

    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    fn of(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.range()]
    }

    /// For what the parser has found to be ASCII.
    fn text(self, bytes: &[u8]) -> &str {
        ascii(self.of(bytes))
    }
}

/// Why reading went no further.
enum Stop {
    More,
    Bad(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Bad(fault)
    }
}

type Read<T> = Result<T, Stop>;

/// A line that is being read.
#[derive(Clone, Copy)]
struct Line<'a> {
    bytes: &'a [u8],
    /// Where it has to have ended, …
    cap: usize,
    /// … and what is wrong with it otherwise.
    long: Fault,
}

impl<'a> Line<'a> {
    fn new(bytes: &'a [u8], cap: usize, long: Fault) -> Self {
        // A span has 32 bits a place, and behind a line come CR LF.
        let cap = cap.min(u32::MAX as usize - 2);
        Line { bytes, cap, long }
    }

    /// What there is of it, and nothing behind where it may go.
    fn text(self) -> &'a [u8] {
        &self.bytes[..self.cap.min(self.bytes.len())]
    }

    fn byte(self, at: usize) -> Option<u8> {
        self.text().get(at).copied()
    }

    /// Reads CR LF, and where the next line begins. What else stands there is
    /// refused, `otherwise` if it is a byte that can be in a line.
    #[inline]
    fn end(self, at: usize, otherwise: Fault) -> Read<usize> {
        match self.bytes.get(at..) {
            Some([b'\r', b'\n', ..]) => Ok(at + 2),
            _ => Err(self.odd(at, otherwise, |_| otherwise)),
        }
    }

    /// Why the byte at `at` is not what it should be, if it is there: `short`
    /// when the line ends.
    #[cold]
    fn odd(
        self,
        at: usize,
        short: Fault,
        otherwise: impl FnOnce(u8) -> Fault,
    ) -> Stop {
        Stop::Bad(match self.bytes.get(at..).unwrap_or_default() {
            [] | [b'\r'] => return Stop::More,
            [b'\r', b'\n', ..] => short,
            [b'\r', ..] => Fault::BareCr,
            [b'\n', ..] => Fault::BareLf,
            [..] if at >= self.cap => self.long,
            [byte, ..] if byte.is_ascii_control() && *byte != b'\t' => {
                Fault::Control(*byte)
            }
            [byte, ..] => otherwise(*byte),
        })
    }
}

impl Head {
    /// Reads the head of a request at the front of `bytes`: how long it is,
    /// or `None` when more of it has to arrive. Call it then with the same
    /// bytes and more behind them. One empty line in front is forgiven.
    ///
    /// At most [`Limits::head`] bytes are asked for. However the bytes
    /// arrive, none is looked at more than a few times; those of the method,
    /// of which there are at most [`Limits::method`], with every call that
    /// does not end it.
    ///
    /// # Errors
    /// See [`Fault`]. It is found at the first byte behind which nothing could
    /// make the head a good one, or at the CR LF behind that byte; so it does
    /// not depend on the pieces in which the bytes arrive. Afterwards start
    /// with a new `Head`.
    // ANCHOR: request
    pub fn read_request(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Option<usize>, Fault> {
        self.read(bytes, limits, Head::request_line)
    }
    // ANCHOR_END: request

    /// As [`Head::read_request`], for a response. It needs no reason phrase,
    /// nor the space in front of one, which some servers leave out.
    ///
    /// # Errors
    /// As there.
    pub fn read_response(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Option<usize>, Fault> {
        self.read(bytes, limits, Head::status_line)
    }

    /// As [`Head::read_request`], for a trailer section: fields alone.
    ///
    /// # Errors
    /// As there.
    pub fn read_trailer(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Option<usize>, Fault> {
        self.read(bytes, limits, |_, _, _, _| Ok(0))
    }

    // ANCHOR: read
    /// Goes on where the last call stopped.
    #[inline]
    fn read(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
        first: impl FnOnce(&mut Self, &[u8], usize, &Limits) -> Read<usize>,
    ) -> Result<Option<usize>, Fault> {
        let section = match self.step {
            Step::Section(section) => Ok(section),
            Step::First { seen } => {
                self.fields.clear();
                self.target = Span::default();
                first(self, bytes, seen, limits).map(Section::new)
            }
        };
        match section.and_then(|from| self.section(bytes, from, limits)) {
            Ok(len) => {
                self.step = Step::default();
                Ok(Some(len))
            }
            Err(Stop::More) => Ok(None),
            Err(Stop::Bad(fault)) => Err(fault),
        }
    }
    // ANCHOR_END: read

    // ANCHOR: request_line
    fn request_line(
        &mut self,
        bytes: &[u8],
        seen: usize,
        limits: &Limits,
    ) -> Read<usize> {
        let start = empty_line(bytes)?;
        let cap = start.saturating_add(limits.start_line);
        let line = Line::new(bytes, cap, Fault::TargetTooLong);

        // A target that was begun has a method in front.
        let end = match seen {
            0 => scan::token_within(line.text(), start, limits.method),
            _ => start.max(self.word.end as usize),
        };
        if end - start > limits.method {
            return Err(Fault::MethodTooLong.into());
        }
        if end == start || line.byte(end) != Some(b' ') {
            return Err(line.odd(end, Fault::NoVersion, Fault::MethodByte));
        }
        self.word = Span::new(start, end);

        let start = end + 1;
        let end = scan::target(line.text(), seen.max(start));
        self.step = Step::First { seen: end };
        if end == start || line.byte(end) != Some(b' ') {
            return Err(line.odd(end, Fault::NoVersion, Fault::TargetByte));
        }
        let end_of_line = self.version(line, end + 1)?;
        self.target = Span::new(start, end);
        if !is_target(self.word.of(bytes), self.target.of(bytes)) {
            return Err(Fault::TargetForm.into());
        }
        line.end(end_of_line, Fault::NoVersion)
    }
    // ANCHOR_END: request_line

    fn status_line(
        &mut self,
        bytes: &[u8],
        seen: usize,
        limits: &Limits,
    ) -> Read<usize> {
        let line = Line::new(bytes, limits.start_line, Fault::TargetTooLong);
        let at = self.version(line, 0)?;
        if line.byte(at) != Some(b' ') {
            return Err(line.odd(at, Fault::StatusCode, |_| Fault::NoVersion));
        }
        self.status = 0;
        for place in at + 1..at + 4 {
            match line.byte(place) {
                // A code begins with its class, which is not 0.
                Some(digit @ b'0'..=b'9')
                    if self.status > 0 || digit > b'0' =>
                {
                    self.status = self.status * 10 + u16::from(digit - b'0');
                }
                _ => {
                    let fault = Fault::StatusCode;
                    return Err(line.odd(place, fault, |_| fault));
                }
            }
        }
        let mut end = at + 4;
        self.word = Span::new(end, end);
        if line.byte(end) == Some(b' ') {
            let start = end + 1;
            end = scan::value(line.text(), seen.max(start));
            self.step = Step::First { seen: end };
            self.word = Span::new(start, end);
        }
        line.end(end, Fault::StatusCode)
    }

    /// Reads `HTTP/1.1`, and where it ends.
    fn version(&mut self, line: Line<'_>, at: usize) -> Read<usize> {
        let end = at + b"HTTP/1.1".len();
        self.version = match line.text().get(at..end) {
            Some(b"HTTP/1.1") => Version::Http11,
            Some(b"HTTP/1.0") => Version::Http10,
            _ => return Err(not_a_version(line, at)),
        };
        Ok(end)
    }

    fn section(
        &mut self,
        bytes: &[u8],
        mut from: Section,
        limits: &Limits,
    ) -> Read<usize> {
        let end = self.lines(bytes, &mut from, limits);
        if end.is_err() {
            self.step = Step::Section(from);
        }
        end
    }

    // ANCHOR: lines
    #[inline]
    fn lines(
        &mut self,
        bytes: &[u8],
        from: &mut Section,
        limits: &Limits,
    ) -> Read<usize> {
        // Behind the last line come its CR LF and an empty line.
        let last = from.start.saturating_add(limits.section);
        let last = last.saturating_sub(4);
        loop {
            let cap = from.line.saturating_add(limits.field_line);
            let line = match cap <= last {
                true => Line::new(bytes, cap, Fault::FieldTooLong),
                false => Line::new(bytes, last, Fault::SectionTooLong),
            };
            let first = *bytes.get(from.line).ok_or(Stop::More)?;
            if first == b'\r' || first == b'\n' {
                let end = line.end(from.line, line.long)?;
                return match end - from.start <= limits.section {
                    true => Ok(end),
                    false => Err(Fault::SectionTooLong.into()),
                };
            }
            if self.fields.len() >= limits.fields {
                return Err(Fault::TooManyFields.into());
            }
            let next = self.field(line, from)?;
            (from.line, from.colon, from.seen) = (next, 0, next);
        }
    }
    // ANCHOR_END: lines

    // ANCHOR: field
    #[inline]
    fn field(&mut self, line: Line<'_>, from: &mut Section) -> Read<usize> {
        let text = line.text();
        if from.colon == 0 {
            from.seen = scan::token(text, from.seen);
            if from.seen == from.line || line.byte(from.seen) != Some(b':') {
                return Err(not_a_name(line, from.line, from.seen));
            }
            from.colon = from.seen;
        }
        let mut start = from.colon + 1;
        from.seen = scan::value(text, from.seen.max(start));
        let mut end = from.seen;
        let next = line.end(end, line.long)?;
        let is_blank = |at: usize| matches!(line.bytes[at], b' ' | b'\t');
        while start < end && is_blank(start) {
            start += 1;
        }
        while start < end && is_blank(end - 1) {
            end -= 1;
        }
        self.fields.push(Place {
            name: Span::new(from.line, from.colon),
            value: Span::new(start, end),
        });
        Ok(next)
    }
    // ANCHOR_END: field

    /// The next call looks at no byte before this one.
    pub fn seen(&self) -> usize {
        match self.step {
            Step::First { seen } => seen,
            Step::Section(section) => section.seen,
        }
    }

    /// Whether the first line was found, though the rest may be wrong.
    pub(crate) fn has_line(&self) -> bool {
        self.target.end > 0
    }

    /// The fields, as they stand in `bytes`.
    pub fn fields<'a>(&'a self, bytes: &'a [u8]) -> Fields<'a> {
        Fields {
            bytes,
            places: &self.fields,
        }
    }
}

/// Skips one empty line, which some clients sent behind a body.
fn empty_line(bytes: &[u8]) -> Read<usize> {
    match bytes {
        [] | [b'\r'] => Err(Stop::More),
        [b'\r', b'\n', ..] => Ok(2),
        _ => Ok(0),
    }
}

/// What stands where a version should.
#[cold]
fn not_a_version(line: Line<'_>, at: usize) -> Stop {
    let mut digits = [0; 2];
    for (place, want) in (at..).zip(b"HTTP/x.y") {
        match (want, line.byte(place)) {
            (b'x', Some(digit @ b'0'..=b'9')) => digits[0] = digit - b'0',
            (b'y', Some(digit @ b'0'..=b'9')) => digits[1] = digit - b'0',
            (want, Some(byte)) if *want == byte => {}
            _ => {
                let fault = Fault::NoVersion;
                return line.odd(place, fault, |_| fault);
            }
        }
    }
    Fault::Version(digits[0], digits[1]).into()
}

/// What is wrong with a field line that begins at `start` and has no name
/// with a colon behind it: what could be one ends at `end`.
#[cold]
fn not_a_name(line: Line<'_>, start: usize, end: usize) -> Stop {
    let blank = match line.byte(end) {
        Some(byte @ (b' ' | b'\t')) if start < end => byte,
        _ => {
            return line.odd(end, Fault::NoColon, |byte| match byte {
                b' ' | b'\t' => Fault::Folded,
                b':' => Fault::NoName,
                byte => Fault::NameByte(byte),
            });
        }
    };
    // One byte more says what the blank was meant to be.
    let fault = Fault::NameByte(blank);
    line.odd(end + 1, fault, |byte| match byte {
        b' ' | b'\t' | b':' => Fault::SpaceBeforeColon,
        _ => fault,
    })
}

/// Whether a target has one of the four forms ([RFC 9112, section
/// 3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)): a path, a whole
/// URI, an authority for CONNECT, `*` for OPTIONS. None has a fragment.
fn is_target(method: &[u8], target: &[u8]) -> bool {
    let form = match target {
        b"*" => method == b"OPTIONS",
        _ if method == b"CONNECT" => {
            let colon = target.iter().rposition(|byte| *byte == b':');
            colon.is_some_and(|colon| {
                let (host, port) = target.split_at(colon);
                is_host(host) && !host.is_empty() && is_port(&port[1..])
            })
        }
        [b'/', ..] => true,
        // A URI of HTTP without a host has to be refused (RFC 9110, 4.2.1).
        _ => absolute(target).is_some_and(|(authority, _)| {
            !matches!(authority, [] | [b':', ..]) && is_authority(authority)
        }),
    };
    form && !target.contains(&b'#')
}

fn is_port(port: &[u8]) -> bool {
    !port.is_empty() && port.len() <= 5 && port.iter().all(u8::is_ascii_digit)
}

/// The authority of a URI, and the path and query behind it.
fn absolute(target: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = target.iter().position(|byte| *byte == b':')?;
    let (scheme, rest) = target.split_at(colon);
    let is_scheme = scheme.first()?.is_ascii_alphabetic()
        && scheme.iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
        });
    let rest = rest.strip_prefix(b"://").filter(|_| is_scheme)?;
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?'));
    Some(rest.split_at(end.unwrap_or(rest.len())))
}

/// Whether this is a host and perhaps a port, as in `Host` ([RFC 9110, section
/// 7.2](https://www.rfc-editor.org/rfc/rfc9110#section-7.2)). It may be empty.
/// A user's name in front is refused.
pub fn is_authority(text: &[u8]) -> bool {
    let bracket = text.iter().rposition(|byte| *byte == b']').unwrap_or(0);
    let colon = text[bracket..].iter().position(|byte| *byte == b':');
    let (host, port) = match colon {
        Some(colon) => text.split_at(bracket + colon),
        None => (text, &b""[..]),
    };
    let port_ok = match port {
        [] | [b':'] => true,
        port => is_port(&port[1..]),
    };
    port_ok && is_host(host)
}

/// `uri-host`: a name, an IPv4 address, or an IPv6 address in brackets ([RFC
/// 3986, section
/// 3.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2)).
fn is_host(host: &[u8]) -> bool {
    if let Some(literal) = host.strip_prefix(b"[") {
        let literal = literal.strip_suffix(b"]").and_then(|literal| {
            str::from_utf8(literal)
                .ok()?
                .parse::<std::net::Ipv6Addr>()
                .ok()
        });
        return literal.is_some();
    }
    host.iter().all(|byte| scan::HOST[usize::from(*byte)])
}

/// The head of a request.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    bytes: &'a [u8],
    head: &'a Head,
}

impl<'a> Request<'a> {
    /// What `head` has found in `bytes`.
    pub fn new(bytes: &'a [u8], head: &'a Head) -> Self {
        Request { bytes, head }
    }

    /// The method, a token. Upper and lower case differ.
    pub fn method(&self) -> &'a str {
        self.head.word.text(self.bytes)
    }

    /// The target, as it was written: visible ASCII.
    pub fn target(&self) -> &'a str {
        self.head.target.text(self.bytes)
    }

    /// The version.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// The fields, in order.
    pub fn fields(&self) -> Fields<'a> {
        self.head.fields(self.bytes)
    }

    /// The first line, without its end: for a log. Of a request that was
    /// refused it is what is there of the line, up to where the version ends.
    pub fn line(&self) -> &'a [u8] {
        let start = self.head.word.start as usize;
        // The version is behind one space, and always as long.
        let end = self.head.target.end as usize + b" HTTP/1.1".len();
        let line = &self.bytes[start..end.min(self.bytes.len())];
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        &line[..line.iter().position(is_end).unwrap_or(line.len())]
    }

    /// The path of the target, without the query: of a whole URI, its path,
    /// and `/` where it has none. `*` and an authority are their own path.
    pub fn path(&self) -> &'a str {
        self.split().0
    }

    /// What follows `?` in the target.
    pub fn query(&self) -> Option<&'a str> {
        self.split().1
    }

    fn split(&self) -> (&'a str, Option<&'a str>) {
        let target = self.head.target.of(self.bytes);
        let text = match target.first() {
            Some(b'/') => self.target(),
            _ => match absolute(target) {
                Some((_, rest)) => ascii(rest),
                None => return (self.target(), None),
            },
        };
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (text, None),
        };
        (if path.is_empty() { "/" } else { path }, query)
    }

    /// Whom the request is for: host and port, from the target if they are
    /// there, from `Host` otherwise ([RFC 9112, section
    /// 3.3](https://www.rfc-editor.org/rfc/rfc9112#section-3.3)).
    pub fn authority(&self) -> &'a str {
        let target = self.head.target.of(self.bytes);
        match target.first() {
            Some(b'/') | Some(b'*') => {}
            _ if self.method() == "CONNECT" => return self.target(),
            _ => {
                if let Some((authority, _)) = absolute(target) {
                    return ascii(authority);
                }
            }
        }
        let host = self.fields().first("host").unwrap_or_default();
        // Checked when the framing was.
        str::from_utf8(host).unwrap_or_default()
    }
}

fn ascii(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("checked to be ASCII")
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method())
            .field("target", &self.target())
            .field("version", &self.version())
            .field("fields", &self.fields())
            .finish()
    }
}

/// The head of a response.
#[derive(Clone, Copy)]
pub struct Response<'a> {
    bytes: &'a [u8],
    head: &'a Head,
}

impl<'a> Response<'a> {
    /// What `head` has found in `bytes`.
    pub fn new(bytes: &'a [u8], head: &'a Head) -> Self {
        Response { bytes, head }
    }

    /// The status code, 100 to 999. One that is not known counts as the first
    /// of its hundred, and from 600 on as 500 ([RFC 9110, section
    /// 15](https://www.rfc-editor.org/rfc/rfc9110#section-15)).
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// The reason phrase, which means nothing.
    pub fn reason(&self) -> &'a [u8] {
        self.head.word.of(self.bytes)
    }

    /// The version.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// The fields, in order.
    pub fn fields(&self) -> Fields<'a> {
        self.head.fields(self.bytes)
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status())
            .field("reason", &String::from_utf8_lossy(self.reason()))
            .field("version", &self.version())
            .field("fields", &self.fields())
            .finish()
    }
}

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name, as it was written: a token. Upper and lower case are the
    /// same.
    pub name: &'a str,
    /// The value, white space around it taken off: no control bytes but TAB.
    pub value: &'a [u8],
}

/// A name that should be there once at most, and is there again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated;

impl fmt::Display for Repeated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field repeated")
    }
}

impl std::error::Error for Repeated {}

/// The fields of a section.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    bytes: &'a [u8],
    places: &'a [Place],
}

impl<'a> Fields<'a> {
    /// No fields.
    pub const EMPTY: Fields<'static> = Fields {
        bytes: &[],
        places: &[],
    };

    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let Fields { bytes, places } = *self;
        places.iter().map(move |place| Field {
            name: place.name.text(bytes),
            value: place.value.of(bytes),
        })
    }

    /// Names and values as bytes: what [`Fields::iter`] gives, without a look
    /// at each name.
    pub fn raw(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let Fields { bytes, places } = *self;
        places
            .iter()
            .map(move |place| (place.name.of(bytes), place.value.of(bytes)))
    }

    /// The values of every field called `name`, in order.
    pub fn all<'n>(
        &self,
        name: &'n str,
    ) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.raw()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// The value of the first field called `name`.
    pub fn first(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The value of the field called `name`, if there is one.
    ///
    /// # Errors
    /// [`Repeated`] when there are more. Where one reader would take the
    /// first and another the last, take neither.
    pub fn only(&self, name: &str) -> Result<Option<&'a [u8]>, Repeated> {
        let mut all = self.all(name);
        match (all.next(), all.next()) {
            (value, None) => Ok(value),
            _ => Err(Repeated),
        }
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self
            .iter()
            .map(|field| (field.name, String::from_utf8_lossy(field.value)));
        f.debug_list().entries(fields).finish()
    }
}

#[cfg(test)]
mod tests;
