//! Yours: replace the `todo!()`.

/// The version of TLS that a browser and its servers agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// A full handshake takes two round trips.
    V1_2,
    /// A full handshake takes one.
    V1_3,
}

/// An address that a browser opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<'a> {
    /// `https`, or else `http`.
    pub secure: bool,
    /// The name of the server. `A` and `a` are the same letter in it
    /// (RFC 4343 §3).
    pub host: &'a str,
}

/// How many round trips it takes a browser that has just been started to open
/// `pages`, one after the other.
///
/// Resolving a name takes one, and from then on the name is known. So does
/// opening a TCP connection, and asking for a page. A connection stays open,
/// for pages from the same host and with the same `secure`.
pub fn round_trips(pages: &[Page<'_>], tls: Tls) -> u32 {
    let _ = (pages, tls);
    todo!("remember the names that are known, and what is open")
}
