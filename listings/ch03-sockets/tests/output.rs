//! What each program prints is what the book shows.

use std::net::TcpListener;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut programs = book_output::Programs::of(env!("CARGO_MANIFEST_DIR"))
        .redact("accept_spins", r"in [\d.]+[mµn]?s", "in [TIME]")
        .redact(
            "localhost_addresses",
            r"(  \S+:80\n)+",
            "  [ADDRESSES]:80\n",
        )
        .redact("partial_write", r"\d+ accepted", "[SOME] accepted")
        .redact(
            "udp_overflow",
            r"received \d+, lost \d+",
            "received [N], lost [M]",
        )
        .server("line_server")
        .server("line_server_tokio");
    if TcpListener::bind("[::1]:0").is_err() {
        for program in ["dual_stack", "eyes_race"] {
            programs = programs.skip(program, "no IPv6 loopback here");
        }
    }
    if !cfg!(target_os = "linux") {
        for program in [
            "connection_states",
            "fin_behind_data",
            "full_accept_queue",
            "full_pipe",
            "keepalive_values",
            "listen_on_a_path",
            "naive_length",
            "one_error_ends_it",
            "rebind",
            "share_a_port",
        ] {
            programs = programs.skip(program, "shows what Linux does");
        }
    }
    programs.check()
}
