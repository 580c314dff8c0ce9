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
fn epoll(mut programs: Programs) -> Programs {
    if !cfg!(target_os = "linux") {
        for program in [
            "chat_epoll",
            "closed_twice",
            "lost_edge",
            "paused_edge",
            "short_read",
            "two_waiters",
            "whose_event",
        ] {
            programs = programs.skip(program, "epoll needs Linux");
        }
    }
    programs
}

/// `backpressure.md`
fn backpressure(programs: Programs) -> Programs {
    programs
}

/// `mio.md`
fn mio(programs: Programs) -> Programs {
    if cfg!(target_os = "linux") {
        return programs;
    }
    programs.skip("chat_drivers", "the driver on epoll needs Linux")
}

/// `runtime.md`
fn runtime(programs: Programs) -> Programs {
    programs
}

/// `c10k.md`
fn c10k(programs: Programs) -> Programs {
    programs
}
