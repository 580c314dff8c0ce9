//! Yours: replace the `todo!()`s.

/// One 16-bit word of a header has changed from `old` to `new`, and
/// `checksum` fitted before. The checksum that fits now, found without the
/// rest of the header (RFC 1624 §3).
pub fn update(checksum: u16, old: u16, new: u16) -> u16 {
    let _ = (checksum, old, new);
    todo!("take the old word out of the sum, put the new one in")
}

/// What a router does to an IPv4 header before it forwards the packet: the
/// time to live (byte 8) goes down by one, and the header checksum (bytes 10
/// and 11) is brought up to date. What was wrong with it stays wrong.
///
/// Returns `false`, and leaves the header as it is, if the packet must not
/// go on because that was its last hop (RFC 1812 §5.3.1).
pub fn forward(header: &mut [u8; 20]) -> bool {
    let _ = header;
    todo!("which 16-bit word is the time to live in?")
}
