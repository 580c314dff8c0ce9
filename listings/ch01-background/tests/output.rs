//! What each program prints is what the book shows.

use std::process::ExitCode;

fn main() -> ExitCode {
    book_output::Programs::of(env!("CARGO_MANIFEST_DIR"))
        // Which tools and which IP versions a machine has is its own affair.
        .redact(
            "workbench",
            r"(?m)^(nc|curl|ss|tcpdump|strace)( +)(?:found  |missing)",
            "$1$2[?]    ",
        )
        .redact(
            "workbench",
            r"(?m)^(... over IPv6 +)(works|does not work.*)$",
            "$1[?]",
        )
        .redact("workbench", r"Linux: (yes|no)", "Linux: [?]")
        .check()
}
