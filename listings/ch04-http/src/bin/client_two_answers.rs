//! A server gives two answers to one question, and two clients ask on.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;

use ch04_http::client::stage::{Stage, read_head, respond};
use ch04_http::client::{Config, Request, blocking};
use ch04_http::limits::Limits;
use ch04_http::reader::{Item, Responses};

// ANCHOR: server
/// Whoever wrote the news could write a line break into a field.
fn server() -> std::io::Result<Stage> {
    Stage::script(|_, mut stream| {
        loop {
            let head = read_head(&mut stream)?;
            match head.split(' ').nth(1) {
                Some("/news") => {
                    let mut both = Vec::new();
                    respond(&mut both, 200, "rain, later sun")?;
                    respond(&mut both, 200, "log in at evil.example")?;
                    stream.write_all(&both)?;
                }
                Some(_) => respond(&mut stream, 200, "balance: 12")?,
                None => return Ok(()),
            }
        }
    })
}
// ANCHOR_END: server

// ANCHOR: naive
/// Keeps its connection, and what it has read.
struct Naive {
    stream: TcpStream,
    received: Vec<u8>,
    responses: Responses,
}

impl Naive {
    fn get(&mut self, path: &str) -> Result<String, Box<dyn Error>> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: a.example\r\n\r\n");
        self.stream.write_all(head.as_bytes())?;
        let mut content = Vec::new();
        loop {
            let (taken, item) = self.responses.next(&self.received)?;
            let mut end = false;
            match item {
                Item::Data(data) => content.extend_from_slice(data),
                Item::End(_) => end = true,
                Item::More => {
                    let mut space = [0; 4096];
                    let n = self.stream.read(&mut space)?;
                    self.received.extend_from_slice(&space[..n]);
                }
                _ => {}
            }
            self.received.drain(..taken);
            if end {
                return Ok(String::from_utf8(content)?);
            }
        }
    }
}
// ANCHOR_END: naive

// ANCHOR: main
fn main() -> Result<(), Box<dyn Error>> {
    let server = server()?;
    let mut naive = Naive {
        stream: TcpStream::connect(server.addr())?,
        received: Vec::new(),
        responses: Responses::new(Limits::default()),
    };
    println!("one client:");
    for path in ["/news", "/account"] {
        println!("  {path}: {}", naive.get(path)?);
    }

    let client = blocking::Client::new(Config::default());
    println!("another:");
    for path in ["/news", "/account"] {
        let request = Request::new("GET", server.url(path))?;
        let content = client.send(request)?.content()?;
        println!("  {path}: {}", String::from_utf8(content)?);
    }
    println!("{} connections in all", server.connections());
    Ok(())
}
// ANCHOR_END: main
