//! A server of lines that stays up, until Ctrl-C or SIGTERM. A thread each.

use std::error::Error;
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use ch03_sockets::frame::Lines;
use ch03_sockets::server::system::{bind_path, raise_open_files};
use ch03_sockets::server::{Config, Fault, Log, Overflow, threads};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

const USAGE: &str = "usage: line_server --serve ADDRESS, \
    an address such as 127.0.0.1:7000 or a path such as ./line.socket";

// ANCHOR: main
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [flag, address] = &arguments[..] else {
        return Err(USAGE.into());
    };
    if flag != "--serve" {
        return Err(USAGE.into());
    }
    raise_open_files()?;
    let (listener, local) = listen(address)?;
    let (trigger, stop) = UnixStream::pair()?;
    for signal in [SIGINT, SIGTERM] {
        pipe::register(signal, trigger.try_clone()?)?;
    }
    println!("listening on {local}");
    let config = Config {
        overflow: Overflow::Refuse,
        refusal: b"busy, try again\n",
        // `eprintln!` would panic once standard error is closed.
        log: Log::to(|event| {
            let whose = if event.fault() == Fault::Us { "!" } else { " " };
            let _ = writeln!(io::stderr(), "{whose} {event}");
        }),
        ..Config::default()
    };
    let upper = |_: &_, line: &[u8]| line.to_ascii_uppercase();
    let report = threads::run(listener, stop, config, Lines::new(1024), upper)?;
    println!("{report}");
    Ok(())
}
// ANCHOR_END: main

fn listen(address: &str) -> io::Result<(OwnedFd, String)> {
    if address.contains('/') {
        return Ok((bind_path(address)?.into(), address.into()));
    }
    let listener = TcpListener::bind(address)?;
    let local = listener.local_addr()?.to_string();
    Ok((listener.into(), local))
}
