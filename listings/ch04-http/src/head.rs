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

use memchr::memrchr;
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
    /// How much of an unfinished head the last try saw, …
    tried: usize,
    /// … and how long the line may become in which it ended.
    cap: usize,
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

impl Span {
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
        str::from_utf8(self.of(bytes)).expect("checked to be ASCII")
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

/// What is wrong with a line that is too long, and with one that ends where
/// something is missing.
type Line = (Fault, Fault);

const FIRST: Line = (Fault::TargetTooLong, Fault::NoVersion);

impl Head {
    /// Reads the head of a request at the front of `bytes`: how long it is,
    /// or `None` when more of it has to arrive. Call it then with the same
    /// bytes and more behind them. One empty line in front is forgiven.
    ///
    /// At most [`Limits::head`] bytes are asked for. However the bytes
    /// arrive, the work is proportional to their number times that of lines.
    ///
    /// # Errors
    /// See [`Fault`]. A line is refused when its end is there, or when it is
    /// too long without one. Afterwards start with a new `Head`.
    // ANCHOR: request
    pub fn read_request(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Option<usize>, Fault> {
        self.read(bytes, |head| {
            let at = head.request_line(bytes, limits)?;
            head.section(bytes, at, limits)
        })
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
        self.read(bytes, |head| {
            let at = head.status_line(bytes, limits)?;
            head.section(bytes, at, limits)
        })
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
        self.read(bytes, |head| head.section(bytes, 0, limits))
    }

    // ANCHOR: again
    /// Reads from the start, but only if that can have another outcome than
    /// the last time: a line has ended since, or has become too long.
    fn read(
        &mut self,
        bytes: &[u8],
        read: impl FnOnce(&mut Self) -> Read<usize>,
    ) -> Result<Option<usize>, Fault> {
        let new = &bytes[self.tried.min(bytes.len())..];
        let first = self.tried == 0;
        let capped = bytes.len() > self.cap;
        if !first && !capped && memrchr(b'\n', new).is_none() {
            self.tried = bytes.len();
            return Ok(None);
        }
        self.fields.clear();
        self.target = Span::default();
        match read(self) {
            Ok(len) => {
                self.tried = 0;
                Ok(Some(len))
            }
            Err(Stop::More) => {
                self.tried = bytes.len();
                Ok(None)
            }
            Err(Stop::Bad(fault)) => Err(fault),
        }
    }
    // ANCHOR_END: again

    // ANCHOR: request_line
    fn request_line(&mut self, bytes: &[u8], limits: &Limits) -> Read<usize> {
        let start = empty_line(bytes)?;
        self.cap = start.saturating_add(limits.start_line);
        let line = self.line(bytes);

        let end = scan::token(line, start);
        if end - start > limits.method {
            return Err(Fault::MethodTooLong.into());
        }
        if end == start || self.byte(bytes, end) != Some(b' ') {
            return Err(self.odd(bytes, end, FIRST, Fault::MethodByte));
        }
        self.word = Span::new(start, end);

        let start = end + 1;
        let end = scan::target(line, start);
        if self.byte(bytes, end) != Some(b' ') {
            return Err(self.odd(bytes, end, FIRST, Fault::TargetByte));
        }
        self.target = Span::new(start, end);
        if !is_target(self.word.of(bytes), self.target.of(bytes)) {
            return Err(Fault::TargetForm.into());
        }
        let end = self.version(bytes, end + 1)?;
        self.line_end(bytes, end, Fault::TargetTooLong)
    }
    // ANCHOR_END: request_line

    fn status_line(&mut self, bytes: &[u8], limits: &Limits) -> Read<usize> {
        const CODE: Line = (Fault::TargetTooLong, Fault::StatusCode);
        self.cap = limits.start_line;
        let at = self.version(bytes, 0)?;
        if self.byte(bytes, at) != Some(b' ') {
            return Err(self.odd(bytes, at, CODE, |_| Fault::NoVersion));
        }
        self.status = 0;
        for place in at + 1..at + 4 {
            match self.byte(bytes, place) {
                // A code begins with its class, which is not 0.
                Some(digit @ b'0'..=b'9')
                    if self.status > 0 || digit > b'0' =>
                {
                    self.status = self.status * 10 + u16::from(digit - b'0');
                }
                _ => {
                    let fault = |_| Fault::StatusCode;
                    return Err(self.odd(bytes, place, CODE, fault));
                }
            }
        }
        let mut end = at + 4;
        self.word = Span::new(end, end);
        if self.byte(bytes, end) == Some(b' ') {
            let start = end + 1;
            end = scan::value(self.line(bytes), start);
            self.word = Span::new(start, end);
        }
        let otherwise = match end < self.cap {
            true => Fault::StatusCode,
            false => Fault::TargetTooLong,
        };
        self.line_end(bytes, end, otherwise)
    }

    /// Reads `HTTP/1.1`, and where it ends.
    fn version(&mut self, bytes: &[u8], at: usize) -> Read<usize> {
        let end = at + b"HTTP/1.1".len();
        self.version = match bytes.get(at..end) {
            Some(b"HTTP/1.1") => Version::Http11,
            Some(b"HTTP/1.0") => Version::Http10,
            _ => return Err(self.not_a_version(bytes, at)),
        };
        match end <= self.cap {
            true => Ok(end),
            false => Err(Fault::TargetTooLong.into()),
        }
    }

    #[cold]
    fn not_a_version(&self, bytes: &[u8], at: usize) -> Stop {
        let mut digits = [0; 2];
        for (place, want) in (at..).zip(b"HTTP/x.y") {
            match (want, bytes.get(place)) {
                (b'x', Some(b'0'..=b'9')) => digits[0] = bytes[place] - b'0',
                (b'y', Some(b'0'..=b'9')) => digits[1] = bytes[place] - b'0',
                (want, Some(byte)) if want == byte => {}
                _ => {
                    return self.odd(bytes, place, FIRST, |_| Fault::NoVersion);
                }
            }
        }
        Fault::Version(digits[0], digits[1]).into()
    }

    // ANCHOR: section
    fn section(
        &mut self,
        bytes: &[u8],
        start: usize,
        limits: &Limits,
    ) -> Read<usize> {
        // Behind the last line come its CR LF and an empty line.
        let last = start.saturating_add(limits.section).saturating_sub(4);
        let mut at = start;
        loop {
            let line = at.saturating_add(limits.field_line);
            self.cap = line.min(last);
            let long = match line <= last {
                true => Fault::FieldTooLong,
                false => Fault::SectionTooLong,
            };
            let first = *bytes.get(at).ok_or(Stop::More)?;
            if first == b'\r' || first == b'\n' {
                return self.line_end(bytes, at, long);
            }
            if self.fields.len() >= limits.fields {
                return Err(Fault::TooManyFields.into());
            }
            at = self.field(bytes, at, long)?;
        }
    }

    fn field(&mut self, bytes: &[u8], at: usize, long: Fault) -> Read<usize> {
        let line = self.line(bytes);
        let colon = scan::token(line, at);
        if colon == at || self.byte(bytes, colon) != Some(b':') {
            return Err(self.not_a_name(bytes, at, colon, long));
        }
        let mut start = colon + 1;
        while matches!(line.get(start), Some(b' ' | b'\t')) {
            start += 1;
        }
        let stop = scan::value(line, start);
        let next = self.line_end(bytes, stop, long)?;
        let mut end = stop;
        while end > start && matches!(line[end - 1], b' ' | b'\t') {
            end -= 1;
        }
        self.fields.push(Place {
            name: Span::new(at, colon),
            value: Span::new(start, end),
        });
        Ok(next)
    }
    // ANCHOR_END: section

    /// What there is of the line, as far as it may go.
    fn line<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[..self.cap.min(bytes.len())]
    }

    /// The byte at `at`, unless the line has to have ended there.
    fn byte(&self, bytes: &[u8], at: usize) -> Option<u8> {
        bytes.get(at).copied().filter(|_| at < self.cap)
    }

    /// Reads CR LF, and where the next line begins. What else stands there is
    /// refused, `otherwise` if it is a byte that can be in a line.
    fn line_end(
        &self,
        bytes: &[u8],
        at: usize,
        otherwise: Fault,
    ) -> Read<usize> {
        match bytes.get(at..) {
            Some([b'\r', b'\n', ..]) => Ok(at + 2),
            _ => {
                Err(self.odd(bytes, at, (otherwise, otherwise), |_| otherwise))
            }
        }
    }

    /// Why the byte at `at` is not what it should be, if it is there.
    #[cold]
    fn odd(
        &self,
        bytes: &[u8],
        at: usize,
        (long, short): Line,
        otherwise: impl FnOnce(u8) -> Fault,
    ) -> Stop {
        Stop::Bad(match bytes.get(at..).unwrap_or_default() {
            [] | [b'\r'] => return Stop::More,
            [b'\r', b'\n', ..] => short,
            [b'\r', ..] => Fault::BareCr,
            [b'\n', ..] => Fault::BareLf,
            [..] if at >= self.cap => long,
            [byte, ..] if byte.is_ascii_control() && *byte != b'\t' => {
                Fault::Control(*byte)
            }
            [byte, ..] => otherwise(*byte),
        })
    }

    /// What is wrong with a field line that has no name with a colon behind
    /// it.
    #[cold]
    fn not_a_name(
        &self,
        bytes: &[u8],
        start: usize,
        end: usize,
        long: Fault,
    ) -> Stop {
        let blank = matches!(self.byte(bytes, end), Some(b' ' | b'\t'));
        if !blank || start == end {
            return self.odd(bytes, end, (long, Fault::NoColon), |byte| {
                match byte {
                    b' ' | b'\t' => Fault::Folded,
                    b':' => Fault::NoName,
                    byte => Fault::NameByte(byte),
                }
            });
        }
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let stop =
            bytes[end..].iter().take_while(|b| is_blank(b)).count() + end;
        if self.byte(bytes, stop) == Some(b':') {
            return Fault::SpaceBeforeColon.into();
        }
        let fault = Fault::NameByte(bytes[end]);
        self.odd(bytes, stop, (long, fault), |_| fault)
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
        _ => absolute(target).is_some_and(|(authority, _)| {
            !authority.is_empty() && is_authority(authority)
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
    host.iter().all(|byte| {
        byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(byte)
    })
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

    /// The first line, without its end: for a log.
    pub fn line(&self) -> &'a [u8] {
        let start = self.head.word.start as usize;
        // The version is behind one space, and always as long.
        &self.bytes[start..self.head.target.end as usize + 9]
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
