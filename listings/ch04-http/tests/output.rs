//! What each program prints is what the book shows. One function a page says
//! what may vary in its programs' output.

use std::process::ExitCode;

use book_output::Programs;

fn main() -> ExitCode {
    let mut programs = Programs::of(env!("CARGO_MANIFEST_DIR"));
    for page in [messages, bodies, server, files, client, http2] {
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

/// `files.md`
fn files(programs: Programs) -> Programs {
    let tag = r#""[0-9a-f]+-[0-9a-f]+(-[0-9a-f]+){2}""#;
    programs.redact("ask_again", tag, "\"[TAG]\"").redact(
        "many_ranges",
        "[0-9a-f]{32}",
        "[BOUNDARY]",
    )
}

/// `client.md`
fn client(programs: Programs) -> Programs {
    match cfg!(target_os = "linux") {
        true => programs,
        false => programs.skip("client_deadlines", "shows what Linux does"),
    }
}

/// `http2.md`
fn http2(programs: Programs) -> Programs {
    programs
}
