//! A file that is asked for again and again: whole, unchanged, in part.

use std::fs;
use std::io;
use std::thread;
use std::time::Duration;

use ch04_http::files::serve::{Client, Serving};

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("digits.txt");
    fs::write(&path, "0123456789")?;
    // Until the tag is strong.
    thread::sleep(Duration::from_millis(1010));
    let serving = Serving::begin(folder.path())?;
    let mut client = serving.client()?;
    talk(&mut client, || fs::write(&path, "abcdefghij"))?;
    drop(client);
    serving.end()
}

// ANCHOR: talk
fn talk(
    client: &mut Client,
    change: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    let mut ask = |fields: &str| {
        let (reply, content) = client.ask("/digits.txt", fields)?;
        println!("> GET /digits.txt");
        fields.lines().for_each(|line| println!("> {line}"));
        println!("{} {content:?}", reply.code);
        for name in ["Content-Range", "ETag"] {
            match reply.field(name) {
                "" => {}
                value => println!("{name}: {value}"),
            }
        }
        io::Result::Ok(reply.field("ETag").to_string())
    };
    let tag = ask("")?;
    let unless = format!("If-None-Match: {tag}\r\n");
    let rest = format!("Range: bytes=6-\r\nIf-Range: {tag}\r\n");
    ask(&unless)?;
    ask("Range: bytes=2-5\r\n")?;
    ask(&rest)?;
    ask("Range: bytes=10-\r\n")?;
    change()?;
    println!("(the file is changed)");
    ask(&unless)?;
    ask(&rest)?;
    Ok(())
}
// ANCHOR_END: talk
