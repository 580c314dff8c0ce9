//! What each program prints is what the book shows. One function a page says
//! what may vary in its programs' output, and where they can't run.

use std::process::ExitCode;

use book_output::Programs;

fn main() -> ExitCode {
    let mut programs = Programs::of(env!("CARGO_MANIFEST_DIR"));
    for page in [protocols, model, stack, multiplexing, requests, frameworks] {
        programs = page(programs);
    }
    programs.check()
}

/// `protocols.md`
fn protocols(programs: Programs) -> Programs {
    programs
}

/// `model.md`
fn model(programs: Programs) -> Programs {
    let programs = programs
        .redact("cost_of_waiting", r"-?\d+\.\d\d", "[N]")
        .redact("cost_of_waiting", r"\d+ (tasks|to)", "[N] $1")
        .redact("cost_of_waiting", r"to \d+\n", "to [N]\n")
        .redact("future_sizes", r"\+ \d+ bytes", "+ [N] bytes");
    if cfg!(target_os = "linux") {
        programs
    } else {
        programs.skip("cost_of_waiting", "reads Linux's /proc")
    }
}

/// `stack.md`
fn stack(programs: Programs) -> Programs {
    programs
}

/// `multiplexing.md`
fn multiplexing(programs: Programs) -> Programs {
    programs
}

/// `requests.md`
fn requests(programs: Programs) -> Programs {
    programs
}

/// `frameworks.md`
fn frameworks(programs: Programs) -> Programs {
    programs
}
