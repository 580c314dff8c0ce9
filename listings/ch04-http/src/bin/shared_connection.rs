//! Two users, a proxy and a shop: who gets whose answer?

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use ch04_http::fault::Fault;
use ch04_http::lax::{BY_LENGTH, PLAIN};
use ch04_http::limits::Limits;
use ch04_http::reader::{Item, Requests, Responses};
use ch04_http::status;
use ch04_http::zoo::{ALICE, MALLORY};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

// ANCHOR: judges
/// How long the first request in `bytes` is, once it is whole.
type Judge = fn(&[u8]) -> std::result::Result<Option<usize>, Fault>;

fn lax(bytes: &[u8]) -> std::result::Result<Option<usize>, Fault> {
    let first = BY_LENGTH.request(bytes);
    let whole = first.filter(|(seen, _)| seen.is_whole);
    Ok(whole.map(|(_, rest)| bytes.len() - rest.len()))
}

fn strict(bytes: &[u8]) -> std::result::Result<Option<usize>, Fault> {
    let mut reader = Requests::new(Limits::default());
    let mut at = 0;
    loop {
        let (taken, item) = reader.next(&bytes[at..])?;
        at += taken;
        match item {
            Item::End(_) => return Ok(Some(at)),
            Item::More => return Ok(None),
            _ => {}
        }
    }
}
// ANCHOR_END: judges

// ANCHOR: proxy
/// Serves two clients, one after the other, over one connection to the shop.
fn proxy(clients: TcpListener, shop: SocketAddr, judge: Judge) -> Result<()> {
    let mut shop = connect(shop)?;
    for _ in 0..2 {
        let mut client = accept(&clients)?;
        let mut bytes = Vec::new();
        let request = loop {
            match judge(&bytes) {
                Ok(None) => read_some(&mut client, &mut bytes)?,
                Ok(Some(len)) => break &bytes[..len],
                Err(fault) => {
                    refuse(&mut client, fault)?;
                    break &[];
                }
            }
        };
        if !request.is_empty() {
            shop.write_all(request)?;
            let mut answer = Vec::new();
            while !is_whole(&answer)? {
                read_some(&mut shop, &mut answer)?;
            }
            client.write_all(&answer)?;
        }
    }
    Ok(())
}
// ANCHOR_END: proxy

/// Whether a response has arrived with all of its content.
fn is_whole(answer: &[u8]) -> std::result::Result<bool, Fault> {
    let mut reader = Responses::new(Limits::default());
    let mut at = 0;
    loop {
        let (taken, item) = reader.next(&answer[at..])?;
        at += taken;
        match item {
            Item::End(_) => return Ok(true),
            Item::More => return Ok(false),
            _ => {}
        }
    }
}

fn refuse(client: &mut TcpStream, fault: Fault) -> Result<()> {
    let code = fault.status();
    let reason = status::reason(code);
    let text = format!("{fault}\n");
    let len = text.len();
    Ok(write!(
        client,
        "HTTP/1.1 {code} {reason}\r\nConnection: close\r\n\
            Content-Length: {len}\r\n\r\n{text}"
    )?)
}

/// Answers each request with what it saw.
fn shop(listener: TcpListener) -> Result<()> {
    let mut proxy = accept(&listener)?;
    let mut bytes = Vec::new();
    loop {
        while let Some((seen, rest)) = PLAIN.request(&bytes) {
            let text =
                format!("{}, cookie {:?}\n", seen.line, seen.field("cookie"));
            let len = text.len();
            write!(
                proxy,
                "HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n\r\n{text}"
            )?;
            bytes = rest.to_vec();
        }
        if read_some(&mut proxy, &mut bytes).is_err() {
            return Ok(());
        }
    }
}

fn read_some(from: &mut TcpStream, into: &mut Vec<u8>) -> io::Result<()> {
    let mut chunk = [0; 1024];
    match from.read(&mut chunk)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        n => {
            into.extend_from_slice(&chunk[..n]);
            Ok(())
        }
    }
}

fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    timed(listener.accept()?.0)
}

fn connect(to: SocketAddr) -> io::Result<TcpStream> {
    timed(TcpStream::connect(to)?)
}

fn timed(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    Ok(stream)
}

// ANCHOR: run
fn run(judge: Judge) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let shop_address = listener.local_addr()?;
    let shop = thread::spawn(move || shop(listener));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let proxy = thread::spawn(move || proxy(listener, shop_address, judge));

    for (who, sends) in [("mallory", MALLORY), ("alice", ALICE)] {
        let mut stream = connect(address)?;
        stream.write_all(sends.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, text) = answer.split_once("\r\n\r\n").ok_or("no head")?;
        let status = head.lines().next().unwrap_or_default();
        println!("  {who}: {status}\n    {}", text.trim_end());
    }
    proxy.join().expect("does not panic")?;
    shop.join().expect("does not panic")
}
// ANCHOR_END: run

fn main() -> Result<()> {
    println!("with a proxy that goes by the length");
    run(lax)?;
    println!("with ours");
    run(strict)
}
