//! Domain names: as text, and in the form they have on the wire, compressed
//! or not.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::dns::{DecodeError, Problem};

/// The longest label, in octets (RFC 1035 §2.3.4).
pub const MAX_LABEL: usize = 63;
/// The longest name in its wire form, in octets: length octets and the root's
/// zero octet included (RFC 1035 §2.3.4).
pub const MAX_NAME: usize = 255;
/// The most compression pointers that [`Name::read`] follows in one name.
///
/// The RFC names no limit. A name of 255 octets has 127 labels at most, so an
/// encoder that puts a pointer after every label still stays below it.
pub const MAX_POINTERS: usize = 127;

/// A domain name: a sequence of labels, each of 1 to 63 octets, 255 octets in
/// all in the form it has on the wire.
///
/// A name is always complete: `"example.com"` and `"example.com."` are the
/// same. Labels may hold any octet; nothing asks for letters, digits and
/// hyphens (RFC 2181 §11). Names compare and hash without regard to the case
/// of ASCII letters (RFC 4343) but keep the case they came with.
///
/// ```
/// use ch03_sockets::dns::Name;
/// let name: Name = "www.Example.com".parse()?;
/// assert_eq!(name, "WWW.example.COM.".parse()?);
/// assert_eq!(name.to_string(), "www.Example.com.");
/// assert_eq!(name.as_wire(), b"\x03www\x07Example\x03com\x00");
/// # Ok::<(), ch03_sockets::dns::NameError>(())
/// ```
#[derive(Clone)]
pub struct Name {
    /// Uncompressed, the root's zero octet included. Length octets are below
    /// 64, so lowering ASCII letters over all octets leaves them alone.
    wire: Box<[u8]>,
}

impl Name {
    /// The root: the name without labels, written `.`.
    pub fn root() -> Self {
        Name {
            wire: Box::new([0]),
        }
    }

    /// The uncompressed form on the wire: for each label its length and its
    /// octets, then a zero octet.
    pub fn as_wire(&self) -> &[u8] {
        &self.wire
    }

    /// The labels, from the left, without the root's empty one.
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &*self.wire;
        std::iter::from_fn(move || {
            let (&len, tail) = rest.split_first()?;
            let (label, tail) = tail.split_at(usize::from(len));
            rest = tail;
            (len != 0).then_some(label)
        })
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        *self.wire == [0]
    }

    /// Whether this name is `zone` or a name below it.
    pub fn is_within(&self, zone: &Name) -> bool {
        let mut at = 0;
        loop {
            let suffix = &self.wire[at..];
            if suffix.eq_ignore_ascii_case(&zone.wire) {
                return true;
            }
            match suffix[0] {
                0 => return false,
                len => at += 1 + usize::from(len),
            }
        }
    }

    /// Reads the name that begins at octet `at` of `message`, and returns it
    /// with the offset of the octet after it.
    ///
    /// A pointer (RFC 1035 §4.1.4) must lead to an octet before the sequence
    /// of labels that it ends. So each jump goes further back, and no chain of
    /// pointers can come round again.
    ///
    /// # Errors
    /// [`Problem::Truncated`], [`Problem::ReservedLabelType`],
    /// [`Problem::PointerForward`], [`Problem::PointerLoop`],
    /// [`Problem::TooManyPointers`], [`Problem::NameTooLong`].
    pub fn read(
        message: &[u8],
        at: usize,
    ) -> Result<(Name, usize), DecodeError> {
        let mut wire = Vec::new();
        let mut pos = at; // of the next length octet
        let mut start = at; // of the labels read since the last jump
        let mut end = None; // of the name, if a jump has left it
        let mut jumps = 0;
        loop {
            let len = octet(message, pos)?;
            match len >> 6 {
                0b00 => {
                    let next = pos + 1 + usize::from(len);
                    let label = message
                        .get(pos..next)
                        .ok_or(Problem::Truncated.at(message.len()))?;
                    if wire.len() + label.len() + usize::from(len != 0)
                        > MAX_NAME
                    {
                        return Err(Problem::NameTooLong.at(pos));
                    }
                    wire.extend_from_slice(label);
                    if len == 0 {
                        let name = Name { wire: wire.into() };
                        return Ok((name, end.unwrap_or(next)));
                    }
                    pos = next;
                }
                // ANCHOR: pointer
                0b11 => {
                    let low = octet(message, pos + 1)?;
                    let target =
                        usize::from(u16::from_be_bytes([len & 0x3f, low]));
                    jumps += 1;
                    if target > pos {
                        return Err(Problem::PointerForward.at(pos));
                    } else if target >= start {
                        return Err(Problem::PointerLoop.at(pos));
                    } else if jumps > MAX_POINTERS {
                        return Err(Problem::TooManyPointers.at(pos));
                    }
                    end = end.or(Some(pos + 2));
                    (pos, start) = (target, target);
                }
                // ANCHOR_END: pointer
                _ => return Err(Problem::ReservedLabelType(len).at(pos)),
            }
        }
    }

    /// Appends the name to `message`, ending it with a pointer if `suffixes`
    /// knows where its last labels stand already, and adds what it wrote to
    /// `suffixes`.
    ///
    /// Only equal octets are shared, so that the case of letters survives.
    pub fn write(&self, message: &mut Vec<u8>, suffixes: &mut Suffixes) {
        let mut rest = &*self.wire;
        while rest[0] != 0 {
            if let Some(&offset) = suffixes.offsets.get(rest) {
                message.extend_from_slice(&(0xc000 | offset).to_be_bytes());
                return;
            }
            // A pointer has 14 bits: what stands further on has no address.
            if let Ok(offset @ ..0x4000) = u16::try_from(message.len()) {
                suffixes.offsets.insert(rest.into(), offset);
            }
            let (label, tail) = rest.split_at(1 + usize::from(rest[0]));
            message.extend_from_slice(label);
            rest = tail;
        }
        message.push(0);
    }
}

/// Where the names written so far stand in a message, for [`Name::write`].
#[derive(Debug, Default)]
pub struct Suffixes {
    offsets: HashMap<Box<[u8]>, u16>,
}

fn octet(message: &[u8], at: usize) -> Result<u8, DecodeError> {
    let octet = message.get(at).copied();
    octet.ok_or(Problem::Truncated.at(message.len()))
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.wire.eq_ignore_ascii_case(&other.wire)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.wire.to_ascii_lowercase().hash(state);
    }
}

/// The presentation format of RFC 1035 §5.1, with the dot at its end: `\.` and
/// `\\` for a dot and a backslash within a label, `\DDD` for an octet that
/// does not print.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_str(".");
        }
        for label in self.labels() {
            for &octet in label {
                match octet {
                    b'.' | b'\\' => write!(f, "\\{}", char::from(octet))?,
                    b'!'..=b'~' => write!(f, "{}", char::from(octet))?,
                    _ => write!(f, "\\{octet:03}")?,
                }
            }
            f.write_str(".")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What is wrong with the text of a name, and at which octet of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    /// Nothing, or two dots with nothing between them.
    EmptyLabel {
        /// Where a label was expected.
        at: usize,
    },
    /// A label of more than 63 octets.
    LabelTooLong {
        /// Where the label begins.
        at: usize,
    },
    /// More than 255 octets in the form it has on the wire.
    NameTooLong,
    /// A backslash that is followed by nothing, or by a number that is not
    /// three digits up to 255.
    BadEscape {
        /// Where the backslash is.
        at: usize,
    },
    /// A character beyond ASCII. The DNS has `xn--` labels for those (IDNA,
    /// RFC 5890); an octet of 128 and more is written `\DDD`.
    NotAscii {
        /// Where the character begins.
        at: usize,
    },
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameError::EmptyLabel { at } => write!(f, "empty label at {at}"),
            NameError::LabelTooLong { at } => {
                write!(f, "the label at {at} is longer than 63 octets")
            }
            NameError::NameTooLong => {
                f.write_str("the name is longer than 255 octets")
            }
            NameError::BadEscape { at } => write!(f, "bad escape at {at}"),
            NameError::NotAscii { at } => {
                write!(f, "not an ASCII character at {at}")
            }
        }
    }
}

impl std::error::Error for NameError {}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text == "." {
            return Ok(Name::root());
        }
        let mut wire = Vec::with_capacity(text.len().min(MAX_NAME) + 2);
        let mut at = 0;
        while at < text.len() {
            let begin = at;
            let length_octet = wire.len();
            wire.push(0);
            at = label(text.as_bytes(), at, &mut wire)?;
            match wire.len() - length_octet - 1 {
                0 => return Err(NameError::EmptyLabel { at: begin }),
                len @ 1..=MAX_LABEL => wire[length_octet] = len as u8,
                _ => return Err(NameError::LabelTooLong { at: begin }),
            }
            if wire.len() >= MAX_NAME {
                return Err(NameError::NameTooLong);
            }
        }
        if wire.is_empty() {
            return Err(NameError::EmptyLabel { at: 0 });
        }
        wire.push(0);
        Ok(Name { wire: wire.into() })
    }
}

/// Appends the octets of the label that begins at `at` to `out`, and returns
/// the offset after the dot that ends it, or after the text.
fn label(
    text: &[u8],
    mut at: usize,
    out: &mut Vec<u8>,
) -> Result<usize, NameError> {
    while let Some(&octet) = text.get(at) {
        match octet {
            b'.' => return Ok(at + 1),
            b'\\' => {
                let (escaped, len) =
                    escape(&text[at..]).ok_or(NameError::BadEscape { at })?;
                out.push(escaped);
                at += len;
            }
            0x80.. => return Err(NameError::NotAscii { at }),
            _ => {
                out.push(octet);
                at += 1;
            }
        }
    }
    Ok(at)
}

/// The octet that `text`, which begins with a backslash, stands for, and the
/// length of the escape.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    match *text.get(1)? {
        b'0'..=b'9' => {
            let digits = std::str::from_utf8(text.get(1..4)?).ok()?;
            let digits = digits
                .bytes()
                .all(|d| d.is_ascii_digit())
                .then_some(digits)?;
            Some((digits.parse().ok()?, 4))
        }
        0x80.. => None,
        octet => Some((octet, 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn text_and_wire_form() {
        assert_eq!(name("f.isi.arpa").as_wire(), b"\x01f\x03isi\x04arpa\0");
        assert_eq!(name("f.isi.arpa."), name("F.ISI.ARPA"));
        assert_eq!(name(".").as_wire(), b"\0");
        assert_eq!(name(r"a\.b.c\092\000").as_wire(), b"\x03a.b\x03c\\\0\0");
        assert_eq!(name(r"a\.b.c\092\000").to_string(), r"a\.b.c\\\000.");
        assert_eq!(name("_dmarc.example").labels().count(), 2);
    }

    #[test]
    fn bad_text_is_refused_with_its_place() {
        let error = |text: &str| text.parse::<Name>().unwrap_err();
        assert_eq!(error(""), NameError::EmptyLabel { at: 0 });
        assert_eq!(error(".."), NameError::EmptyLabel { at: 0 });
        assert_eq!(error("a..b"), NameError::EmptyLabel { at: 2 });
        assert_eq!(error(".a"), NameError::EmptyLabel { at: 0 });
        assert_eq!(error(r"a.b\"), NameError::BadEscape { at: 3 });
        assert_eq!(error(r"a\256"), NameError::BadEscape { at: 1 });
        assert_eq!(error(r"a\1"), NameError::BadEscape { at: 1 });
        assert_eq!(error(r"a\1+2"), NameError::BadEscape { at: 1 });
        assert_eq!(error("bücher.example"), NameError::NotAscii { at: 1 });
        let label = "x".repeat(64);
        assert_eq!(error(&label), NameError::LabelTooLong { at: 0 });
    }

    #[test]
    fn limits_are_inclusive() {
        // 63 + 1, three times, and 62 + 1: 255 octets with the root's.
        let long = "x".repeat(63);
        let most = format!("{long}.{long}.{long}.{}", "x".repeat(61));
        assert_eq!(name(&most).as_wire().len(), 255);
        let more = format!("{long}.{long}.{long}.{}", "x".repeat(62));
        assert_eq!(more.parse::<Name>(), Err(NameError::NameTooLong));
    }

    #[test]
    fn a_name_is_within_its_ancestors() {
        let www = name("www.example.com");
        assert!(www.is_within(&name("Example.com")));
        assert!(www.is_within(&www));
        assert!(www.is_within(&Name::root()));
        assert!(!name("wwwexample.com").is_within(&name("example.com")));
        assert!(!name("com").is_within(&www));
    }
}
