//! A server of lines that stays up, until Ctrl-C or SIGTERM. On tokio.

use std::error::Error;
use std::io::{self, Write};

use ch03_sockets::frame::Lines;
use ch03_sockets::server::system::raise_open_files;
use ch03_sockets::server::{Config, Log, Overflow, tasks};
use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

// ANCHOR: main
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let ["--serve", address] =
        arguments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    else {
        return Err("usage: line_server_tokio --serve 127.0.0.1:7000".into());
    };
    raise_open_files()?;
    let listener = TcpListener::bind(address).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let shutdown = async {
        tokio::select! {
            _ = ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    };
    println!("listening on {}", listener.local_addr()?);
    let config = Config {
        overflow: Overflow::Refuse,
        refusal: b"busy, try again\n",
        log: Log::to(|event| {
            let _ = writeln!(io::stderr(), "{event}");
        }),
        ..Config::default()
    };
    let upper = async |_, line: bytes::Bytes| line.to_ascii_uppercase();
    let report =
        tasks::run(listener, shutdown, config, Lines::new(1024), upper).await?;
    println!("{report}");
    Ok(())
}
// ANCHOR_END: main
