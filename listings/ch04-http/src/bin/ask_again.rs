//! A file that is asked for again and again: whole, unchanged, in part.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, SystemTime};

use ch04_http::drivers::{Server, listen, threads};
use ch04_http::server::Config;
use ch04_http::server::gate::Gate;
use ch04_http::site;

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("digits.txt");
    fs::write(&path, "0123456789")?;
    // Long ago enough for a strong tag.
    let day = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 * 20_000);
    File::open(&path)?.set_modified(day)?;
    let mut listeners = listen(([127, 0, 0, 1], 0).into(), 1)?;
    let listener = listeners.remove(0);
    let mut stream = TcpStream::connect(listener.local_addr()?)?;
    let router = site::router(Some(folder.path()))?;
    let server = Server::new(router, Config::default(), Gate::new(9, 9));
    let (stop, stopped) = UnixStream::pair()?;
    let serving =
        thread::spawn(move || threads::run(&server, listener, &stopped));

    let (_, tag) = ask(&mut stream, "")?;
    ask(&mut stream, &format!("If-None-Match: {tag}\r\n"))?;
    ask(&mut stream, "Range: bytes=2-5\r\n")?;
    ask(
        &mut stream,
        &format!("Range: bytes=6-\r\nIf-Range: {tag}\r\n"),
    )?;
    ask(&mut stream, "Range: bytes=10-\r\n")?;
    fs::write(&path, "abcdefghij")?;
    File::open(&path)?.set_modified(day + Duration::from_secs(60))?;
    ask(&mut stream, &format!("If-None-Match: {tag}\r\n"))?;
    ask(
        &mut stream,
        &format!("Range: bytes=6-\r\nIf-Range: {tag}\r\n"),
    )?;
    drop((stop, stream));
    serving.join().expect("the server does not panic")
}

// ANCHOR: ask
/// Asks, prints the conversation, and returns content and tag.
fn ask(stream: &mut TcpStream, field: &str) -> io::Result<(String, String)> {
    write!(stream, "GET /digits.txt HTTP/1.1\r\nHost: a\r\n{field}\r\n")?;
    let mut reader = BufReader::new(&*stream);
    let (mut length, mut tag) = (0, String::new());
    let (mut status, mut range) = (String::new(), String::new());
    reader.read_line(&mut status)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => {
                length = value.parse().expect("a length");
            }
            Some(("ETag", value)) => tag = value.into(),
            Some(("Content-Range", value)) => range = value.into(),
            Some(_) => {}
            None => break,
        }
    }
    let mut content = vec![0; length];
    reader.read_exact(&mut content)?;
    let content = String::from_utf8_lossy(&content).into_owned();
    let asked = field.trim_end().replace("\r\n", ", ");
    println!(
        "{}",
        if asked.is_empty() {
            "(no condition)"
        } else {
            &asked
        }
    );
    println!("    {}  {content:?}  {range}", &status[9..12]);
    Ok((content, tag))
}
// ANCHOR_END: ask
