//! HPACK: the compression of fields in HTTP/2 (RFC 7541).
//!
//! [`Decoder`] takes field blocks of any content. What it holds is bounded:
//! a table of at most SETTINGS_HEADER_TABLE_SIZE octets, a list of at most
//! SETTINGS_MAX_HEADER_LIST_SIZE, and one string no longer than its block can
//! spell. (A Huffman code has 5 bits or more, so a string is at most 8/5 of
//! its octets.) Fields that came by index share their bytes with the table.

mod decode;
mod encode;
pub mod huffman;
mod primitive;
mod table;

use std::error;
use std::fmt;

use bytes::Bytes;

pub use decode::{DEFAULT_LIST, Decoder, Form, List, Step};
pub use encode::{Encoder, Indexing};
pub use primitive::{
    decode_integer, decode_string, encode_integer, encode_string,
};
pub use table::{DEFAULT_TABLE, ENTRY_OVERHEAD, Found, STATIC, Table};

/// A field line: a name and a value, of any octets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    /// The name. HPACK does not care what is in it.
    pub name: Bytes,
    /// The value.
    pub value: Bytes,
    /// Whether it came as *never indexed*: who forwards it must send it so
    /// (RFC 7541 section 6.2.3).
    pub sensitive: bool,
}

impl Field {
    /// A field that may be indexed.
    pub fn new(name: impl Into<Bytes>, value: impl Into<Bytes>) -> Field {
        Field {
            name: name.into(),
            value: value.into(),
            sensitive: false,
        }
    }

    /// A field that is never to be indexed.
    pub fn secret(name: impl Into<Bytes>, value: impl Into<Bytes>) -> Field {
        Field {
            sensitive: true,
            ..Field::new(name, value)
        }
    }

    /// What it counts for in a table and in a list (section 4.1).
    pub fn size(&self) -> usize {
        self.name.len() + self.value.len() + ENTRY_OVERHEAD
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, value) = (self.name.escape_ascii(), &self.value);
        write!(f, "{name}: {}", value.escape_ascii())
    }
}

/// Why octets are not a field block. Both ends keep a table, and after such
/// an error the tables differ: the connection is over, with
/// COMPRESSION_ERROR (RFC 9113 section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The block ends within an integer or a string.
    CutOff,
    /// An integer above 2^32 - 1, or of more than six octets.
    IntegerTooLarge,
    /// An index of nothing, 0 included.
    NoSuchIndex(u32),
    /// A Huffman code that does not end with at most seven 1 bits.
    HuffmanPadding,
    /// The EOS symbol within a Huffman code.
    HuffmanEos,
    /// A table size above the limit that we have set.
    TableTooLarge(u32),
    /// A table size update behind a field.
    LateSizeUpdate,
    /// The limit was lowered, and the block does not begin by saying so.
    NoSizeUpdate,
    /// An earlier block was refused.
    Failed,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::CutOff => f.write_str("the field block is cut off"),
            Error::IntegerTooLarge => f.write_str("an integer is too large"),
            Error::NoSuchIndex(index) => {
                write!(f, "index {index} is not in the tables")
            }
            Error::HuffmanPadding => f.write_str("bad Huffman padding"),
            Error::HuffmanEos => f.write_str("EOS in a Huffman code"),
            Error::TableTooLarge(size) => {
                write!(f, "a table of {size} octets was not offered")
            }
            Error::LateSizeUpdate => {
                f.write_str("a table size update behind a field")
            }
            Error::NoSizeUpdate => {
                f.write_str("the smaller table was not acknowledged")
            }
            Error::Failed => f.write_str("an earlier field block was refused"),
        }
    }
}

impl error::Error for Error {}
