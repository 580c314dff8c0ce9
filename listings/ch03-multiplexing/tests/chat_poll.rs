//! `chat_poll --serve`: the process, from its first word to SIGTERM.

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

#[test]
fn it_serves_until_it_is_told_to_stop() {
    let mut server = Server(
        Command::new(env!("CARGO_BIN_EXE_chat_poll"))
            .args(["--serve", "127.0.0.1:0"])
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
        let read = heard.read_line(&mut line);
        assert!(read.is_ok(), "instead of {expected:?}: {read:?}");
        assert_eq!(line, expected);
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
    assert_eq!(log, expected);
}
