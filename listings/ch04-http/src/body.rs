//! Content: as long as announced, or in chunks ([RFC 9112, section
//! 7.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1)).

use ch02_concepts::fields::is_token_byte;

use crate::fault::Fault;
use crate::framing::Framing;
use crate::head::{Fields, Head};
use crate::limits::Limits;

/// A piece of content.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// Bytes of it.
    Data(&'a [u8]),
    /// Its end, and the trailer fields of a chunked one.
    End(Fields<'a>),
    /// Nothing before more bytes arrive.
    More,
}

/// Takes content out of its framing.
#[derive(Debug, Clone)]
pub struct Decoder {
    state: State,
    /// How much content there has been.
    length: u64,
    /// How much the first lines of chunks had beside their sizes.
    extensions: usize,
}

// ANCHOR: state
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// This much content is left.
    Length(u64),
    /// The first line of a chunk comes next.
    Chunk,
    /// This much of a chunk is left.
    Data(u64),
    /// The CR LF behind a chunk comes next.
    ChunkEnd,
    /// The trailer section comes next.
    Trailer,
    /// Content is all there is.
    UntilClose,
}
// ANCHOR_END: state

impl Decoder {
    /// For content that is framed like this.
    pub fn new(framing: Framing) -> Self {
        Decoder {
            state: match framing {
                Framing::Length(length) => State::Length(length),
                Framing::Chunked => State::Chunk,
                Framing::UntilClose | Framing::Tunnel => State::UntilClose,
            },
            length: 0,
            extensions: 0,
        }
    }

    /// How much content there has been, in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether there is nothing left but to say so.
    pub fn is_done(&self) -> bool {
        self.state == State::Length(0)
    }

    /// Whether the end of the stream is the end of this content.
    pub fn ends_with_stream(&self) -> bool {
        self.state == State::UntilClose
    }

    /// The stream has ended, and `unread` is what was left of it.
    ///
    /// # Errors
    /// [`Fault::CutOff`] if that is not the end of this content; or what is
    /// wrong with a trailer field that has no end, and would have been found
    /// there.
    pub fn ended(&self, unread: &[u8], limits: &Limits) -> Result<(), Fault> {
        if self.ends_with_stream() {
            return Ok(());
        }
        self.clone().next(unread, &mut Head::default(), limits)?;
        Err(Fault::CutOff)
    }

    /// Takes the next piece from the front of `input`: what it is, and how
    /// many bytes it took there. What it leaves has to be there again the next
    /// time, at most a trailer section or the first line of a chunk.
    ///
    /// # Errors
    /// See [`Fault`]. After an error the stream is out of step.
    // ANCHOR: next
    pub fn next<'a>(
        &mut self,
        input: &'a [u8],
        trailer: &'a mut Head,
        limits: &Limits,
    ) -> Result<(usize, Piece<'a>), Fault> {
        let mut taken = 0;
        loop {
            let rest = &input[taken..];
            match self.state {
                State::Length(0) => {
                    return Ok((taken, Piece::End(Fields::EMPTY)));
                }
                State::Length(left) | State::Data(left) => {
                    return self.data(rest, taken, left);
                }
                State::UntilClose => {
                    let left = limits.body.saturating_sub(self.length);
                    if left == 0 && !rest.is_empty() {
                        return Err(Fault::BodyTooLong);
                    }
                    return self.data(rest, taken, left);
                }
                State::Chunk => match chunk_line(rest, limits)? {
                    Some(line) => {
                        self.begin(&line, limits)?;
                        taken += line.len;
                    }
                    None => return Ok((taken, Piece::More)),
                },
                State::ChunkEnd => match chunk_end(rest)? {
                    true => {
                        self.state = State::Chunk;
                        taken += 2;
                    }
                    false => return Ok((taken, Piece::More)),
                },
                State::Trailer => {
                    return match trailer.read_trailer(rest, limits)? {
                        Some(len) => {
                            let fields = checked(trailer.fields(rest))?;
                            self.state = State::Length(0);
                            Ok((taken + len, Piece::End(fields)))
                        }
                        None => Ok((taken, Piece::More)),
                    };
                }
            }
        }
    }
    // ANCHOR_END: next

    fn data<'a>(
        &mut self,
        rest: &'a [u8],
        taken: usize,
        left: u64,
    ) -> Result<(usize, Piece<'a>), Fault> {
        if rest.is_empty() {
            return Ok((taken, Piece::More));
        }
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        let left = left - take as u64;
        self.state = match self.state {
            State::Length(_) => State::Length(left),
            State::Data(_) if left > 0 => State::Data(left),
            State::Data(_) => State::ChunkEnd,
            state => state,
        };
        self.length = self.length.saturating_add(take as u64);
        Ok((taken + take, Piece::Data(&rest[..take])))
    }

    fn begin(
        &mut self,
        line: &ChunkLine,
        limits: &Limits,
    ) -> Result<(), Fault> {
        self.extensions = self.extensions.saturating_add(line.extension);
        if self.extensions > limits.chunk_extensions {
            return Err(Fault::ChunkLineTooLong);
        }
        if line.size > limits.body.saturating_sub(self.length) {
            return Err(Fault::BodyTooLong);
        }
        self.state = match line.size {
            0 => State::Trailer,
            size => State::Data(size),
        };
        Ok(())
    }
}

/// The first line of a chunk.
#[derive(Debug, PartialEq, Eq)]
struct ChunkLine {
    /// How long the chunk is.
    size: u64,
    /// How long the line is, its end included.
    len: usize,
    /// How much of it is extensions.
    extension: usize,
}

/// More than these cannot be a number of 64 bits, unless they are zeros that
/// nobody needs.
const DIGITS: usize = 16;

// ANCHOR: chunk_line
/// Reads `1a` or `1a;name=value`, and CR LF; `None` if it is not whole.
fn chunk_line(
    bytes: &[u8],
    limits: &Limits,
) -> Result<Option<ChunkLine>, Fault> {
    // The longest line, and the CR that has to come behind it at the latest.
    let line = limits.chunk_line.saturating_add(1).min(bytes.len());
    let line = &bytes[..line];
    let (mut digits, mut size) = (0, 0);
    while let Some(digit) = line.get(digits).and_then(|b| hex(*b)) {
        if digits == DIGITS {
            return Err(Fault::ChunkSizeTooLong);
        }
        size = size << 4 | u64::from(digit);
        digits += 1;
    }
    let end = match line.get(digits) {
        Some(b'\r' | b'\n') if digits == 0 => return Err(Fault::NoChunkSize),
        Some(b';' | b' ' | b'\t') if digits > 0 => extensions(line, digits)?,
        Some(b'\r' | b'\n') => Some(digits),
        Some(byte) => return Err(Fault::ChunkSizeByte(*byte)),
        None => None,
    };
    let Some(end) = end else {
        return match bytes.get(limits.chunk_line) {
            Some(_) => Err(Fault::ChunkLineTooLong),
            None => Ok(None),
        };
    };
    match bytes[end..] {
        [b'\r'] => Ok(None),
        [b'\r', b'\n', ..] => Ok(Some(ChunkLine {
            size,
            len: end + 2,
            extension: end - digits,
        })),
        // A CR alone, or an LF.
        _ if end > digits => Err(Fault::ChunkExtension(bytes[end])),
        _ => Err(Fault::ChunkSizeByte(bytes[end])),
    }
}
// ANCHOR_END: chunk_line

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// Where the extensions end that begin at `at`: `*( BWS ";" BWS name [ BWS "="
/// BWS ( token / quoted-string ) ] )` ([RFC 9112, section
/// 7.1.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1)). `None` if
/// they are not whole. They mean nothing to us.
fn extensions(line: &[u8], mut at: usize) -> Result<Option<usize>, Fault> {
    loop {
        let before = at;
        at = blanks(line, at);
        match line.get(at) {
            Some(b';') => at = blanks(line, at + 1),
            Some(b'\r' | b'\n') if at == before => return Ok(Some(at)),
            Some(b'\r' | b'\n') => {
                return Err(Fault::ChunkExtension(line[before]));
            }
            Some(byte) => return Err(Fault::ChunkExtension(*byte)),
            None => return Ok(None),
        }
        let Some(name) = token(line, at)? else {
            return Ok(None);
        };
        at = name;
        let equals = blanks(line, at);
        if line.get(equals) == Some(&b'=') {
            at = blanks(line, equals + 1);
            let end = match line.get(at) {
                Some(b'"') => quoted(line, at + 1)?,
                _ => token(line, at)?,
            };
            let Some(end) = end else {
                return Ok(None);
            };
            at = end;
        } else if equals == line.len() {
            return Ok(None);
        }
    }
}

fn blanks(line: &[u8], at: usize) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count()
}

/// Where a token ends.
fn token(line: &[u8], at: usize) -> Result<Option<usize>, Fault> {
    let rest = line.get(at..).unwrap_or_default();
    let len = rest.iter().take_while(|byte| is_token_byte(**byte)).count();
    match rest.get(len) {
        None => Ok(None),
        Some(_) if len > 0 => Ok(Some(at + len)),
        Some(byte) => Err(Fault::ChunkExtension(*byte)),
    }
}

/// Where a quoted string ends whose first quote is before `at` ([RFC 9110,
/// section
/// 5.6.4](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.4)).
fn quoted(line: &[u8], mut at: usize) -> Result<Option<usize>, Fault> {
    loop {
        let byte = match line.get(at) {
            Some(b'"') => return Ok(Some(at + 1)),
            Some(b'\\') => {
                at += 1;
                line.get(at)
            }
            byte => byte,
        };
        match byte {
            None => return Ok(None),
            Some(byte) if byte.is_ascii_control() && *byte != b'\t' => {
                return Err(Fault::ChunkExtension(*byte));
            }
            Some(_) => at += 1,
        }
    }
}

/// Whether CR LF is there, as it has to be behind a chunk.
fn chunk_end(bytes: &[u8]) -> Result<bool, Fault> {
    match bytes {
        [] | [b'\r'] => Ok(false),
        [b'\r', b'\n', ..] => Ok(true),
        [b'\r', byte, ..] | [byte, ..] => Err(Fault::ChunkEnd(*byte)),
    }
}

/// Refuses trailer fields that would change what the message was ([RFC 9110,
/// section 6.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-6.5.1)).
fn checked(fields: Fields<'_>) -> Result<Fields<'_>, Fault> {
    const FRAMING: [&str; 5] = [
        "content-length",
        "transfer-encoding",
        "host",
        "connection",
        "trailer",
    ];
    let frames = |name: &str| {
        FRAMING
            .iter()
            .any(|frames| name.eq_ignore_ascii_case(frames))
    };
    match fields.iter().any(|field| frames(field.name)) {
        true => Err(Fault::FramingInTrailer),
        false => Ok(fields),
    }
}

#[cfg(test)]
mod tests;
