//! One way to do it.

/// See `yours`.
#[derive(Debug, Default)]
pub struct Budget {
    received: usize,
    sent: usize,
    validated: bool,
}

impl Budget {
    /// See `yours`.
    pub fn received(&mut self, bytes: usize) {
        self.received = self.received.saturating_add(bytes);
    }

    /// See `yours`.
    pub fn validated(&mut self) {
        self.validated = true;
    }

    /// See `yours`.
    pub fn may_send(&mut self, bytes: usize) -> bool {
        let sent = self.sent.saturating_add(bytes);
        let allowed = self.received.saturating_mul(3);
        if !self.validated && sent > allowed {
            return false;
        }
        self.sent = sent;
        true
    }
}
