//! A connection that is always ready: how many turns another task gets while
//! it is read.

#[cfg(target_os = "linux")]
use {
    ch03_multiplexing::runtime::{self, Runtime, Side, TcpStream},
    std::cell::Cell,
    std::future::poll_fn,
    std::io::{self, Read, Write},
    std::net::SocketAddr,
    std::rc::Rc,
    std::task::Poll,
    std::time::Duration,
};

/// Reads of one byte each.
#[cfg(target_os = "linux")]
const BYTES: usize = 1000;

/// A connection with all the bytes there.
#[cfg(target_os = "linux")]
async fn full(runtime: &Runtime) -> io::Result<(TcpStream, TcpStream)> {
    let listener = runtime.listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let address = listener.get_ref().local_addr()?;
    let client = runtime.connect(address).await?;
    let (server, _) = listener.accept().await?;
    client.get_ref().write_all(&[0; BYTES])?;
    let all =
        |socket: &std::net::TcpStream| match socket.peek(&mut [0; BYTES])? {
            BYTES => Ok(()),
            _ => Err(io::ErrorKind::WouldBlock.into()),
        };
    server.try_io(Side::Read, all).await?;
    Ok((client, server))
}

// ANCHOR: readers
#[cfg(target_os = "linux")]
async fn one_await_each(server: &TcpStream) -> io::Result<()> {
    for _ in 0..BYTES {
        server.read(&mut [0]).await?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
async fn one_await_for_all(server: &TcpStream) -> io::Result<()> {
    let all = |mut socket: &std::net::TcpStream| {
        for _ in 0..BYTES {
            socket.read_exact(&mut [0])?;
        }
        Ok(())
    };
    server.try_io(Side::Read, all).await
}
// ANCHOR_END: readers

// ANCHOR: turns
/// Takes turns for ever, and counts them.
#[cfg(target_os = "linux")]
async fn count(turns: Rc<Cell<u32>>) {
    poll_fn(|context| {
        turns.set(turns.get() + 1);
        context.waker().wake_by_ref();
        Poll::<()>::Pending
    })
    .await;
}

#[cfg(target_os = "linux")]
fn main() -> io::Result<()> {
    runtime::run(async |runtime| {
        let turns = Rc::new(Cell::new(0));
        runtime.spawn(count(Rc::clone(&turns)));
        runtime.sleep(Duration::ZERO).await;

        let (_client, server) = full(&runtime).await?;
        let before = turns.get();
        one_await_each(&server).await?;
        println!("one await each:    {} turns", turns.get() - before);

        let (_client, server) = full(&runtime).await?;
        let before = turns.get();
        one_await_for_all(&server).await?;
        println!("one await for all: {} turns", turns.get() - before);
        Ok(())
    })?
}
// ANCHOR_END: turns

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("The runtime of this chapter uses epoll: it needs Linux.");
}
