//! What each program prints is what the book shows. One function a page says
//! what may vary in its programs' output.

use std::process::ExitCode;

use book_output::Programs;

fn main() -> ExitCode {
    let mut programs = Programs::of(env!("CARGO_MANIFEST_DIR"));
    for page in [messages, bodies, server, http2] {
        programs = page(programs);
    }
    programs.check()
}

/// `messages.md`
fn messages(programs: Programs) -> Programs {
    programs
}

/// `bodies.md`
fn bodies(programs: Programs) -> Programs {
    programs
}

/// `server.md`
fn server(programs: Programs) -> Programs {
    programs.server("httpd")
}

/// `http2.md`
fn http2(programs: Programs) -> Programs {
    programs
}
