//! Readers of requests that are lax on purpose. **Not for use**: the page on
//! request smuggling and its tests hold what these see against what
//! [`reader`](crate::reader) sees.
//!
//! Each habit is one that some server has had, and each was once called
//! robust: it makes the best of what comes. Two readers with different habits
//! make different things of it.

// ANCHOR: lax
/// A reader of requests, by its habits.
#[derive(Debug, Clone, Copy)]
pub struct Lax {
    /// Where a line of a head ends, …
    pub lines: Lines,
    /// … and the first line of a chunk.
    pub chunk_lines: Lines,
    /// Whether white space between name and colon is overlooked.
    pub trims_names: bool,
    /// Whether a line that begins with white space goes on with the value
    /// before it. Otherwise it is a field without a name.
    pub folds: bool,
    /// The number in a `Content-Length`; what is none counts as 0.
    pub number: fn(&str) -> u64,
    /// Which one counts, of more than one line of a name.
    pub repeated: Which,
    /// Whether a value of `Transfer-Encoding` says chunked.
    pub is_chunked: fn(&str) -> bool,
    /// Whether a coding counts in HTTP/1.0 too.
    pub old_codings: bool,
    /// Which one counts, if there are both.
    pub winner: Winner,
    /// Whether GET can have content.
    pub get_has_content: bool,
    /// The size in a chunk's first line.
    pub size: fn(&str) -> u64,
    /// What stands behind a chunk.
    pub chunk_end: ChunkEnd,
    /// Whether trailer fields count as if they had been in the header.
    pub merges_trailers: bool,
}
// ANCHOR_END: lax

/// Where a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// At CR LF.
    CrLf,
    /// At any LF; a CR in front of it belongs to the end.
    Lf,
    /// At any CR or LF.
    CrOrLf,
}

/// One of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The first.
    First,
    /// The last.
    Last,
}

/// Which field says where the content ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Winner {
    /// `Content-Length`.
    Length,
    /// `Transfer-Encoding`.
    Coding,
}

/// What a reader does behind the data of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkEnd {
    /// Skips two bytes, whatever they are.
    Two,
    /// Skips CR LF if it is there.
    IfThere,
}

/// A reader that is lax nowhere in particular, to change one habit of.
pub const PLAIN: Lax = Lax {
    lines: Lines::CrLf,
    chunk_lines: Lines::CrLf,
    trims_names: false,
    folds: false,
    number: number::digits,
    repeated: Which::Last,
    is_chunked: coding::exact,
    old_codings: true,
    winner: Winner::Coding,
    get_has_content: true,
    size: size::first,
    chunk_end: ChunkEnd::Two,
    merges_trailers: false,
};

/// As [`PLAIN`], but of the two fields the length wins.
pub const BY_LENGTH: Lax = Lax {
    winner: Winner::Length,
    ..PLAIN
};

/// A request, as a lax reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The first line.
    pub line: String,
    /// The field lines, as far as it can tell.
    pub fields: Vec<(String, String)>,
    /// The content.
    pub content: Vec<u8>,
    /// Whether all of it is there; if not, the reader waits.
    pub is_whole: bool,
}

impl Seen {
    /// The value of a field, its name in lower case; empty if there is none.
    pub fn field(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(n, _)| n == name);
        field.map_or("", |(_, value)| value)
    }
}

impl Lax {
    /// What it takes the bytes of a connection for.
    pub fn requests(&self, mut stream: &[u8]) -> Vec<Seen> {
        let mut all = Vec::new();
        while let Some((seen, rest)) = self.request(stream) {
            stream = rest;
            let is_whole = seen.is_whole;
            all.push(seen);
            if !is_whole {
                break;
            }
        }
        all
    }

    /// The first request in it, and the bytes behind. `None` before its head
    /// is whole.
    // ANCHOR: request
    pub fn request<'a>(&self, mut rest: &'a [u8]) -> Option<(Seen, &'a [u8])> {
        while let Some(behind) = rest.strip_prefix(b"\r\n") {
            rest = behind;
        }
        let line = take_line(&mut rest, self.lines)?;
        let fields = self.fields(&mut rest)?;
        let mut seen = Seen {
            line,
            fields,
            content: Vec::new(),
            is_whole: false,
        };
        seen.is_whole = self.content(&mut seen, &mut rest).is_some();
        Some((seen, rest))
    }

    /// Puts the content into `seen`. `None`: more has to come.
    fn content(&self, seen: &mut Seen, rest: &mut &[u8]) -> Option<()> {
        let length = self.value(&seen.fields, "content-length");
        let coding = self.value(&seen.fields, "transfer-encoding");
        let old = seen.line.ends_with("1.0") && !self.old_codings;
        let chunked = coding.is_some_and(self.is_chunked) && !old;
        if seen.line.starts_with("GET") && !self.get_has_content {
            return Some(());
        }
        match length.map(self.number) {
            Some(number) if !chunked || self.winner == Winner::Length => {
                take(rest, number, &mut seen.content)
            }
            _ if chunked => self.chunks(seen, rest),
            _ => Some(()),
        }
    }
    // ANCHOR_END: request

    fn chunks(&self, seen: &mut Seen, rest: &mut &[u8]) -> Option<()> {
        loop {
            let line = take_line(rest, self.chunk_lines)?;
            let size = (self.size)(&line);
            if size == 0 {
                break;
            }
            take(rest, size, &mut seen.content)?;
            match (self.chunk_end, rest.strip_prefix(b"\r\n")) {
                (_, Some(behind)) => *rest = behind,
                (ChunkEnd::Two, None) => *rest = rest.get(2..)?,
                (ChunkEnd::IfThere, None) => {}
            }
        }
        let trailer = self.fields(rest)?;
        let length = self.value(&trailer, "content-length");
        match length.filter(|_| self.merges_trailers) {
            Some(length) => {
                take(rest, (self.number)(length), &mut seen.content)
            }
            None => Some(()),
        }
    }

    /// Field lines, up to the empty one.
    fn fields(&self, rest: &mut &[u8]) -> Option<Vec<(String, String)>> {
        let mut fields: Vec<(String, String)> = Vec::new();
        loop {
            let line = take_line(rest, self.lines)?;
            if line.is_empty() {
                return Some(fields);
            }
            if self.folds
                && line.starts_with([' ', '\t'])
                && let Some((_, value)) = fields.last_mut()
            {
                *value = format!("{value}{line}").trim().to_owned();
                continue;
            }
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            let name = match self.trims_names {
                true => name.trim(),
                false => name,
            };
            let value = value.trim_matches(' ');
            fields.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }

    fn value<'f>(
        &self,
        fields: &'f [(String, String)],
        name: &str,
    ) -> Option<&'f str> {
        let mut all = fields.iter().filter(|(n, _)| n == name);
        let field = match self.repeated {
            Which::First => all.next(),
            Which::Last => all.next_back(),
        };
        field.map(|(_, value)| value.as_str())
    }
}

/// Takes a line off the front.
fn take_line(rest: &mut &[u8], lines: Lines) -> Option<String> {
    let end = match lines {
        Lines::CrLf => rest.windows(2).position(|two| two == b"\r\n")?,
        Lines::Lf => rest.iter().position(|byte| *byte == b'\n')?,
        Lines::CrOrLf => {
            rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?
        }
    };
    let line = &rest[..end];
    let behind = &rest[end..];
    *rest = match behind {
        [b'\r', b'\n', behind @ ..] | [_, behind @ ..] => behind,
        [] => behind,
    };
    let line = match lines {
        Lines::Lf => line.strip_suffix(b"\r").unwrap_or(line),
        _ => line,
    };
    Some(String::from_utf8_lossy(line).into_owned())
}

/// Takes up to `size` bytes off the front; `None` if there are fewer.
fn take(rest: &mut &[u8], size: u64, out: &mut Vec<u8>) -> Option<()> {
    let there = rest.len();
    let len = usize::try_from(size).unwrap_or(usize::MAX).min(there);
    out.extend(&rest[..len]);
    *rest = &rest[len..];
    (size == len as u64).then_some(())
}

// ANCHOR: numbers
/// Ways to read a `Content-Length`.
pub mod number {
    /// Digits alone; anything else is 0.
    pub fn digits(text: &str) -> u64 {
        match text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => parse(text),
            false => 0,
        }
    }

    /// Rust's own way, which takes a `+`.
    pub fn parse(text: &str) -> u64 {
        text.parse().unwrap_or(0)
    }

    /// As C's `strtoull` with base 0 does: skips white space, takes a sign,
    /// takes `0x` for hexadecimal, stops where no digit is. (It stops at the
    /// largest number, too; this does not.)
    pub fn strtoull(text: &str) -> u64 {
        let text = text.trim_start_matches([' ', '\t', '\x0b', '\x0c']);
        let text = text.strip_prefix('+').unwrap_or(text);
        match text.strip_prefix("0x") {
            Some(hex) => first(hex, 16),
            None => first(text, 10),
        }
    }

    /// A loop that multiplies and adds, and forgets what does not fit.
    pub fn wrapping(text: &str) -> u64 {
        first(text, 10)
    }

    /// The digits in front, and of a number of more than 64 bits the last 64.
    pub fn first(text: &str, radix: u32) -> u64 {
        let digits = text.chars().map_while(|c| c.to_digit(radix));
        digits.fold(0, |number: u64, digit| {
            number.wrapping_mul(radix.into()).wrapping_add(digit.into())
        })
    }
}
// ANCHOR_END: numbers

/// Ways to read a `Transfer-Encoding`.
pub mod coding {
    /// The value is `chunked`.
    pub fn exact(value: &str) -> bool {
        value.eq_ignore_ascii_case("chunked")
    }

    /// The word is somewhere in it.
    pub fn anywhere(value: &str) -> bool {
        value.to_ascii_lowercase().contains("chunked")
    }

    /// The last element is, white space of any kind around it taken off.
    pub fn last(value: &str) -> bool {
        exact(value.rsplit(',').next().unwrap_or_default().trim())
    }
}

/// Ways to read the size in a chunk's first line.
pub mod size {
    use super::number;

    /// The digits in front, and of a number of more than 64 bits the last 64.
    pub fn first(line: &str) -> u64 {
        number::first(line, 16)
    }

    /// The same, but what is too large is the largest.
    pub fn saturating(line: &str) -> u64 {
        let digits = line.chars().take_while(char::is_ascii_hexdigit).count();
        match digits {
            0..=16 => first(line),
            _ => u64::MAX,
        }
    }

    /// As C's `strtoull` with base 16 does.
    pub fn strtoull(line: &str) -> u64 {
        let line = line.trim_start();
        let line = line.strip_prefix('+').unwrap_or(line);
        first(line.strip_prefix("0x").unwrap_or(line))
    }

    /// Rust's own way: all of the line up to `;`, or 0.
    pub fn parse(line: &str) -> u64 {
        let digits = line.split(';').next().unwrap_or_default();
        u64::from_str_radix(digits, 16).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
