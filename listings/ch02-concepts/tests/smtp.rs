//! The SMTP server over real sockets.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ch02_concepts::smtp::{Config, Host, Message, Refusal, serve};

/// No test takes as long, not even on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);
const MAIL: &str = "EHLO client.example\r\n\
    MAIL FROM:<a@client.example>\r\n\
    RCPT TO:<b@mail.example>\r\n\
    DATA\r\n\
    Subject: hi\r\n\
    \r\n\
    ..\r\n\
    .\r\n";

#[derive(Default)]
struct Desk(Vec<Message>);

impl Host for Desk {
    fn deliver(&mut self, message: Message) -> Result<(), Refusal> {
        self.0.push(message);
        Ok(())
    }
}

/// A server for one connection, and the client's end of it.
fn connect(timeout: Duration) -> (TcpStream, JoinHandle<Vec<Message>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.set_write_timeout(Some(DEADLINE)).unwrap();
    let server = thread::spawn(move || {
        let mut config = Config::new("mail.example");
        config.command_timeout = timeout;
        config.data_timeout = timeout;
        let (stream, _) = listener.accept().unwrap();
        let mut desk = Desk::default();
        serve(stream, config, &mut desk).unwrap();
        desk.0
    });
    (client, server)
}

/// All that comes until the server's FIN; a reset fails the test.
fn codes(mut client: TcpStream) -> Vec<String> {
    let mut replies = String::new();
    client.read_to_string(&mut replies).unwrap();
    let last = |line: &&str| line.as_bytes()[3] == b' ';
    let code = |line: &str| line[..3].to_owned();
    replies.lines().filter(last).map(code).collect()
}

#[test]
fn a_mail_in_one_write_and_byte_by_byte() {
    let text = format!("{MAIL}QUIT\r\n");
    for size in [text.len(), 1] {
        let (mut client, server) = connect(DEADLINE);
        client.set_nodelay(true).unwrap();
        for piece in text.as_bytes().chunks(size) {
            client.write_all(piece).unwrap();
        }
        let codes = codes(client);
        assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "221"]);
        let mails = server.join().unwrap();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].data, b"Subject: hi\r\n\r\n.\r\n");
    }
}

#[test]
fn a_silent_client_is_told_and_left() {
    let (client, server) = connect(Duration::from_millis(50));
    assert_eq!(codes(client), ["220", "421"]);
    assert!(server.join().unwrap().is_empty());
}

#[test]
fn a_mail_cut_off_is_no_mail() {
    let (mut client, server) = connect(DEADLINE);
    let cut = MAIL.len() - 3;
    client.write_all(&MAIL.as_bytes()[..cut]).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(codes(client), ["220", "250", "250", "250", "354"]);
    assert!(server.join().unwrap().is_empty());
}

#[test]
fn the_last_reply_survives_what_comes_after_quit() {
    let (mut client, server) = connect(DEADLINE);
    let text = format!("QUIT\r\n{}", "NOOP\r\n".repeat(20_000));
    client.write_all(text.as_bytes()).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(codes(client), ["220", "221"]);
    server.join().unwrap();
}
