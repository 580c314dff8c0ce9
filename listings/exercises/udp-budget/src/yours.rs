//! Yours: replace the `todo!()`s, and give the struct what it needs.

/// How much a server may send to one address (RFC 9000 section 8): until the
/// address is validated, at most three times the bytes that came from it.
#[derive(Debug, Default)]
pub struct Budget {}

impl Budget {
    /// A datagram of `bytes` came from the address.
    pub fn received(&mut self, bytes: usize) {
        let _ = bytes;
        todo!("count it; a sum of many datagrams may not overflow")
    }

    /// The address has proved that it receives what is sent to it: no limit
    /// from now on.
    pub fn validated(&mut self) {
        todo!("remember it")
    }

    /// Asks to send a datagram of `bytes`. `true` means that it may go and
    /// counts as sent; `false`, that it may not, and nothing is counted.
    pub fn may_send(&mut self, bytes: usize) -> bool {
        let _ = bytes;
        todo!("compare what was sent with what came")
    }
}
