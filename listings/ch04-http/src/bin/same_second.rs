//! A file that changes twice within a second, and who notices.

use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ch04_http::files::serve::Serving;

// ANCHOR: main
fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("score");
    let serving = Serving::begin(folder.path())?;
    let mut client = serving.client()?;
    // On a busy machine it may take more than one try to get both changes
    // into one second.
    let (date, first, content) = loop {
        thread::sleep(until_there_is_time());
        fs::write(&path, "1:0")?;
        let date = httpdate::fmt_http_date(path.metadata()?.modified()?);
        let (first, content) = client.ask("/score", "")?;
        thread::sleep(Duration::from_millis(20));
        fs::write(&path, "2:0")?;
        let changed = path.metadata()?.modified()?;
        if httpdate::fmt_http_date(changed) == date {
            break (date, first, content);
        }
    };
    let (tag, told) = (first.field("ETag"), first.field("Last-Modified"));
    println!("{content:?}, weak tag: {}", tag.starts_with("W/"));
    println!("Last-Modified: {told:?}");

    let by_date = format!("If-Modified-Since: {date}\r\n");
    let by_tag = format!("If-None-Match: {tag}\r\n");
    for (when, wait) in [("at once", 0), ("a second later", 1010)] {
        thread::sleep(Duration::from_millis(wait));
        for (name, condition) in [("date", &by_date), ("tag", &by_tag)] {
            let (reply, content) = client.ask("/score", condition)?;
            println!("{when:<15} {name:<5} {} {content:?}", reply.code);
        }
    }
    drop(client);
    serving.end()
}
// ANCHOR_END: main

fn until_there_is_time() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    match now.unwrap_or_default().subsec_millis() {
        0..500 => Duration::ZERO,
        late => Duration::from_millis(u64::from(1001 - late)),
    }
}
