//! One way to do it.

/// See `yours`.
pub fn stuff(text: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(text.len() + 5);
    for &byte in text {
        let at_line_start = sent.is_empty() || sent.ends_with(b"\r\n");
        if byte == b'.' && at_line_start {
            sent.push(b'.');
        }
        sent.push(byte);
    }
    if !sent.is_empty() && !sent.ends_with(b"\r\n") {
        sent.extend(b"\r\n");
    }
    sent.extend(b".\r\n");
    sent
}

/// What came last.
#[derive(Debug, Clone, Copy, Default)]
enum State {
    /// A CR LF, or nothing.
    #[default]
    LineStart,
    /// The dot that begins a line.
    Dot,
    /// That dot and a CR.
    DotCr,
    /// A CR.
    Cr,
    /// Anything else.
    Text,
}

/// See `yours`.
#[derive(Debug, Clone, Default)]
pub struct Unstuffer {
    state: State,
}

impl Unstuffer {
    /// See `yours`.
    pub fn push(&mut self, piece: &[u8], text: &mut Vec<u8>) -> Option<usize> {
        for (at, &byte) in piece.iter().enumerate() {
            self.state = match (self.state, byte) {
                (State::LineStart, b'.') => {
                    self.state = State::Dot;
                    continue;
                }
                (State::Dot, b'\r') => {
                    self.state = State::DotCr;
                    continue;
                }
                (State::DotCr, b'\n') => return Some(at + 1),
                (State::DotCr, _) => {
                    // There is more on the line: only the dot goes.
                    text.push(b'\r');
                    if byte == b'\r' {
                        State::Cr
                    } else {
                        State::Text
                    }
                }
                (State::Cr, b'\n') => State::LineStart,
                (_, b'\r') => State::Cr,
                _ => State::Text,
            };
            text.push(byte);
        }
        None
    }
}
