//! One way to do it.

use std::io::{self, BufRead, Write};

/// See `yours`.
///
/// # Errors
/// What `input` or `output` reports.
pub fn answer_lines(
    mut input: impl BufRead,
    mut output: impl Write,
) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let n = input.read_until(b'\n', &mut line)?;
        if n == 0 || line.last() != Some(&b'\n') {
            return Ok(());
        }
        line.make_ascii_uppercase();
        output.write_all(&line)?;
    }
}
