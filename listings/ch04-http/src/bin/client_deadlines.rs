//! Five servers that take too long, each in its own way.

use std::error::Error;
use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use ch03_sockets::happy_eyeballs::black_hole::BlackHole;
use ch04_http::client::stage::{Stage, read_head};
use ch04_http::client::{Config, Request, Timers, blocking};

const MS: Duration = Duration::from_millis(1);

/// Reads the head, says this, and then a byte every 20 ms, or nothing.
fn says(first: &'static str, then: Option<&'static [u8]>) -> Stage {
    let stage = Stage::script(move |_, mut stream| {
        read_head(&mut stream)?;
        stream.write_all(first.as_bytes())?;
        match then {
            None => stream.read(&mut [0]).map(drop),
            Some(byte) => loop {
                thread::sleep(20 * MS);
                stream.write_all(byte)?;
            },
        }
    });
    stage.expect("a port and a thread")
}

// ANCHOR: main
fn main() -> Result<(), Box<dyn Error>> {
    let hole = BlackHole::open(([127, 0, 0, 1], 0).into())?;
    let hole = Request::get(&format!("http://{}/", hole.addr()))?;
    let get = |stage: Stage| Request::new("GET", stage.url("/"));
    const OK: &str = "HTTP/1.1 200 OK\r\n\r\n";
    // It listens, and takes nothing but what the kernel takes for it.
    let deaf = Stage::script(|_, stream| {
        thread::sleep(1000 * MS);
        drop(stream);
        Ok(())
    })?;
    let upload = Request::new("PUT", deaf.url("/"))?;
    let upload = upload.content(vec![0; 32 << 20])?;

    let timers = Timers {
        connect: 150 * MS,
        answer: 200 * MS,
        silence: 100 * MS,
        whole: 400 * MS,
    };
    let config = Config {
        timers,
        ..Config::default()
    };
    let client = blocking::Client::new(config);
    for (what, request) in [
        ("does not accept", hole),
        ("says nothing", get(says("", None))?),
        (
            "a head by the byte",
            get(says("HTTP/1.1 200 ", Some(b"x")))?,
        ),
        ("stops in the content", get(says(OK, None))?),
        ("content by the byte", get(says(OK, Some(b"x")))?),
        ("does not read", upload),
    ] {
        let begun = Instant::now();
        let result = client.send(request).and_then(|mut r| r.content());
        let error = result.err().ok_or("an answer in time")?;
        assert!(begun.elapsed() < 900 * MS, "{what}: {:?}", begun.elapsed());
        println!("{what}: {error}");
    }
    println!("open connections: {}", client.connections().0);
    Ok(())
}
// ANCHOR_END: main
