//! A thread may outlive the function that started it.

use std::io;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

// ANCHOR: main
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let clients = AtomicU64::new(0);
    for stream in listener.incoming() {
        let _stream = stream?;
        thread::spawn(|| {
            clients.fetch_add(1, Ordering::Relaxed);
        });
    }
    Ok(())
}
// ANCHOR_END: main
