//! Echo over loopback: our drivers against tokio's, the same client for both.

#![allow(clippy::unwrap_used, reason = "bench")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;

use book_bench::Bench;
use ch03_multiplexing::drivers::epoll::Mode;
use ch03_multiplexing::drivers::{epoll, mio, ours, poll, tasks, threads};
use ch03_multiplexing::echo::Echo;
use ch03_multiplexing::runtime;
use ch03_multiplexing::table::Limits;

const CONNECTIONS: usize = 64;
const BYTES: usize = 32;
/// Round trips of each connection in one run.
const ROUNDS: usize = 20;

/// A server in a thread, until the process ends.
fn start(
    serve: impl FnOnce(TcpListener, UnixStream) + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (keep, stop) = UnixStream::pair().unwrap();
    thread::spawn(move || {
        serve(listener, stop);
        drop(keep);
    });
    address
}

/// Tokio's own echo, as its documentation writes it, on one thread.
fn tokio_echo(listener: TcpListener, _stop: UnixStream) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    listener.set_nonblocking(true).unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            tokio::spawn(async move {
                let mut buffer = vec![0; 16 * 1024];
                while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                    if stream.write_all(&buffer[..count]).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
}

/// The same on our runtime.
fn runtime_echo(listener: TcpListener, _stop: UnixStream) {
    runtime::run(async |runtime| {
        let listener = runtime.adopt(listener).unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            runtime.spawn(async move {
                let mut buffer = vec![0; 16 * 1024];
                while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                    if stream.write_all(&buffer[..count]).await.is_err() {
                        break;
                    }
                }
            });
        }
    })
    .unwrap()
}

/// As many clients as there are connections, in one thread.
struct Load(Vec<TcpStream>);

impl Load {
    fn on(server: SocketAddr) -> Self {
        let connect = |_| {
            let stream = TcpStream::connect(server).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        };
        Load((0..CONNECTIONS).map(connect).collect())
    }

    /// All write, then all read.
    fn run(&mut self) -> u64 {
        let mut total = 0;
        for round in 0..ROUNDS {
            let message = [round as u8; BYTES];
            for stream in &mut self.0 {
                stream.write_all(&message).unwrap();
            }
            for stream in &mut self.0 {
                let mut back = [0; BYTES];
                stream.read_exact(&mut back).unwrap();
                total += u64::from(back[BYTES - 1]) + 1;
            }
        }
        total
    }
}

fn main() {
    let mut bench = Bench::from_args("ours", "tokio, one thread");
    let peer = start(tokio_echo);
    let mut peer = Load::on(peer);
    for (name, mode) in [
        ("epoll, level", Mode::Level),
        ("epoll, edge", Mode::Edge),
        ("epoll, one-shot", Mode::OneShot),
    ] {
        let ours = start(move |listener, stop| {
            let mut echo = Echo::new(Limits::default());
            epoll::run(listener, &mut echo, mode, stop, drop).unwrap();
        });
        let mut ours = Load::on(ours);
        bench.case(name, || ours.run(), || peer.run());
    }
    let ours = start(|listener, stop| {
        let mut echo = Echo::new(Limits::default());
        poll::run(listener, &mut echo, stop, drop).unwrap();
    });
    let mut ours = Load::on(ours);
    bench.case("poll", || ours.run(), || peer.run());
    let ours = start(|listener, stop| {
        let mut echo = Echo::new(Limits::default());
        mio::run(listener, &mut echo, stop, drop).unwrap();
    });
    let mut ours = Load::on(ours);
    bench.case("mio", || ours.run(), || peer.run());
    let ours = start(|listener, stop| {
        let echo = Echo::new(Limits::default());
        tasks::run(listener, echo, stop, drop).unwrap();
    });
    let mut ours = Load::on(ours);
    bench.case("tokio's tasks", || ours.run(), || peer.run());
    let ours = start(|listener, stop| {
        let mut echo = Echo::new(Limits::default());
        threads::run(listener, &mut echo, stop, drop).unwrap();
    });
    let mut ours = Load::on(ours);
    bench.case("threads", || ours.run(), || peer.run());
    let ours = start(runtime_echo);
    let mut ours = Load::on(ours);
    bench.case("our runtime", || ours.run(), || peer.run());
    let ours = start(|listener, stop| {
        let echo = Echo::new(Limits::default());
        ours::run(listener, echo, stop, drop).unwrap();
    });
    let mut ours = Load::on(ours);
    bench.case("our runtime, the machine", || ours.run(), || peer.run());
}
