//! Several ranges of a file at once: two, and far too many.

use std::fs;
use std::io;

use ch04_http::files::serve::Serving;

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("digits.txt"), "0123456789")?;
    fs::write(folder.path().join("large"), vec![b'x'; 1_000_000])?;
    let serving = Serving::begin(folder.path())?;
    let mut client = serving.client()?;
    // ANCHOR: two
    let two = "Range: bytes=0-1,-2\r\n";
    let (reply, content) = client.ask("/digits.txt", two)?;
    println!("{} {}", reply.code, reply.field("Content-Type"));
    for line in content.split_terminator("\r\n") {
        println!("{}", format!("| {line}").trim_end());
    }
    // ANCHOR_END: two
    // ANCHOR: bombs
    for range in [
        "0-99,200-299",
        "0-,0-",
        &"0-,".repeat(1000),
        &"5-5,".repeat(17),
        "0-0,99999999999999999999-",
        "99999999999999999999-",
    ] {
        let asked = format!("Range: bytes={range}\r\n");
        let (reply, content) = client.ask("/large", &asked)?;
        let shown = &range[..range.len().min(25)];
        println!("{:>4} bytes asked  {shown}", range.len());
        println!("     {} with {}", reply.code, content.len());
    }
    // ANCHOR_END: bombs
    drop(client);
    serving.end()
}
