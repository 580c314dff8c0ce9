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
    programs
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
