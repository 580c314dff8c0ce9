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
    let programs = programs
        .redact("original_loop", r"\d{3,} rounds", "[MANY] rounds")
        .redact("whole_set", r"[\d.]+[mµn]?s a message", "[TIME]");
    if cfg!(target_os = "linux") {
        return programs;
    }
    programs.skip("above_1024", "an element of a set has 64 bits on Linux")
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
    let programs = programs
        .redact("flush_buffer", r"after \d+ waits", "after [SOME] waits")
        .redact("slow_reader", r"\d+ bytes waiting", "[MANY] bytes waiting")
        .redact(
            "slow_reader",
            r"reads \d+ lines, then: \* \d+",
            "reads [SOME] lines, then: * [OTHERS]",
        )
        .redact(
            "reads_and_looks_stuck",
            r"default: \d+ KiB taken, \d+ KiB",
            "default: [MANY] KiB taken, [MUCH] KiB",
        )
        .redact(
            "reads_and_looks_stuck",
            r"64 KiB: \d+ KiB taken, \d+ KiB",
            "64 KiB: [FEWER] KiB taken, [LITTLE] KiB",
        );
    match cfg!(target_os = "linux") {
        true => programs,
        false => {
            programs.skip("reads_and_looks_stuck", "shows what Linux does")
        }
    }
}

/// `mio.md`
fn mio(programs: Programs) -> Programs {
    if cfg!(target_os = "linux") {
        return programs;
    }
    programs.skip("chat_drivers", "the driver on epoll needs Linux")
}

/// `runtime.md`
fn runtime(mut programs: Programs) -> Programs {
    if !cfg!(target_os = "linux") {
        for program in [
            "always_ready",
            "chat_runtime",
            "dropped_futures",
            "polled_when_ready",
        ] {
            programs = programs.skip(program, "uses epoll");
        }
    }
    programs
}

/// `c10k.md`
fn c10k(programs: Programs) -> Programs {
    let mut programs = programs
        .redact("two_listeners", r"\d+ and \d+", "[N] and [M]")
        .redact("two_listeners", r"\d+ lost", "[SOME] lost")
        .redact("wake_up", r" *\d+\.\d µs", "  [TIME]")
        .redact("wake_up", r" *\d+\.\d interrupts", "  [N] interrupts");
    if std::thread::available_parallelism().is_ok_and(|n| n.get() < 2) {
        programs = programs.skip("wake_up", "needs two processors");
    }
    #[cfg(target_os = "linux")]
    if let Err(refusal) = ch03_multiplexing::drivers::uring::available() {
        eprintln!("{refusal}");
        for program in ["chat_uring", "c10k"] {
            programs = programs.skip(program, "no io_uring here");
        }
    }
    if !cfg!(target_os = "linux") {
        for program in ["chat_uring", "c10k", "two_listeners", "wake_up"] {
            programs = programs.skip(program, "needs Linux");
        }
    }
    programs
}
