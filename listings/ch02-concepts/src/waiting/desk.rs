//! Where the reader says what it waits for and what it got, and the writer
//! finds out whether it may go on.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use super::{Error, Line, Pipe};

/// After how many reads in vain a reader that does not sleep counts as
/// waiting: a thousand for each pipe.
const VAIN: u64 = 2000;

/// What the two threads know of each other.
#[derive(Debug, Default)]
pub(super) struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

/// What a reader waits for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    /// By pipe: whether it waits for this one.
    pub pipes: [bool; 2],
    /// Whether it sleeps in a system call.
    pub sleeps: bool,
}

#[derive(Debug, Default)]
struct State {
    waiting: Option<Waiting>,
    vain: u64,
    written: [usize; 2],
    taken: [usize; 2],
    closed: [bool; 2],
    ended: [bool; 2],
    left: bool,
    lines: Vec<Line>,
}

impl State {
    /// What the reader waits for, once it has taken all there is of that.
    fn ready(&self) -> Option<Waiting> {
        let waiting = self.waiting?;
        let settled = |pipe: Pipe| {
            let n = pipe as usize;
            !waiting.pipes[n]
                || (self.taken[n] == self.written[n]
                    && self.ended[n] == self.closed[n])
        };
        Pipe::BOTH.into_iter().all(settled).then_some(waiting)
    }
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics at the desk")
    }

    /// The reader is about to make a call that sleeps until one of `pipes`
    /// has something.
    pub fn waits_for(&self, pipes: &[Pipe]) {
        self.state().waiting = Some(Waiting {
            pipes: Pipe::BOTH.map(|pipe| pipes.contains(&pipe)),
            sleeps: true,
        });
        self.changed.notify_all();
    }

    /// The reader asked a pipe that had nothing.
    pub fn in_vain(&self) {
        let mut state = self.state();
        state.vain += 1;
        if state.vain == VAIN {
            state.waiting = Some(Waiting {
                pipes: state.ended.map(|ended| !ended),
                sleeps: false,
            });
            self.changed.notify_all();
        }
    }

    /// The reader took `bytes`; none means the end of `pipe`.
    pub fn took(&self, pipe: Pipe, bytes: &[u8]) {
        let mut state = self.state();
        state.waiting = None;
        state.vain = 0;
        state.taken[pipe as usize] += bytes.len();
        let line = if bytes.is_empty() {
            state.ended[pipe as usize] = true;
            Line::End(pipe)
        } else {
            Line::Got(pipe, String::from_utf8_lossy(bytes).into_owned())
        };
        state.lines.push(line);
    }

    /// The reader will not say anything any more.
    pub fn leave(&self) {
        let mut state = self.state();
        state.waiting = None;
        state.left = true;
        self.changed.notify_all();
    }

    /// Whether the reader knows that `pipe` has ended.
    pub fn has_ended(&self, pipe: Pipe) -> bool {
        self.state().ended[pipe as usize]
    }

    /// Waits until the reader has taken all there is of what it waits for;
    /// `None` when it has left, or has not come to that by the deadline.
    pub fn ready(&self, deadline: Duration) -> Option<Waiting> {
        let not_ready =
            |state: &mut State| state.ready().is_none() && !state.left;
        let (state, _) = self
            .changed
            .wait_timeout_while(self.state(), deadline, not_ready)
            .expect("no thread panics at the desk");
        state.ready()
    }

    /// Writes by `write`, which returns how many bytes lie in the pipe then,
    /// before the reader can say anything about it.
    pub fn write(
        &self,
        pipe: Pipe,
        text: &'static str,
        write: impl FnOnce() -> io::Result<u64>,
    ) -> io::Result<()> {
        let mut state = self.state();
        let lying = write()?;
        state.written[pipe as usize] += text.len();
        let waits_for = |other: &Pipe| {
            state.waiting.is_some_and(|w| w.pipes[*other as usize])
        };
        let elsewhere = Pipe::BOTH
            .into_iter()
            .find(waits_for)
            .filter(|_| !waits_for(&pipe))
            .map(|other| (other, lying));
        state.lines.push(Line::Wrote(pipe, text, elsewhere));
        Ok(())
    }

    /// Closes by `close`, before the reader can say anything about it.
    pub fn close(&self, pipe: Pipe, close: impl FnOnce()) {
        let mut state = self.state();
        close();
        state.closed[pipe as usize] = true;
        state.lines.push(Line::Closed(pipe));
    }

    /// Whether the reader has seen the end of both pipes.
    pub fn all_ended(&self) -> Result<(), Error> {
        let ended = self.state().ended;
        let open = |pipe: &Pipe| !ended[*pipe as usize];
        match Pipe::BOTH.into_iter().find(open) {
            Some(pipe) => Err(Error::Left(pipe)),
            None => Ok(()),
        }
    }

    /// What happened so far.
    pub fn lines(&self) -> Vec<Line> {
        self.state().lines.clone()
    }
}
