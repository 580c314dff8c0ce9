//! `chat_drivers --serve`: each driver as a process, until SIGTERM.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Ended with the test, however that ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serves_until_it_is_told_to_stop(driver: &str) {
    let mut server = Server(
        Command::new(env!("CARGO_BIN_EXE_chat_drivers"))
            .args(["--serve", "127.0.0.1:0", "--driver", driver])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut said = String::new();
    let mut out = BufReader::new(server.0.stdout.take().unwrap());
    out.read_line(&mut said).unwrap();
    let address = said.trim_end().strip_prefix("listening on ").unwrap();

    let mut guest = TcpStream::connect(address).unwrap();
    let patience = Some(Duration::from_secs(10));
    guest.set_read_timeout(patience).unwrap();
    let peer = guest.local_addr().unwrap();
    guest.write_all(b"ann\n").unwrap();
    let mut heard = BufReader::new(guest.try_clone().unwrap());
    for expected in ["* Who are you?\n", "* In lobby: ann\n"] {
        let mut line = String::new();
        heard.read_line(&mut line).unwrap();
        assert_eq!(line, expected, "{driver}");
    }
    let pid = Pid::from_child(&server.0);
    kill_process(pid, Signal::TERM).unwrap();
    let mut rest = String::new();
    heard.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");

    assert!(server.0.wait().unwrap().success());
    let mut log = String::new();
    let mut err = server.0.stderr.take().unwrap();
    err.read_to_string(&mut log).unwrap();
    let expected =
        format!("{peer} connected\n{peer} closed: the server stops\n");
    assert_eq!(log, expected, "{driver}");
}

#[test]
fn each_serves_until_it_is_told_to_stop() {
    for driver in ["poll", "mio", "tokio", "threads"] {
        serves_until_it_is_told_to_stop(driver);
    }
}

#[test]
fn an_unknown_driver_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_chat_drivers"))
        .args(["--serve", "127.0.0.1:0", "--driver", "select"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("select: not one of"), "{said}");
}
