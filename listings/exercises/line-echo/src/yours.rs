//! Yours: replace the `todo!()`.

use std::io::{self, BufRead, Write};

/// Answers every line that `input` yields with the same line, its ASCII
/// letters in upper case, on `output`, until `input` ends.
///
/// A line ends with `\n`; the answer does too. What follows the last `\n` is
/// a message that was cut off: it gets no answer.
///
/// # Errors
/// What `input` or `output` reports.
pub fn answer_lines(input: impl BufRead, output: impl Write) -> io::Result<()> {
    let _ = (input, output);
    todo!("read a line, answer it, until the input ends")
}
