//! One way to do it.

/// See `yours`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Read: there may be something.
    Read,
    /// Wait for the next event.
    Wait,
    /// Neither: it is paused.
    Rest,
    /// Nothing ever again: the stream has ended.
    Over,
}

/// See `yours`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Some bytes.
    Bytes,
    /// There was nothing.
    WouldBlock,
    /// The end of the stream.
    Ended,
}

/// How many events there had been when the read began.
#[derive(Debug)]
pub struct Turn(u64);

/// See `yours`.
#[derive(Debug)]
pub struct Readiness {
    events: u64,
    ready: bool,
    paused: bool,
    ended: bool,
}

impl Readiness {
    /// See `yours`.
    pub fn added() -> Self {
        Readiness {
            events: 0,
            ready: false,
            paused: false,
            ended: false,
        }
    }

    /// See `yours`.
    pub fn event(&mut self) {
        self.events += 1;
        self.ready = true;
    }

    /// See `yours`.
    pub fn pause(&mut self) {
        self.paused = true;
    }

    /// See `yours`.
    pub fn resume(&mut self) {
        self.paused = false;
    }

    /// See `yours`.
    pub fn next(&self) -> Next {
        match (self.ended, self.paused, self.ready) {
            (true, _, _) => Next::Over,
            (_, true, _) => Next::Rest,
            (_, _, true) => Next::Read,
            (_, _, false) => Next::Wait,
        }
    }

    /// See `yours`.
    pub fn begin(&self) -> Turn {
        Turn(self.events)
    }

    /// See `yours`.
    pub fn finish(&mut self, turn: Turn, outcome: Outcome) {
        match outcome {
            Outcome::Bytes => {}
            // An event that came meanwhile may be about what came after the
            // read.
            Outcome::WouldBlock => self.ready = self.events != turn.0,
            Outcome::Ended => self.ended = true,
        }
    }
}
