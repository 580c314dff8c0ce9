//! What can be wrong with a message, and what to answer.

use std::error::Error as StdError;
use std::fmt;

use crate::status;

/// Why bytes are not a message that we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    // Lines.
    /// A line ends with LF alone.
    BareLf,
    /// A CR without LF behind it.
    BareCr,
    /// A control character in a line.
    Control(u8),

    // The first line.
    /// A byte that cannot be in a method.
    MethodByte(u8),
    /// The method is longer than [`Limits::method`](crate::limits::Limits).
    MethodTooLong,
    /// A byte that cannot be in a request target.
    TargetByte(u8),
    /// None of the four forms of a request target, or not with this method.
    TargetForm,
    /// The first line is longer than `Limits::start_line`.
    TargetTooLong,
    /// What stands where `HTTP/1.1` should, does not look like it.
    NoVersion,
    /// A version of HTTP that we do not speak.
    Version(u8, u8),
    /// What stands where a status code should, is none.
    StatusCode,

    // Fields.
    /// A field line goes on with the one before it.
    Folded,
    /// A field line without a colon.
    NoColon,
    /// A field line with nothing before its colon.
    NoName,
    /// White space between a field's name and its colon.
    SpaceBeforeColon,
    /// A byte that cannot be in a field's name.
    NameByte(u8),
    /// A field line is longer than `Limits::field_line`.
    FieldTooLong,
    /// All field lines together are longer than `Limits::section`.
    SectionTooLong,
    /// More fields than `Limits::fields`.
    TooManyFields,
    /// HTTP/1.1 without `Host`.
    NoHost,
    /// `Host` twice.
    TwoHosts,
    /// `Host` is not a host and perhaps a port.
    BadHost,

    // Framing: where the content ends.
    /// `Content-Length` is not a number, or a list of them.
    LengthNotNumber,
    /// `Content-Length` twice.
    TwoLengths,
    /// `Content-Length` beside `Transfer-Encoding`.
    LengthAndCoding,
    /// `Transfer-Encoding` in HTTP/1.0, which does not have it.
    CodingInOldVersion,
    /// `Transfer-Encoding` is no list of codings.
    BadCoding,
    /// `chunked` is not the last coding, or is there twice.
    ChunkedNotLast,
    /// A coding that we do not know.
    UnknownCoding,
    /// The content is longer than `Limits::body`.
    BodyTooLong,

    // Chunks.
    /// A chunk's size has a byte that is no hexadecimal digit.
    ChunkSizeByte(u8),
    /// A chunk's size has no digits.
    NoChunkSize,
    /// A chunk's size has more than 16 digits.
    ChunkSizeTooLong,
    /// A chunk's extension is none.
    ChunkExtension(u8),
    /// A chunk's first line is longer than `Limits::chunk_line`, or all
    /// extensions together than `Limits::chunk_extensions`.
    ChunkLineTooLong,
    /// No CR LF behind a chunk's data.
    ChunkEnd(u8),
    /// A field that says where the content ends, or whose it is, and comes
    /// behind it.
    FramingInTrailer,

    /// The stream ended within a message.
    CutOff,
}

impl Fault {
    /// The status code that a server answers with.
    pub fn status(self) -> u16 {
        use Fault as F;
        match self {
            F::BodyTooLong => status::CONTENT_TOO_LARGE,
            F::TargetTooLong => status::URI_TOO_LONG,
            F::FieldTooLong | F::SectionTooLong | F::TooManyFields => {
                status::FIELDS_TOO_LARGE
            }
            F::MethodTooLong | F::UnknownCoding => status::NOT_IMPLEMENTED,
            F::Version(..) => status::VERSION_NOT_SUPPORTED,
            _ => status::BAD_REQUEST,
        }
    }

    /// Where the rule stands that was broken.
    pub fn rule(self) -> &'static str {
        use Fault as F;
        match self {
            F::BareLf | F::BareCr => "RFC 9112, section 2.2",
            F::Control(_) => "RFC 9110, section 5.5",
            F::MethodByte(_) | F::MethodTooLong => "RFC 9112, section 3.1",
            F::TargetTooLong => "RFC 9112, section 3",
            F::TargetByte(_) | F::TargetForm => "RFC 9112, section 3.2",
            F::NoVersion => "RFC 9112, section 2.3",
            F::Version(..) => "RFC 9110, section 15.6.6",
            F::StatusCode => "RFC 9112, section 4",
            F::Folded => "RFC 9112, section 5.2",
            F::NoColon | F::NoName => "RFC 9112, section 5",
            F::SpaceBeforeColon => "RFC 9112, section 5.1",
            F::NameByte(_) => "RFC 9110, section 5.1",
            F::FieldTooLong | F::SectionTooLong | F::TooManyFields => {
                "RFC 9110, section 5.4"
            }
            F::NoHost | F::TwoHosts | F::BadHost => "RFC 9112, section 3.2",
            F::LengthNotNumber | F::TwoLengths => "RFC 9112, section 6.3",
            F::LengthAndCoding
            | F::CodingInOldVersion
            | F::BadCoding
            | F::UnknownCoding => "RFC 9112, section 6.1",
            F::ChunkedNotLast => "RFC 9112, section 6.3",
            F::BodyTooLong => "RFC 9110, section 15.5.14",
            F::ChunkSizeByte(_)
            | F::NoChunkSize
            | F::ChunkSizeTooLong
            | F::ChunkEnd(_) => "RFC 9112, section 7.1",
            F::ChunkExtension(_) | F::ChunkLineTooLong => {
                "RFC 9112, section 7.1.1"
            }
            F::FramingInTrailer => "RFC 9110, section 6.5.1",
            F::CutOff => "RFC 9112, section 8",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Fault as F;
        let text = match *self {
            F::Control(byte) => return write!(f, "control byte {byte:#04x}"),
            F::MethodByte(byte) => {
                return write!(f, "byte {byte:#04x} in the method");
            }
            F::TargetByte(byte) => {
                return write!(f, "byte {byte:#04x} in the target");
            }
            F::Version(major, minor) => {
                return write!(f, "version {major}.{minor} is not spoken here");
            }
            F::NameByte(byte) => {
                return write!(f, "byte {byte:#04x} in a field's name");
            }
            F::ChunkSizeByte(byte) => {
                return write!(f, "byte {byte:#04x} in a chunk's size");
            }
            F::ChunkExtension(byte) => {
                return write!(f, "byte {byte:#04x} in a chunk's extension");
            }
            F::ChunkEnd(byte) => {
                return write!(f, "byte {byte:#04x} where a chunk should end");
            }
            F::BareLf => "LF without CR",
            F::BareCr => "CR without LF",
            F::MethodTooLong => "method too long",
            F::TargetForm => "target in none of its forms",
            F::TargetTooLong => "target too long",
            F::NoVersion => "no version",
            F::StatusCode => "no status code",
            F::Folded => "folded field line",
            F::NoColon => "field line without a colon",
            F::NoName => "field without a name",
            F::SpaceBeforeColon => "white space before a field's colon",
            F::FieldTooLong => "field line too long",
            F::SectionTooLong => "field section too long",
            F::TooManyFields => "too many fields",
            F::NoHost => "no Host",
            F::TwoHosts => "two Hosts",
            F::BadHost => "Host is no host",
            F::LengthNotNumber => "Content-Length is no number",
            F::TwoLengths => "two Content-Lengths",
            F::LengthAndCoding => "Content-Length and Transfer-Encoding",
            F::CodingInOldVersion => "Transfer-Encoding in HTTP/1.0",
            F::BadCoding => "Transfer-Encoding is no list of codings",
            F::ChunkedNotLast => "chunked is not the last coding",
            F::UnknownCoding => "unknown transfer coding",
            F::BodyTooLong => "content too long",
            F::NoChunkSize => "chunk without a size",
            F::ChunkSizeTooLong => "chunk's size too long",
            F::ChunkLineTooLong => "chunk's extensions too long",
            F::FramingInTrailer => "framing field in the trailer section",
            F::CutOff => "the stream ends within a message",
        };
        f.write_str(text)
    }
}

impl StdError for Fault {}
