//! What each program prints is what the book shows.

use std::process::ExitCode;

fn main() -> ExitCode {
    book_output::Programs::of(env!("CARGO_MANIFEST_DIR")).check()
}
