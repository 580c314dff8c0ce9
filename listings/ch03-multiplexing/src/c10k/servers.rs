//! Echo servers to be measured, each waiting in its own way.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::str::FromStr;
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::c10k::{Error, MESSAGE};
use crate::drivers::epoll::Mode;
use crate::drivers::{epoll, poll, uring};
use crate::echo::Echo;
use crate::runtime;
use crate::table::Limits;

/// The buffer of a connection, where each has its own, in bytes.
const BUFFER: usize = 1024;

/// A way to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A thread for each connection.
    Threads,
    /// One thread, [`poll`].
    Poll,
    /// One thread, [`epoll`], level-triggered.
    Epoll,
    /// One thread, [`uring`].
    Uring,
    /// One thread, a task for each connection, [`runtime`].
    Runtime,
    /// One thread, a task for each connection, tokio.
    Tokio,
    /// The same, and no buffer while there is nothing to read.
    TokioLean,
}

impl Way {
    /// All, in the order of the table.
    pub const ALL: [Way; 7] = [
        Way::Threads,
        Way::Poll,
        Way::Epoll,
        Way::Uring,
        Way::Runtime,
        Way::Tokio,
        Way::TokioLean,
    ];

    /// How the table and the command line name it.
    pub fn name(self) -> &'static str {
        match self {
            Way::Threads => "threads",
            Way::Poll => "poll",
            Way::Epoll => "epoll",
            Way::Uring => "io_uring",
            Way::Runtime => "runtime",
            Way::Tokio => "tokio",
            Way::TokioLean => "tokio-lean",
        }
    }

    /// Whether it works here.
    ///
    /// # Errors
    /// What forbids it, in words.
    pub fn available(self) -> Result<(), String> {
        match self {
            Way::Uring => uring::available(),
            _ => Ok(()),
        }
    }

    /// Serves until the process ends or `stop` becomes readable.
    ///
    /// # Errors
    /// When the server fails.
    pub fn serve(
        self,
        listener: TcpListener,
        stop: OwnedFd,
    ) -> Result<(), Error> {
        let mut machine = Echo::new(Limits {
            connections: 1_000_000,
            ..Limits::default()
        });
        match self {
            Way::Threads => threads(&listener)?,
            Way::Poll => poll::run(listener, &mut machine, stop, drop)?,
            Way::Epoll => {
                epoll::run(listener, &mut machine, Mode::Level, stop, drop)?;
            }
            Way::Uring => uring::run(listener, &mut machine, stop, drop)?,
            Way::Runtime => runtime(listener)?,
            Way::Tokio => tokio(listener, echo)?,
            Way::TokioLean => tokio(listener, echo_lean)?,
        }
        Ok(())
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Way {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let way = Way::ALL.into_iter().find(|way| way.name() == name);
        way.ok_or_else(|| Error::Way(name.into()))
    }
}

// ANCHOR: threads
fn threads(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let echo = move || {
            let mut buffer = [0; BUFFER];
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                if stream.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
        };
        thread::Builder::new().spawn(echo)?;
    }
}
// ANCHOR_END: threads

fn runtime(listener: TcpListener) -> io::Result<()> {
    runtime::run(async |runtime| {
        let listener = runtime.adopt(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            runtime.spawn(async move {
                let mut buffer = [0; BUFFER];
                while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                    if stream.write_all(&buffer[..count]).await.is_err() {
                        break;
                    }
                }
            });
        }
    })?
}

fn tokio<F: Future<Output = io::Result<()>> + Send + 'static>(
    listener: TcpListener,
    echo: impl Fn(tokio::net::TcpStream) -> F,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(echo(stream));
        }
    })
}

// ANCHOR: tokio
async fn echo(mut stream: tokio::net::TcpStream) -> io::Result<()> {
    let mut buffer = [0; BUFFER];
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count]).await?,
        }
    }
}

async fn echo_lean(mut stream: tokio::net::TcpStream) -> io::Result<()> {
    loop {
        stream.readable().await?;
        let Some(rest) = answer(&stream)? else {
            return Ok(());
        };
        stream.write_all(&rest).await?;
    }
}

/// Reads once and writes once, from a buffer on the stack; returns what the
/// socket did not take. `None` at the end of the stream.
fn answer(stream: &tokio::net::TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut buffer = [0; BUFFER];
    let count = match stream.try_read(&mut buffer) {
        Ok(0) => return Ok(None),
        Err(e) if e.kind() == ErrorKind::WouldBlock => 0,
        count => count?,
    };
    let taken = match stream.try_write(&buffer[..count]) {
        Err(e) if e.kind() == ErrorKind::WouldBlock => 0,
        taken => taken?,
    };
    Ok(Some(buffer[taken..count].to_vec()))
}
// ANCHOR_END: tokio

/// What a client does to see whether it is served.
///
/// # Errors
/// When it is not.
pub fn round_trip(mut stream: &TcpStream) -> io::Result<()> {
    let message = [0x5a; MESSAGE];
    stream.write_all(&message)?;
    let mut back = [0; MESSAGE];
    stream.read_exact(&mut back)?;
    match back == message {
        true => Ok(()),
        false => Err(io::Error::other("another message came back")),
    }
}
