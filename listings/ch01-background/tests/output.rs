//! What each program prints is what the book shows.

use std::process::ExitCode;

fn main() -> ExitCode {
    let programs = book_output::Programs::of(env!("CARGO_MANIFEST_DIR"))
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
        .redact("workbench", r"Linux: (yes|no)", "Linux: [?]");
    background(programs).check()
}

/// The programs of 1.1, 1.2 and 1.3.
fn background(programs: book_output::Programs) -> book_output::Programs {
    programs
        // How fast the machine is, and how many cores it has to spare.
        .redact("latencies", r"(?m)^(  .{42}) *[\d.]+ ns$", "$1    [TIME]")
        .redact("wait_or_compute", r"(?m)^(\d.* \d+) +\d+$", "$1        [?]")
}
