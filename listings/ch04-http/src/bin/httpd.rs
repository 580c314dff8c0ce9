//! A web server: files, a few paths of its own, and three ways to wait.

use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ch03_multiplexing::drivers::sockets::stop_on_signals;
use ch04_http::drivers::{Server, listen, tasks, threads};
use ch04_http::limits::Limits;
use ch04_http::server::Config;
use ch04_http::server::access::Log;
use ch04_http::server::gate::Gate;
use ch04_http::site;
use clap::{Parser, ValueEnum};

/// Serves the files of a directory over HTTP/1.1.
///
/// GET /plaintext answers "Hello, world!", POST /count says how long the
/// content was, GET /lines?N sends N lines as they are made. Everything else
/// is a file below --root. Ctrl-C or SIGTERM ends it: requests that have begun
/// are finished first.
#[derive(Parser)]
#[command(name = "httpd", version)]
struct Options {
    /// Address and port to listen on; port 0 takes any that is free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    serve: SocketAddr,
    /// Directory whose files are served [default: none]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Who waits for all those connections
    #[arg(long, value_enum, default_value = "epoll")]
    driver: Driver,
    /// Threads that serve; with `threads`, each connection has its own
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: u16,
    /// Connections at a time
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    connections: usize,
    /// Connections at a time from one IPv4 address or IPv6 /64
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    per_address: usize,
    /// Longest content of a request, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    body: u64,
    /// Seconds that the head of a request may take
    #[arg(long, value_name = "S", default_value_t = 10)]
    head_timeout: u32,
    /// Seconds that a connection may be silent between requests
    #[arg(long, value_name = "S", default_value_t = 60)]
    idle_timeout: u32,
    /// Seconds that a client may take nothing of a response
    #[arg(long, value_name = "S", default_value_t = 30)]
    write_timeout: u32,
    /// Bytes a second that a client has to send or take on average
    #[arg(long, value_name = "BYTES", default_value_t = 1024,
          value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// Seconds for requests that have begun, once it has to stop
    #[arg(long, value_name = "S", default_value_t = 10)]
    drain: u32,
    /// File for the access log, in the Common Log Format; - is standard
    /// output [default: none]
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Driver {
    /// One thread for each connection
    Threads,
    /// Event loops on epoll (Linux)
    Epoll,
    /// Tasks on tokio
    Tokio,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error);
            ExitCode::FAILURE
        }
    }
}

// ANCHOR: run
fn run(options: &Options) -> io::Result<()> {
    let router = site::router(options.root.as_deref()).map_err(|error| {
        let root = options.root.as_deref().unwrap_or("".as_ref());
        io::Error::new(error.kind(), format!("{}: {error}", root.display()))
    })?;
    let gate = Gate::new(options.connections, options.per_address);
    let mut server = Server::new(router, options.config(), gate);
    server.drain = seconds(options.drain);
    server.report = Box::new(|report| say(&report));
    if let Some(log) = options.log()? {
        server.access = Box::new(move |entry| log.add(entry));
    }
    let stop = stop_on_signals()?;
    let count = match options.driver {
        Driver::Epoll => options.workers.into(),
        Driver::Threads | Driver::Tokio => 1,
    };
    let mut listeners = listen(options.serve, count)?;
    say(&format_args!("http://{}/", listeners[0].local_addr()?));
    match options.driver {
        #[cfg(target_os = "linux")]
        Driver::Epoll => {
            ch04_http::drivers::epoll::run(&server, listeners, &stop)
        }
        #[cfg(not(target_os = "linux"))]
        Driver::Epoll => Err(io::Error::other("epoll needs Linux")),
        Driver::Threads => threads::run(&server, listeners.remove(0), &stop),
        Driver::Tokio => {
            let workers = options.workers.into();
            let listener = listeners.remove(0);
            tasks::run(Arc::new(server), listener, workers, stop)
        }
    }
}
// ANCHOR_END: run

/// Whoever read what we say may be gone, which is no reason to end.
fn say(what: &dyn Display) {
    let _ = writeln!(io::stderr(), "httpd: {what}");
}

impl Options {
    fn config(&self) -> Config {
        Config {
            limits: Limits {
                body: self.body,
                ..Limits::default()
            },
            head: seconds(self.head_timeout),
            idle: seconds(self.idle_timeout),
            write: seconds(self.write_timeout),
            rate: self.rate,
            log: self.access_log.is_some(),
            ..Config::default()
        }
    }

    fn log(&self) -> io::Result<Option<Log>> {
        let Some(path) = &self.access_log else {
            return Ok(None);
        };
        if path.as_os_str() == "-" {
            return Ok(Some(Log::new(io::stdout())));
        }
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Some(Log::new(file)))
    }
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}
