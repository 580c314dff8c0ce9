//! What each program prints is what the book shows.

use std::process::ExitCode;

fn main() -> ExitCode {
    book_output::Programs::of(env!("CARGO_MANIFEST_DIR"))
        .redact("accept_spins", r"in [\d.]+[mµn]?s", "in [TIME]")
        .server("line_server")
        .server("line_server_tokio")
        .check()
}
