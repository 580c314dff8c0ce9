//! Yours: replace the `todo!()`s, and give [`Readiness`] and [`Turn`] what they
//! have to remember.

/// What to do with a connection.
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

/// What a read has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Some bytes.
    Bytes,
    /// There was nothing.
    WouldBlock,
    /// The end of the stream.
    Ended,
}

/// A read that has begun.
#[derive(Debug)]
pub struct Turn;

/// What is known of a connection that is watched edge-triggered. One thread
/// waits for events, another one reads: an event may come between
/// [`Readiness::begin`] and [`Readiness::finish`].
#[derive(Debug)]
pub struct Readiness;

impl Readiness {
    /// A socket that has been added to the epoll instance just now.
    pub fn added() -> Self {
        todo!("what is known before the first event?")
    }

    /// The kernel has reported it.
    pub fn event(&mut self) {
        todo!()
    }

    /// From now on it is not to be read from.
    pub fn pause(&mut self) {
        todo!()
    }

    /// It is to be read from again.
    pub fn resume(&mut self) {
        todo!()
    }

    /// What to do with it.
    ///
    /// [`Next::Wait`] is a promise: the last read came to
    /// [`Outcome::WouldBlock`], and no event was reported since that read
    /// began. Or there was no event yet.
    pub fn next(&self) -> Next {
        todo!()
    }

    /// A read begins.
    pub fn begin(&self) -> Turn {
        todo!()
    }

    /// The read that began with `turn` came to `outcome`.
    pub fn finish(&mut self, turn: Turn, outcome: Outcome) {
        let _ = (turn, outcome);
        todo!()
    }
}
