//! `chat_epoll --serve`, in each mode: the process, until SIGTERM.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Ends with the test, however that ends.
struct Server(Child);

impl Server {
    fn start(arguments: &[&str]) -> (Self, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chat_epoll"))
            .args(["--serve", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let server = Server(child);
        out.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ").unwrap();
        (server, address.to_owned())
    }

    /// Stops it, and returns what it has logged.
    fn stop(mut self) -> String {
        kill_process(Pid::from_child(&self.0), Signal::TERM).unwrap();
        let mut log = String::new();
        let mut err = self.0.stderr.take().unwrap();
        err.read_to_string(&mut log).unwrap();
        assert!(self.0.wait().unwrap().success());
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_serves_in_each_mode_until_it_is_told_to_stop() {
    let level = ["--mode", "level"];
    let edge = ["--mode", "edge"];
    let oneshot = ["--mode", "oneshot"];
    for arguments in [&[][..], &level, &edge, &oneshot] {
        let (server, address) = Server::start(arguments);
        let mut guest = TcpStream::connect(address).unwrap();
        let patience = Some(Duration::from_secs(10));
        guest.set_read_timeout(patience).unwrap();
        let peer = guest.local_addr().unwrap();
        guest.write_all(b"ann\n/quit\n").unwrap();
        let mut heard = String::new();
        guest.read_to_string(&mut heard).unwrap();
        let expected = "* Who are you?\n* In lobby: ann\n* Bye.\n";
        assert_eq!(heard, expected, "{arguments:?}");
        let expected = format!("{peer} connected\n{peer} closed: quit\n");
        assert_eq!(server.stop(), expected, "{arguments:?}");
    }
}

#[test]
fn a_mode_it_does_not_know_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_chat_epoll"))
        .args(["--serve", "127.0.0.1:0", "--mode", "both"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("level|edge|oneshot"), "{error}");
}
