//! The system calls that the programs of `multiplexing.md` say they make,
//! against those that strace sees them make.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(20);
/// What could wait or read.
const TRACED: &str = "trace=/^(p?readv?(64|2)?|recv.*|p?(poll|select6?)|\
    epoll.*|io_uring.*|prctl)$";

/// Calls by name.
type Calls = BTreeMap<String, u64>;

/// `strace -f -e EXPRESSION`; `None`, and a word why, where it does not work.
fn strace(expression: &str) -> Option<Command> {
    let trial = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    if !trial.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: strace is not here, or may not trace");
        return None;
    }
    let mut strace = Command::new("strace");
    strace.args(["-f", "-e", expression]);
    Some(strace)
}

/// What `program` printed, and the calls of its thread named `reader`.
fn traced(program: &str) -> Option<(String, Calls)> {
    let name = Path::new(program).file_name().unwrap();
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut strace = strace(TRACED)?;
    strace.arg("-o").arg(&log).arg(program);
    let printed = book_output::run(&mut strace, DEADLINE).unwrap();
    let log = fs::read_to_string(log).unwrap();
    if !printed.contains("reader") {
        eprintln!("skipped: {printed}");
        return None;
    }
    Some((printed, calls_of_reader(&log)))
}

/// Lines of the log look like `1234  read(3, "b1", 16) = 2`. One that was cut
/// in two, `<unfinished ...>`, has a name before a parenthesis only once.
fn calls_of_reader(log: &str) -> Calls {
    let lines = || {
        log.lines().filter_map(|line| {
            let (thread, rest) = line.split_once(' ')?;
            let (name, arguments) = rest.trim_start().split_once('(')?;
            Some((thread, name, arguments))
        })
    };
    let (reader, ..) = lines()
        .find(|(_, name, arguments)| {
            *name == "prctl" && arguments.contains("\"reader\"")
        })
        .expect("a thread gets the name `reader`");
    let mut calls = Calls::new();
    for (_, name, _) in lines().filter(|(thread, ..)| *thread == reader) {
        if name.starts_with(|c: char| c.is_ascii_lowercase()) && name != "prctl"
        {
            *calls.entry(family(name).into()).or_default() += 1;
        }
    }
    calls
}

/// One call has several numbers on some machines.
fn family(name: &str) -> &str {
    match name {
        "ppoll" => "poll",
        "epoll_pwait" | "epoll_pwait2" => "epoll_wait",
        name => name,
    }
}

/// The last line: `system calls: 5 poll, 5 read`.
fn said(printed: &str) -> Calls {
    let line = printed.lines().last().unwrap_or_default();
    let calls = line.strip_prefix("system calls: ").expect(printed);
    calls
        .split(", ")
        .map(|call| {
            let (count, name) = call.split_once(' ').unwrap();
            (name.to_owned(), count.parse().unwrap())
        })
        .collect()
}

fn counts_honestly(program: &str) {
    if let Some((printed, seen)) = traced(program) {
        assert_eq!(said(&printed), seen, "{program} said, strace saw");
    }
}

#[test]
fn blocking() {
    counts_honestly(env!("CARGO_BIN_EXE_wait_blocking"));
}

#[test]
fn spinning() {
    counts_honestly(env!("CARGO_BIN_EXE_wait_spinning"));
}

#[test]
fn poll() {
    counts_honestly(env!("CARGO_BIN_EXE_wait_poll"));
}

#[test]
fn epoll() {
    counts_honestly(env!("CARGO_BIN_EXE_wait_epoll"));
}

#[test]
fn uring() {
    counts_honestly(env!("CARGO_BIN_EXE_wait_uring"));
}

#[test]
fn tokio_sleeps_in_epoll() {
    let program = env!("CARGO_BIN_EXE_wait_tokio");
    if let Some((_, seen)) = traced(program) {
        let count = |name: &str| seen.get(name).copied().unwrap_or(0);
        // Five events; how often tokio looks besides is its own business.
        assert!(count("epoll_wait") >= 5, "{seen:?}");
        assert!(count("read") >= 5, "{seen:?}");
        assert_eq!(count("poll") + count("select"), 0, "{seen:?}");
    }
}

#[test]
fn a_kernel_that_forbids_io_uring_is_named() {
    let program = env!("CARGO_BIN_EXE_wait_uring");
    for (error, reason) in
        [("EPERM", "no io_uring here: "), ("ENOSYS", "hides")]
    {
        let inject = format!("inject=io_uring_setup:error={error}");
        let Some(mut strace) = strace(&inject) else {
            return;
        };
        strace.args(["-o", "/dev/null", program]);
        let printed = book_output::run(&mut strace, DEADLINE).unwrap();
        assert!(printed.contains(reason), "{error}: {printed}");
    }
}
