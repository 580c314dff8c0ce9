//! A file that becomes shorter while it is sent.

use std::fs::File;
use std::io;

use ch04_http::files::serve::Serving;

/// Sparse: it takes no room, and is far longer than what sockets hold.
const LEN: u64 = 256 << 20;

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = File::create(folder.path().join("large"))?;
    file.set_len(LEN)?;
    let serving = Serving::begin(folder.path())?;
    let mut client = serving.client()?;
    // ANCHOR: shrink
    let reply = client.head("/large", "")?;
    file.set_len(1000)?;
    let content = client.content(&reply)?;
    println!("{}, promised: {}", reply.code, reply.length());
    println!("all of it came: {}", content.len() as u64 == LEN);
    let again = client.head("/large", "");
    println!("asked again: {}", again.is_ok());
    let (reply, content) = serving.client()?.ask("/large", "")?;
    println!("on another connection: {}, {}", reply.code, content.len());
    // ANCHOR_END: shrink
    drop(client);
    serving.end()
}
