//! Header fields of mail and HTTP, without I/O (2.3).
//!
//! Both protocols begin with lines such as `Subject: hello`, up to an empty
//! one: the header section. [`Parser`] finds it in a buffer that grows, and
//! [`Fields`] are what stands in it, borrowed from that buffer. This is what
//! Go's `net/textproto` does.
//!
//! - Mail: [RFC 5322, section
//!   2.2](https://www.rfc-editor.org/rfc/rfc5322#section-2.2);
//! - HTTP: [RFC 9110, section
//!   5](https://www.rfc-editor.org/rfc/rfc9110#section-5), and [RFC 9112,
//!   section 5](https://www.rfc-editor.org/rfc/rfc9112#section-5).
//!
//! It is strict where two readers of the same bytes could differ: a line ends
//! with CR LF alone, a name is a token with the colon right behind it, and
//! control characters are refused, TAB excepted. In names that is stricter
//! than mail's own rules: they let every printable ASCII byte but the colon
//! stand in a name (RFC 5322, section 3.6.8), and in obsolete mail a space
//! before the colon (section 4.5).

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::mem;
use std::ops::Range;

use memchr::memchr;

/// Whose rules apply where mail and HTTP differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A line that begins with a space or TAB goes on with the field before
    /// it ([RFC 5322, section
    /// 2.2.3](https://www.rfc-editor.org/rfc/rfc5322#section-2.2.3)).
    Mail,
    /// Such a line is refused ([RFC 9112, section
    /// 5.2](https://www.rfc-editor.org/rfc/rfc9112#section-5.2)).
    Http,
}

/// How much a header section may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest line, in bytes, CR LF not counted. In mail 998 is the
    /// longest allowed ([RFC 5322, section
    /// 2.1.1](https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1)).
    pub line: usize,
    /// The longest section, in bytes, every CR LF counted.
    pub section: usize,
    /// The largest number of fields.
    pub fields: usize,
}

impl Default for Limits {
    /// 8 KiB a line, 32 KiB in all, 100 fields.
    fn default() -> Self {
        Limits {
            line: 8 << 10,
            section: 32 << 10,
            fields: 100,
        }
    }
}

/// Why bytes are no header section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldsError {
    /// In which line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It ends with LF alone.
    BareLf,
    /// A control character, among them NUL and a CR without LF.
    Control(u8),
    /// It goes on with the field before it, which HTTP does not allow.
    Folded,
    /// It goes on with the field before it, and there is none.
    FoldedFirst,
    /// There is no colon.
    NoColon,
    /// There is nothing before the colon.
    NoName,
    /// A space or TAB between name and colon.
    SpaceBeforeColon,
    /// A byte that cannot be in a name.
    Name(u8),
    /// It is longer than [`Limits::line`].
    LineTooLong,
    /// With it the section is longer than [`Limits::section`].
    SectionTooLong,
    /// With it there are more fields than [`Limits::fields`].
    TooManyFields,
    /// The bytes end before the section does.
    CutOff,
}

impl fmt::Display for FieldsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "header line {}: ", self.line)?;
        match self.fault {
            Fault::BareLf => f.write_str("LF without CR"),
            Fault::Control(byte) => write!(f, "control character {byte:#04x}"),
            Fault::Folded => f.write_str("folded line"),
            Fault::FoldedFirst => f.write_str("folded line without a field"),
            Fault::NoColon => f.write_str("no colon"),
            Fault::NoName => f.write_str("no name"),
            Fault::SpaceBeforeColon => f.write_str("space before the colon"),
            Fault::Name(byte) => write!(f, "byte {byte:#04x} in a name"),
            Fault::LineTooLong => f.write_str("line too long"),
            Fault::SectionTooLong => f.write_str("header section too long"),
            Fault::TooManyFields => f.write_str("too many fields"),
            Fault::CutOff => f.write_str("cut off"),
        }
    }
}

impl Error for FieldsError {}

/// One field: a name and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name, as it was written. Upper and lower case are the same.
    pub name: &'a str,
    /// The value as it was written, white space around it taken off. What
    /// holds a folded line holds its CR LF.
    pub raw: &'a [u8],
}

impl<'a> Field<'a> {
    /// The value, its lines unfolded: every CR LF taken out, the white space
    /// behind it left in. It is borrowed where nothing was folded, which is
    /// always so in HTTP.
    // ANCHOR: value
    pub fn value(&self) -> Cow<'a, [u8]> {
        if memchr(b'\r', self.raw).is_none() {
            return Cow::Borrowed(self.raw);
        }
        let is_kept = |byte: &u8| !matches!(byte, b'\r' | b'\n');
        Cow::Owned(self.raw.iter().copied().filter(is_kept).collect())
    }
    // ANCHOR_END: value
}

/// A name that was to be there once at most, and is there again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated;

impl fmt::Display for Repeated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field repeated")
    }
}

impl Error for Repeated {}

/// A whole header section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields<'a> {
    fields: Vec<Field<'a>>,
    len: usize,
}

impl<'a> Fields<'a> {
    /// How many bytes the section takes, the empty line that ends it
    /// included: there the body begins.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no byte of a section, not even its empty line.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = Field<'a>> {
        self.fields.iter().copied()
    }

    /// Every field called `name`, in order. Their order matters, that among
    /// different names does not ([RFC 9110, section
    /// 5.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.3)).
    pub fn all(&self, name: &str) -> impl Iterator<Item = Field<'a>> {
        self.iter().filter(move |field| is_same_name(field, name))
    }

    /// The first field called `name`.
    pub fn first(&self, name: &str) -> Option<Field<'a>> {
        self.all(name).next()
    }

    /// The field called `name`, if there is one.
    ///
    /// # Errors
    /// [`Repeated`] when there are more. Where one reader would take the
    /// first and another the last, as with `Content-Length`, take neither.
    pub fn only(&self, name: &str) -> Result<Option<Field<'a>>, Repeated> {
        let mut all = self.all(name);
        match (all.next(), all.next()) {
            (field, None) => Ok(field),
            _ => Err(Repeated),
        }
    }
}

fn is_same_name(field: &Field<'_>, name: &str) -> bool {
    field.name.eq_ignore_ascii_case(name)
}

/// Finds a header section in a buffer that grows. It keeps the places of the
/// fields and none of the bytes, and looks at each byte once.
#[derive(Debug, Clone)]
pub struct Parser {
    dialect: Dialect,
    limits: Limits,
    found: Found,
}

/// What the lines so far have shown.
#[derive(Debug, Clone, Default)]
struct Found {
    places: Vec<Place>,
    /// How many lines.
    lines: usize,
    /// Where the next line begins.
    line_start: usize,
    /// How far it was searched for its end.
    searched: usize,
}

/// Where in the section a field stands.
#[derive(Debug, Clone)]
struct Place {
    name: Range<usize>,
    value: Range<usize>,
}

impl Parser {
    /// For sections of `dialect`, within `limits`.
    pub fn new(dialect: Dialect, limits: Limits) -> Self {
        Parser {
            dialect,
            limits,
            found: Found::default(),
        }
    }

    /// Finds the section at the front of `bytes`; `None` when more of it has
    /// to arrive. Call it then with the same bytes and more behind them.
    /// Afterwards the parser is ready for another section.
    ///
    /// # Errors
    /// See [`Fault`]; a line is refused as soon as it is there. After an
    /// error the stream is out of step, and so is the parser.
    // ANCHOR: parse
    pub fn parse<'a>(
        &mut self,
        bytes: &'a [u8],
    ) -> Result<Option<Fields<'a>>, FieldsError> {
        loop {
            let rest = &bytes[self.found.searched..];
            let Some(lf) = memchr(b'\n', rest) else {
                self.found.searched = bytes.len();
                let line = &bytes[self.found.line_start..];
                self.check_length(without_cr(line))?;
                return Ok(None);
            };
            let end = self.found.searched + lf;
            let line = &bytes[self.found.line_start..end];
            self.check_length(without_cr(line))?;
            let line =
                line.strip_suffix(b"\r").ok_or(self.error(Fault::BareLf))?;
            self.take_line(line)?;
            self.found.lines += 1;
            self.found.line_start = end + 1;
            self.found.searched = end + 1;
            if line.is_empty() {
                return Ok(Some(self.finish(bytes)));
            }
        }
    }
    // ANCHOR_END: parse

    /// Says that `bytes` are all there is. A mail may have no body, and then
    /// no empty line before it.
    ///
    /// # Errors
    /// As [`Parser::parse`], and [`Fault::CutOff`].
    pub fn end<'a>(
        &mut self,
        bytes: &'a [u8],
    ) -> Result<Fields<'a>, FieldsError> {
        if let Some(fields) = self.parse(bytes)? {
            return Ok(fields);
        }
        let is_between_lines = self.found.line_start == bytes.len();
        if self.dialect == Dialect::Mail && is_between_lines {
            return Ok(self.finish(bytes));
        }
        Err(self.error(Fault::CutOff))
    }

    fn finish<'a>(&mut self, bytes: &'a [u8]) -> Fields<'a> {
        let found = mem::take(&mut self.found);
        let field = |place: Place| Field {
            name: str::from_utf8(&bytes[place.name]).expect("a token is ASCII"),
            raw: trim(&bytes[place.value]),
        };
        Fields {
            fields: found.places.into_iter().map(field).collect(),
            len: found.line_start,
        }
    }

    fn error(&self, fault: Fault) -> FieldsError {
        FieldsError {
            line: self.found.lines + 1,
            fault,
        }
    }

    /// Refuses a line, whole or not, that is too long. The answer depends on
    /// the line alone, and not on how much of it has arrived.
    fn check_length(&self, line: &[u8]) -> Result<(), FieldsError> {
        let left = self.limits.section.saturating_sub(self.found.line_start);
        let (max, fault) = match left.checked_sub(2) {
            Some(left) if left >= self.limits.line => {
                (self.limits.line, Fault::LineTooLong)
            }
            Some(left) => (left, Fault::SectionTooLong),
            None => return Err(self.error(Fault::SectionTooLong)),
        };
        if line.len() > max {
            return Err(self.error(fault));
        }
        Ok(())
    }

    fn take_line(&mut self, line: &[u8]) -> Result<(), FieldsError> {
        let is_bad = |b: &&u8| b.is_ascii_control() && **b != b'\t';
        if let Some(&byte) = line.iter().find(is_bad) {
            return Err(self.error(Fault::Control(byte)));
        }
        match line.first() {
            None => Ok(()),
            Some(b' ' | b'\t') => self.take_fold(line),
            Some(_) => self.take_field(line),
        }
    }

    fn take_fold(&mut self, line: &[u8]) -> Result<(), FieldsError> {
        if self.dialect == Dialect::Http {
            return Err(self.error(Fault::Folded));
        }
        let end = self.found.line_start + line.len();
        match self.found.places.last_mut() {
            Some(place) => place.value.end = end,
            None => return Err(self.error(Fault::FoldedFirst)),
        }
        Ok(())
    }

    // ANCHOR: take_field
    fn take_field(&mut self, line: &[u8]) -> Result<(), FieldsError> {
        let colon = memchr(b':', line).ok_or(self.error(Fault::NoColon))?;
        let name = &line[..colon];
        match name.iter().find(|&&byte| !is_token_byte(byte)) {
            None if name.is_empty() => Err(self.error(Fault::NoName)),
            None => Ok(()),
            Some(b' ' | b'\t') if is_token(name.trim_ascii_end()) => {
                Err(self.error(Fault::SpaceBeforeColon))
            }
            Some(&byte) => Err(self.error(Fault::Name(byte))),
        }?;
        if self.found.places.len() >= self.limits.fields {
            return Err(self.error(Fault::TooManyFields));
        }
        let start = self.found.line_start;
        self.found.places.push(Place {
            name: start..start + colon,
            value: start + colon + 1..start + line.len(),
        });
        Ok(())
    }
    // ANCHOR_END: take_field
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// OWS of [RFC 9110, section
/// 5.6.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3), and the line
/// ends of folded lines.
fn trim(value: &[u8]) -> &[u8] {
    let is_kept = |b: &u8| !matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    match (
        value.iter().position(is_kept),
        value.iter().rposition(is_kept),
    ) {
        (Some(first), Some(last)) => &value[first..=last],
        _ => &[],
    }
}

/// `tchar` of [RFC 9110, section
/// 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
pub const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.')
        || matches!(byte, b'^'..=b'`' | b'|' | b'~')
}

/// `token` of the same section.
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_token_byte(byte))
}

/// A cookie as a browser sends it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cookie<'a> {
    /// The name; upper and lower case differ.
    pub name: &'a str,
    /// The value, quotes included if there are any.
    pub value: &'a str,
}

/// Why a piece of a `Cookie` field is no cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieError {
    /// There is no `=`.
    NoEquals,
    /// The name is not a token.
    Name,
    /// A byte that cannot be in a value.
    Value(u8),
}

impl fmt::Display for CookieError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CookieError::NoEquals => f.write_str("a cookie without ="),
            CookieError::Name => f.write_str("bad cookie name"),
            CookieError::Value(byte) => {
                write!(f, "byte {byte:#04x} in a cookie's value")
            }
        }
    }
}

impl Error for CookieError {}

/// The cookies in the value of a `Cookie` field, in order
/// ([RFC 6265, section
/// 4.2.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1)).
///
/// Each stands alone: a browser sends what any server of the domain has set,
/// and one odd cookie need not spoil the others. A name may come twice, and
/// the order says nothing a server should rely on (section 4.2.2).
// ANCHOR: cookies
pub fn cookies(
    value: &[u8],
) -> impl Iterator<Item = Result<Cookie<'_>, CookieError>> {
    value
        .split(|&byte| byte == b';')
        .map(trim)
        .filter(|pair| !pair.is_empty())
        .map(cookie)
}

fn cookie(pair: &[u8]) -> Result<Cookie<'_>, CookieError> {
    let equals = memchr(b'=', pair).ok_or(CookieError::NoEquals)?;
    let (name, value) = (&pair[..equals], &pair[equals + 1..]);
    if !is_token(name) {
        return Err(CookieError::Name);
    }
    let unquoted = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""))
        .unwrap_or(value);
    let is_bad = |b: &&u8| !b.is_ascii_graphic() || b"\",;\\".contains(b);
    if let Some(&byte) = unquoted.iter().find(is_bad) {
        return Err(CookieError::Value(byte));
    }
    let text = |bytes| str::from_utf8(bytes).expect("both are ASCII");
    Ok(Cookie {
        name: text(name),
        value: text(value),
    })
}
// ANCHOR_END: cookies

#[cfg(test)]
mod tests;
