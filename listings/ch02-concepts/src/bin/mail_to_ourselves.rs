//! A mail client from crates.io sends our server a mail; we print what both
//! say, and the mail.

use std::error::Error;
use std::mem;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, SystemTime};

use ch02_concepts::smtp::{Config, Host, Message, Refusal, Side, serve};
use lettre::message::header::ContentTransferEncoding;
use lettre::message::{Body, Message as Draft};
use lettre::transport::smtp::extension::ClientId;
use lettre::{SmtpTransport, Transport};

// ANCHOR: host
/// Keeps what came in, and writes down who said what.
#[derive(Default)]
struct Desk {
    said: Vec<(Side, Vec<u8>)>,
    mails: Vec<Message>,
}

impl Host for Desk {
    fn deliver(&mut self, message: Message) -> Result<(), Refusal> {
        self.mails.push(message);
        Ok(())
    }

    fn said(&mut self, side: Side, bytes: &[u8]) {
        match self.said.last_mut() {
            Some((last, said)) if *last == side => said.extend(bytes),
            _ => self.said.push((side, bytes.to_vec())),
        }
    }
}
// ANCHOR_END: host

// ANCHOR: send
fn send(port: u16) -> Result<(), Box<dyn Error + Send + Sync>> {
    let text =
        "你好 from this machine.\r\n.hidden begins with a dot\r\n.\r\nEnd";
    let text = text.to_owned();
    let body = Body::new_with_encoding(text, ContentTransferEncoding::EightBit)
        .map_err(|_| "this text fits in lines")?;
    let mail = Draft::builder()
        .from("Ada <ada@client.example>".parse()?)
        .to("Postmaster <postmaster@mail.example>".parse()?)
        .subject("你好, and some dots")
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000))
        .body(body)?;
    // "Dangerous" is that nothing encrypts it. It stays on this machine.
    let client = SmtpTransport::builder_dangerous("127.0.0.1")
        .port(port)
        .hello_name(ClientId::Domain("client.example".to_owned()))
        .timeout(Some(Duration::from_secs(1)))
        .build();
    client.send(&mail)?;
    Ok(())
}
// ANCHOR_END: send

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
    let mut desk = server.join().expect("the server does not panic")?;

    for (side, bytes) in mem::take(&mut desk.said) {
        for line in String::from_utf8(bytes)?.lines() {
            let side = if side == Side::Client { "C" } else { "S" };
            println!("{}", format!("{side}: {line}").trim_end());
        }
    }
    for Message { envelope, data } in desk.mails {
        let from = envelope.reverse_path.map(|path| path.to_string());
        println!("\nfrom: {}", from.as_deref().unwrap_or("<>"));
        for path in envelope.forward_paths {
            println!("for:  {path}");
        }
        println!("\n{}", String::from_utf8(data)?.replace('\r', ""));
    }
    Ok(())
}
// ANCHOR_END: main
