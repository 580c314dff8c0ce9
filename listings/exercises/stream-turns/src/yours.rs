//! Yours: replace the `todo!()`s.

/// A window that would be larger than 2^31 - 1 octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overflow;

/// What a connection has to send, and may: whose turn it is, and for how
/// much. No DATA leaves but what [`Turns::turn`] says.
#[derive(Debug)]
pub struct Turns {
    // Yours to choose.
}

impl Turns {
    /// A connection whose peer has sent no WINDOW_UPDATE yet. The window of
    /// the connection is 65,535 octets, and so is that of each stream (RFC
    /// 9113 section 6.9.2). A frame has at most `frame` octets, which is not
    /// 0.
    pub fn new(frame: u32) -> Turns {
        let _ = frame;
        todo!("keep the connection's window, and a line of streams")
    }

    /// Adds `octets` to what `stream` has to send. A stream that had nothing
    /// to send is the last in line.
    pub fn queue(&mut self, stream: u32, octets: u64) {
        let _ = (stream, octets);
        todo!("add them to what is there, or open the stream")
    }

    /// The peer has sent WINDOW_UPDATE: for the connection if `stream` is 0.
    /// It may come before the stream has anything to send.
    ///
    /// # Errors
    /// [`Overflow`], and the window is what it was.
    pub fn window(
        &mut self,
        stream: u32,
        increment: u32,
    ) -> Result<(), Overflow> {
        let _ = (stream, increment);
        todo!("add, and refuse what is above 2^31 - 1")
    }

    /// The next DATA frame: its stream and its length, never 0. `None` while
    /// nobody has something to send and a window for it.
    ///
    /// Streams take turns: who has sent goes to the end of the line, and who
    /// may not send keeps his place and holds up nobody.
    pub fn turn(&mut self) -> Option<(u32, u32)> {
        todo!("find the first in line that may send")
    }
}
