//! Yours: replace the `todo!()`.

/// Where a conversation stands. Each state has what is known in it, and
/// nothing that is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The client has not said its name.
    Waiting,
    /// It has, and `answered` lines after it were answered.
    Greeted {
        /// Its name.
        name: String,
        /// How many lines were answered.
        answered: u32,
    },
    /// It was silent, and was asked whether it is still there.
    Asked {
        /// Its name.
        name: String,
        /// How many lines were answered.
        answered: u32,
    },
    /// It is over, and this many lines were answered.
    Closed {
        /// How many lines were answered.
        answered: u32,
    },
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// The client sent a line, here without its end.
    Line(&'a str),
    /// It said nothing for a while.
    Silence,
    /// It closed its half of the connection.
    End,
}

/// The state after `event`, and what to say to the client, if anything.
///
/// - Waiting: a line is the name, without the white space around it, and the
///   answer `Hello, NAME!`. An empty name is answered by `Who is there?`.
/// - Greeted and asked: the answer to a line is `That was line N.`, counted
///   from 1; the client is there.
/// - Silence: a client without a name is told `Goodbye.`, and that was it. One
///   with a name is first asked `Are you there, NAME?`; the second silence in
///   a row ends the conversation with `Goodbye, NAME.`
/// - The end ends it without a word.
/// - When it is over, it stays over.
///
/// A client that sends more lines than a `u32` can count is no reason to
/// panic: the count stays where it is.
pub fn step(state: State, event: Event<'_>) -> (State, Option<String>) {
    let _ = (state, event);
    todo!("match on both: the compiler says which pair you forgot")
}
