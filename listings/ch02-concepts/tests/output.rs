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
fn stack(mut programs: Programs) -> Programs {
    if !cfg!(target_os = "linux") {
        for program in ["bytes_in_the_kernel", "source_address"] {
            programs = programs.skip(program, "shows what Linux does");
        }
    }
    programs.redact("http_by_hyper", r#"date: "[^"]*""#, "date: [DATE]")
}

/// `multiplexing.md`
fn multiplexing(programs: Programs) -> Programs {
    // The script has the spinning reader ask 2,000 times in vain, five times.
    let programs =
        programs.redact("wait_spinning", r"\b\d{5,} read", "[MANY] read");
    #[cfg(target_os = "linux")]
    return match ch02_concepts::waiting::ring::available() {
        Ok(()) => programs,
        Err(refusal) => programs
            .skip("wait_uring", &refusal)
            .skip("given_up", &refusal),
    };
    #[cfg(not(target_os = "linux"))]
    ["wait_epoll", "wait_uring", "given_up", "regular_file"]
        .into_iter()
        .fold(programs, |programs, program| {
            programs.skip(program, "shows what Linux does")
        })
}

/// `requests.md`
fn requests(programs: Programs) -> Programs {
    programs
}

/// `frameworks.md`
fn frameworks(programs: Programs) -> Programs {
    programs
}
