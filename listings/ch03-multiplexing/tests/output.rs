//! What each program prints is what the book shows. One function a page says
//! what may vary in its programs' output, and where they can't run.

use std::process::ExitCode;

use book_output::Programs;

fn main() -> ExitCode {
    let mut programs = Programs::of(env!("CARGO_MANIFEST_DIR"));
    for page in [poll, epoll, backpressure, mio, runtime, c10k] {
        programs = page(programs);
    }
    programs.check()
}

/// `poll.md`
fn poll(programs: Programs) -> Programs {
    programs
}

/// `epoll.md`
fn epoll(programs: Programs) -> Programs {
    programs
}

/// `backpressure.md`
fn backpressure(programs: Programs) -> Programs {
    programs
}

/// `mio.md`
fn mio(programs: Programs) -> Programs {
    programs
}

/// `runtime.md`
fn runtime(programs: Programs) -> Programs {
    programs
}

/// `c10k.md`
fn c10k(programs: Programs) -> Programs {
    let mut programs = programs
        .redact("two_listeners", r"\d+ and \d+", "[N] and [M]")
        .redact("two_listeners", r"\d+ lost", "[SOME] lost");
    #[cfg(target_os = "linux")]
    if let Err(refusal) = ch03_multiplexing::drivers::uring::available() {
        eprintln!("{refusal}");
        for program in ["chat_uring", "c10k"] {
            programs = programs.skip(program, "no io_uring here");
        }
    }
    if !cfg!(target_os = "linux") {
        for program in ["chat_uring", "c10k", "two_listeners"] {
            programs = programs.skip(program, "needs Linux");
        }
    }
    programs
}
