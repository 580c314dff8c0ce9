//! Read a line of an access log.

pub mod solution;
pub mod yours;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// Who asked.
    pub host: &'a str,
    /// What stands between the brackets.
    pub time: &'a str,
    /// The first line of the request, byte by byte as it came.
    pub request: Vec<u8>,
    /// The status code.
    pub status: u16,
    /// How many bytes of content were sent; `-` is 0.
    pub bytes: u64,
}
