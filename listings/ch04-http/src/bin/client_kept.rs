//! When three requests share a connection, and when they do not.

use std::error::Error;
use std::io::{self, Write};

use ch04_http::client::blocking::{Client, Response};
use ch04_http::client::stage::{Stage, read_head};
use ch04_http::client::{Config, Request};

/// Answers by the path.
fn server() -> io::Result<Stage> {
    Stage::script(|_, mut stream| {
        loop {
            let head = read_head(&mut stream)?;
            let Some(path) = head.split(' ').nth(1) else {
                return Ok(());
            };
            let answer: &[u8] = match path {
                _ if head.starts_with("HEAD") => {
                    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
                }
                "/none" => b"HTTP/1.1 204 No Content\r\n\r\n",
                "/old" => b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
                "/open" => b"HTTP/1.1 200 OK\r\n\r\nhi",
                "/more" => b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhi",
                _ => b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            };
            stream.write_all(answer)?;
            if path == "/open" {
                return Ok(()); // its end is the content's
            }
        }
    })
}

// ANCHOR: cases
type Use = fn(Response) -> Result<(), Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let read: Use = |mut response| Ok(response.content().map(drop)?);
    let drop: Use = |response| {
        drop(response);
        Ok(())
    };
    let cases: [(&str, &str, &str, Use); 8] = [
        ("read to the end", "GET", "/", read),
        ("dropped", "GET", "/", drop),
        ("no content, dropped", "GET", "/none", drop),
        ("HEAD, dropped", "HEAD", "/", drop),
        ("the client says close", "close", "/", read),
        ("HTTP/1.0", "GET", "/old", read),
        ("ends with the connection", "GET", "/open", read),
        ("a byte too many", "GET", "/more", read),
    ];
    for (what, method, path, use_it) in cases {
        let (server, client) = (server()?, Client::new(Config::default()));
        for _ in 0..3 {
            let request = match method {
                "close" => Request::new("GET", server.url(path))?.close(),
                method => Request::new(method, server.url(path))?,
            };
            use_it(client.send(request)?)?;
        }
        println!("{} for 3 requests: {what}", server.connections());
    }
    Ok(())
}
// ANCHOR_END: cases
