//! What is written into the two pipes, and when they end.

/// One of the two pipes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pipe {
    /// The first.
    A,
    /// The second.
    B,
}

impl Pipe {
    /// Both, in order.
    pub const BOTH: [Pipe; 2] = [Pipe::A, Pipe::B];

    /// A number that can be handed to the kernel and comes back.
    pub fn tag(self) -> u64 {
        self as u64
    }

    /// The pipe with this [`tag`](Pipe::tag).
    ///
    /// # Panics
    /// If there is none.
    pub fn tagged(tag: u64) -> Self {
        match tag {
            0 => Pipe::A,
            1 => Pipe::B,
            _ => panic!("no pipe has the tag {tag}"),
        }
    }
}

/// One thing that the writer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Writes this into the pipe.
    Write(Pipe, &'static str),
    /// Closes the pipe's write end.
    Close(Pipe),
}

/// What the writer does, the same for every way of waiting.
// ANCHOR: script
pub const SCRIPT: [Step; 5] = [
    Step::Write(Pipe::B, "b1"),
    Step::Write(Pipe::B, "b2"),
    Step::Write(Pipe::A, "a1"),
    Step::Close(Pipe::A),
    Step::Close(Pipe::B),
];
// ANCHOR_END: script
