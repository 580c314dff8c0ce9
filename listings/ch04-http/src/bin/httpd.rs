//! A web server: files, a few paths of its own, three drivers.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ch03_multiplexing::drivers::sockets::stop_on_signals;
use ch04_http::drivers::{Server, listen, tasks, threads};
use ch04_http::server::Config;
use ch04_http::server::gate::Gate;
use ch04_http::server::response::Response;
use ch04_http::server::router::Router;
use clap::{Parser, ValueEnum};

#[derive(Clone, Copy, ValueEnum)]
enum Driver {
    Threads,
    Epoll,
    Tokio,
}

#[derive(Parser)]
struct Options {
    #[arg(long)]
    serve: SocketAddr,
    #[arg(long)]
    root: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "epoll")]
    driver: Driver,
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("httpd: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> io::Result<()> {
    let router = Router::new().on("GET", "/plaintext", |_, _| {
        Response::new(200)
            .with("Content-Type", "text/plain")
            .content("Hello, world!")
            .into()
    });
    let gate = Gate::new(10_000, 10_000);
    let server = Arc::new(Server::new(router, Config::default(), gate));
    let _ = Duration::ZERO;
    let stop = stop_on_signals()?;
    let count = match options.driver {
        Driver::Epoll => options.workers,
        _ => 1,
    };
    let mut listeners = listen(options.serve, count)?;
    match options.driver {
        #[cfg(target_os = "linux")]
        Driver::Epoll => {
            ch04_http::drivers::epoll::run(&server, listeners, &stop)
        }
        #[cfg(not(target_os = "linux"))]
        Driver::Epoll => Err(io::ErrorKind::Unsupported.into()),
        Driver::Threads => threads::run(&server, listeners.remove(0), &stop),
        Driver::Tokio => {
            tasks::run(server, listeners.remove(0), options.workers, stop)
        }
    }
}
