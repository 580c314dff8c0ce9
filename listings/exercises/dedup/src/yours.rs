//! Yours: replace the `todo!()`s, and give the struct what it needs.

use std::net::SocketAddr;
use std::time::Duration;

/// Executes each request once, however often it arrives within a window, and
/// remembers at most so many answers.
///
/// A time is a [`Duration`] since a moment the caller chose. It never goes
/// back.
#[derive(Debug)]
pub struct Once {}

impl Once {
    /// Remembers an answer for `window` after its request was executed, and
    /// at most `capacity` answers at a time.
    pub fn new(window: Duration, capacity: usize) -> Self {
        let _ = (window, capacity);
        todo!("an empty memory")
    }

    /// A request from `client` with `id` arrived at `now`.
    ///
    /// If its answer is remembered, returns that, without executing it again;
    /// the window still counts from the execution. Otherwise calls `execute`,
    /// remembers its answer and returns it.
    ///
    /// `None` means that the memory is full of answers whose window is still
    /// open: the request was not executed and is to get no answer. Its client
    /// will ask again.
    pub fn answer(
        &mut self,
        client: SocketAddr,
        id: u32,
        now: Duration,
        execute: impl FnOnce() -> Vec<u8>,
    ) -> Option<Vec<u8>> {
        let _ = (client, id, now, execute);
        todo!("forget what is old, look, execute, remember")
    }

    /// How many answers are remembered, those included that the next call of
    /// [`Once::answer`] would forget.
    pub fn remembered(&self) -> usize {
        todo!("count them")
    }
}
