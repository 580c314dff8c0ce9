//! The servers as processes of their own: signals, descriptors, memory.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

const DEADLINE: Duration = Duration::from_secs(10);

/// A server process; killed when a test fails.
struct Process {
    child: Child,
    address: String,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    lines
}

impl Process {
    /// Starts `program` with room for `files` descriptors, hard limit and
    /// soft.
    fn start(program: &str, files: u32) -> Self {
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("ulimit -n {files}; exec \"$0\" \"$@\""))
            .args([program, "--serve", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        let mut process = Process {
            child,
            address: String::new(),
            stdout,
            stderr,
        };
        let first = process.stdout.recv_timeout(DEADLINE).unwrap();
        let (_, address) = first.rsplit_once(' ').unwrap();
        process.address = address.into();
        process
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    fn event(&self, wanted: &str) -> String {
        let end = Instant::now() + DEADLINE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.stderr.recv_timeout(left).unwrap();
            if line.contains(wanted) {
                return line;
            }
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// The report, once the server has ended without an error.
    fn report(mut self) -> String {
        let report = self.stdout.recv_timeout(DEADLINE).unwrap();
        assert!(self.child.wait().unwrap().success());
        report
    }
}

fn ask(stream: &TcpStream, line: &str) -> io::Result<String> {
    { stream }.write_all(line.as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(answer)
}

fn finishes_the_message_that_was_begun(program: &str, signal: Signal) {
    let server = Process::start(program, 256);
    let client = server.connect();
    assert_eq!(ask(&client, "one\ntw").unwrap(), "ONE\n");
    // A second message begins with the next byte that is read.
    { &client }.write_all(b"o and ").unwrap();
    server.signal(signal);
    // The listener is closed: from now on the server drains.
    let end = Instant::now() + DEADLINE;
    while TcpStream::connect(&server.address).is_ok() {
        assert!(Instant::now() < end, "it still listens");
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(ask(&client, "a half\n").unwrap(), "TWO AND A HALF\n");
    assert_eq!(ask(&client, "").unwrap(), "", "the end");
    let report = server.report();
    assert!(report.contains("answered 2,"), "{report}");
    assert!(report.ends_with("cut 0, stuck 0"), "{report}");
}

#[test]
fn sigterm_drains_threads() {
    let program = env!("CARGO_BIN_EXE_line_server");
    finishes_the_message_that_was_begun(program, Signal::TERM);
}

#[test]
fn ctrl_c_drains_threads() {
    let program = env!("CARGO_BIN_EXE_line_server");
    finishes_the_message_that_was_begun(program, Signal::INT);
}

#[test]
fn sigterm_drains_tokio() {
    let program = env!("CARGO_BIN_EXE_line_server_tokio");
    finishes_the_message_that_was_begun(program, Signal::TERM);
}

#[test]
fn ctrl_c_drains_tokio() {
    let program = env!("CARGO_BIN_EXE_line_server_tokio");
    finishes_the_message_that_was_begun(program, Signal::INT);
}

fn survives_running_out_of_descriptors(program: &str) {
    // Fewer descriptors than the 32 connections one peer may have.
    let server = Process::start(program, 24);
    let honest = server.connect();
    assert_eq!(ask(&honest, "before\n").unwrap(), "BEFORE\n");
    let silent: Vec<_> = (0..30).map(|_| server.connect()).collect();
    let event = server.event("accept fails");
    assert!(event.contains("Too many open files"), "{event}");
    assert_eq!(ask(&honest, "meanwhile\n").unwrap(), "MEANWHILE\n");
    // Long enough for a busy loop to show: it would be said again, and
    // again, or counted in thousands below.
    thread::sleep(Duration::from_millis(300));
    drop(silent);
    let event = server.event("accept works after");
    let failures = event.split_whitespace().rev().nth(1).unwrap();
    assert!(failures.parse::<u64>().unwrap() < 100, "{event}");
    let late = server.connect();
    assert_eq!(ask(&late, "after\n").unwrap(), "AFTER\n");
    server.signal(Signal::TERM);
    server.report();
}

#[test]
fn threads_survive_running_out_of_descriptors() {
    survives_running_out_of_descriptors(env!("CARGO_BIN_EXE_line_server"));
}

#[test]
fn tokio_survives_running_out_of_descriptors() {
    let program = env!("CARGO_BIN_EXE_line_server_tokio");
    survives_running_out_of_descriptors(program);
}

/// Thirty peers send 4 MiB each without a line break: the resident memory
/// of the server, at its highest, grows by less than a tenth of it.
#[cfg(target_os = "linux")]
fn memory_stays_bounded(program: &str) {
    let server = Process::start(program, 256);
    let highest = || -> u64 {
        let path = format!("/proc/{}/status", server.child.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let honest = server.connect();
    assert_eq!(ask(&honest, "before\n").unwrap(), "BEFORE\n");
    let before = highest();
    let hostile: Vec<_> = (0..30).map(|_| server.connect()).collect();
    let mut threads = Vec::new();
    for mut stream in hostile {
        threads.push(thread::spawn(move || {
            let chunk = [b'a'; 65536];
            for _ in 0..64 {
                if stream.write_all(&chunk).is_err() {
                    return;
                }
            }
            panic!("the server took 4 MiB of one line");
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(ask(&honest, "after\n").unwrap(), "AFTER\n");
    let grown = highest() - before;
    assert!(grown < 12 * 1024, "{grown} KiB more");
    server.signal(Signal::TERM);
    let report = server.report();
    assert!(report.contains("protocol 30,"), "{report}");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_of_threads_stays_bounded() {
    memory_stays_bounded(env!("CARGO_BIN_EXE_line_server"));
}

#[test]
#[cfg(target_os = "linux")]
fn memory_of_tokio_stays_bounded() {
    memory_stays_bounded(env!("CARGO_BIN_EXE_line_server_tokio"));
}
