//! An SMTP session (2.3): the pieces in which a client's bytes arrive must
//! not change what it hears, and what it sends must not grow what we hold.
#![no_main]

use std::time::Instant;

use ch02_concepts::smtp::command::Body;
use ch02_concepts::smtp::{Action, Config, Message, Session};
use libfuzzer_sys::fuzz_target;

const MAX_SIZE: usize = 256;
/// What a session may hold beside the last piece: a mail, its client's name,
/// an envelope of at most two recipients, and a line.
const BOUND: usize = MAX_SIZE + 5 * 256 + 1001;

fn talk(pieces: &mut dyn Iterator<Item = &[u8]>) -> (Vec<u8>, Vec<Message>) {
    let mut config = Config::new("mail.example");
    config.max_size = MAX_SIZE;
    config.max_recipients = 2;
    let now = Instant::now();
    let mut session = Session::new(config, now);
    let (mut replies, mut mails, mut last) = (Vec::new(), Vec::new(), 0);
    loop {
        assert!(session.held() <= BOUND + last);
        match session.next(now) {
            Action::Send(bytes) => replies.extend(bytes),
            Action::Deliver(mail) => {
                mails.push(mail);
                session.settle(Ok(()), now);
            }
            Action::Receive { .. } => {
                let Some(piece) = pieces.next() else { break };
                last = piece.len();
                session.receive(piece);
            }
            Action::Close => break,
        }
    }
    (replies, mails)
}

/// A mail as a client would send it.
fn sent_again(mail: &Message) -> Vec<u8> {
    let envelope = &mail.envelope;
    let from = envelope.reverse_path.as_ref().map(ToString::to_string);
    let mut sent = format!(
        "EHLO {}\r\nMAIL FROM:<{}>{}\r\n",
        envelope.client,
        from.unwrap_or_default(),
        match envelope.body {
            Body::SevenBit => "",
            Body::EightBitMime => " BODY=8BITMIME",
        }
    );
    for path in &envelope.forward_paths {
        sent += &format!("RCPT TO:<{path}>\r\n");
    }
    sent += "DATA\r\n";
    let mut sent = sent.into_bytes();
    for line in mail.data.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b".") {
            sent.push(b'.');
        }
        sent.extend(line);
    }
    sent.extend(b".\r\n");
    sent
}

/// Chance rarely gets so far by itself.
const IN_TEXT: &[u8] = b"EHLO a.example\r\n\
    MAIL FROM:<>\r\n\
    RCPT TO:<postmaster>\r\n\
    DATA\r\n";

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    check(&[IN_TEXT, bytes].concat());
});

fn check(bytes: &[u8]) {
    let whole = talk(&mut [bytes].into_iter());
    let split = talk(&mut bytes.chunks(1));
    assert!(whole == split);
    let (replies, mails) = whole;
    for line in replies.split_inclusive(|&byte| byte == b'\n') {
        assert!(line.ends_with(b"\r\n") && line.len() <= 512);
        assert!(line[..3].iter().all(u8::is_ascii_digit));
    }
    for mail in mails {
        assert!(mail.data.len() <= MAX_SIZE);
        let (_, again) = talk(&mut [&sent_again(&mail)[..]].into_iter());
        assert!(again == [mail]);
    }
}
