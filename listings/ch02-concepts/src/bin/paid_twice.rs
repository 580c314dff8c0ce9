//! A payment whose answer is lost, sent by three clients: one that tries again
//! whatever it was, one that asks first, and one with an idempotency key.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ch02_concepts::request::keys::{Begin, Idempotency, Key, Limits, Refusal};
use ch02_concepts::request::retry::{Budget, Failure, GaveUp, Retry};
use ch03_sockets::backoff::Backoff;
use http::Method;
use sha2::{Digest, Sha256};

// ANCHOR: client
/// Sends a payment until there is an answer, or a reason to stop.
fn client(
    bank: SocketAddr,
    fields: &str,
    idempotent: bool,
    budget: &mut Budget,
) -> Result<String, GaveUp> {
    let request = format!(
        "POST /payments HTTP/1.1\r\nHost: bank\r\n{fields}\
         Content-Length: 6\r\n\r\npay 10"
    );
    let start = Instant::now();
    let ms = Duration::from_millis;
    let (backoff, deadline) = (Backoff::new(ms(20), ms(80), 3), ms(1500));
    let mut retry = Retry::new(idempotent, backoff, deadline);
    budget.deposit();
    loop {
        let left = deadline.saturating_sub(start.elapsed());
        let failure = match exchange(bank, &request, left) {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        println!("  {failure}");
        let now = start.elapsed();
        let at = retry.again(failure, now, random(), budget)?;
        thread::sleep(at.saturating_sub(now));
    }
}
// ANCHOR_END: client

// ANCHOR: server
/// Answers a payment. With a key it is made once; without, each time.
fn pay(
    store: &mut Idempotency<String>,
    now: Duration,
    head: &str,
    content: &str,
    bank: &AtomicU32,
) -> String {
    let execute = || {
        let paid = bank.fetch_add(10, Ordering::Relaxed) + 10;
        format!("receipt {}", paid / 10)
    };
    let Some(value) = field(head, "Idempotency-Key") else {
        return response(201, "", &execute());
    };
    let key = match Key::parse(value.as_bytes()) {
        Ok(key) => key,
        Err(bad_key) => return response(400, "", &bad_key.to_string()),
    };
    let fingerprint = Sha256::digest(format!("POST /payments {content}"));
    match store.begin(ANN, &key, fingerprint.into(), now) {
        Begin::Execute(ticket) => {
            let receipt = execute();
            store.finish(ticket, receipt.clone());
            response(201, "", &receipt)
        }
        Begin::Replay(receipt) => response(201, "", &receipt),
        Begin::Refuse(refusal) => refuse(refusal),
    }
}
// ANCHOR_END: server

/// Who asks. A real server would have authenticated the client.
const ANN: u64 = 1;
const PATIENCE: Duration = Duration::from_secs(1);

/// Serves connections of one request each. The first answer is lost: the
/// connection ends without it.
fn serve(listener: &TcpListener, bank: &AtomicU32) -> io::Result<()> {
    let start = Instant::now();
    let mut store = Idempotency::new(Limits {
        window: Duration::from_secs(24 * 3600),
        keys: 10_000,
        keys_per_client: 1000,
    });
    for (n, stream) in listener.incoming().enumerate() {
        let mut stream = stream?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (head, content) = read_message(&stream)?;
        let now = start.elapsed();
        let answer = pay(&mut store, now, &head, &content, bank);
        if n > 0 {
            stream.write_all(answer.as_bytes())?;
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let key = "Idempotency-Key: \"8e03978e-40d5-43e8-bc93-6894a57f9324\"\r\n";
    let post = Method::POST.is_idempotent(); // No.
    let mut budget = Budget::new(10, 10);
    for (who, fields, idempotent) in [
        ("tries again, whatever it was", "", true),
        ("asks first", "", post),
        ("has a key", key, true),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let bank = Arc::new(AtomicU32::new(0));
        let account = Arc::clone(&bank);
        // It ends with the program.
        thread::spawn(move || serve(&listener, &account));
        println!("a client that {who}:");
        match client(address, fields, idempotent, &mut budget) {
            Ok(answer) => println!("  {answer}"),
            Err(gave_up) => println!("  gave up: {gave_up}"),
        }
        println!("  the bank paid {}", bank.load(Ordering::Relaxed));
    }
    Ok(())
}

/// One try, on a connection of its own, with the time that is left.
fn exchange(
    server: SocketAddr,
    request: &str,
    left: Duration,
) -> Result<String, Failure> {
    let patience = left.min(PATIENCE);
    let mut stream = TcpStream::connect_timeout(&server, patience)
        .map_err(|_| Failure::NotSent)?;
    let answer = stream
        .set_read_timeout(Some(patience))
        .and_then(|()| stream.write_all(request.as_bytes()))
        .and_then(|()| read_message(&stream));
    let (head, content) = answer.map_err(|_| Failure::NoAnswer)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    match status {
        Some(201) => Ok(format!("201: {content}")),
        Some(code) => {
            let wait = field(&head, "Retry-After");
            let wait = wait.and_then(|seconds| seconds.parse().ok());
            Err(Failure::Status(code, wait.map(Duration::from_secs)))
        }
        None => Err(Failure::NoAnswer),
    }
}

/// Reads a message: requests and responses differ in their first line only.
fn read_message(stream: &TcpStream) -> io::Result<(String, String)> {
    let mut reader = BufReader::new(stream.take(4096));
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = field(&head, "Content-Length").and_then(|n| n.parse().ok());
    let mut content = vec![0; length.unwrap_or(0).min(4096)];
    reader.read_exact(&mut content)?;
    let content = String::from_utf8(content).map_err(io::Error::other)?;
    Ok((head, content))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    let (_, value) = fields.find(|(n, _)| n.eq_ignore_ascii_case(name))?;
    Some(value)
}

fn response(status: u16, fields: &str, content: &str) -> String {
    let length = content.len();
    format!(
        "HTTP/1.1 {status} \r\n{fields}Content-Length: {length}\r\n\
         \r\n{content}"
    )
}

fn refuse(refusal: Refusal) -> String {
    let wait = refusal.retry_after().map(|wait| wait.as_secs() + 1);
    let field = wait.map(|wait| format!("Retry-After: {wait}\r\n"));
    let fields = field.unwrap_or_default();
    response(refusal.status(), &fields, &refusal.to_string())
}

/// A number that is hard to guess is not needed here, only one that differs.
fn random() -> u32 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0) as u32
}
