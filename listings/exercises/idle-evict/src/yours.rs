//! Yours: replace the `todo!()`s, and give `Idle` what it has to remember.

use std::marker::PhantomData;
use std::time::Duration;

/// Idle connections `C`, by the name of their server. It closes none: it
/// hands out those that are to be closed.
///
/// Times are durations since a moment the caller chose, and never go back.
#[derive(Debug)]
pub struct Idle<C> {
    connections: PhantomData<C>,
}

impl<C> Idle<C> {
    /// Room for `most` connections in all, each for as long as `keep`. With
    /// room for none, it keeps none.
    pub fn new(most: usize, keep: Duration) -> Self {
        let _ = (most, keep);
        todo!("remember both")
    }

    /// Takes in a connection that has become idle at `now`. If there are more
    /// than fit, gives the one back that has been idle longest; of two from
    /// the same moment, the one that came first.
    pub fn put(&mut self, server: &str, c: C, now: Duration) -> Option<C> {
        let _ = (server, c, now);
        todo!("make room")
    }

    /// Gives a connection to `server`, the one that became idle last: it is
    /// the likeliest to be alive. One that has been idle for `keep` or longer
    /// is never given, but left to [`Idle::expired`].
    pub fn take(&mut self, server: &str, now: Duration) -> Option<C> {
        let _ = (server, now);
        todo!("the newest, if it is not too old")
    }

    /// Gives the connections that have been idle for `keep` or longer, the
    /// oldest first.
    pub fn expired(&mut self, now: Duration) -> Vec<C> {
        let _ = now;
        todo!("all that are too old")
    }

    /// When [`Idle::expired`] will next have something to give; `None` when
    /// there is no connection, or when that time cannot be told in a
    /// [`Duration`].
    pub fn deadline(&self) -> Option<Duration> {
        todo!("the oldest one's")
    }
}
