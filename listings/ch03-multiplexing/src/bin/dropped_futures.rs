//! What a future that waits has left with the reactor, and what is there
//! after it was dropped.

#[cfg(target_os = "linux")]
use {
    ch03_multiplexing::runtime::{self, Runtime},
    std::fs,
    std::io,
    std::net::SocketAddr,
    std::time::Duration,
};

/// What the reactor holds, and how many descriptors the kernel watches for
/// it: the lines `tfd:` of its epoll descriptor, less the one that wakes it.
#[cfg(target_os = "linux")]
fn show(runtime: &Runtime, when: &str) -> io::Result<()> {
    let (sockets, waiting, timers) = runtime.registrations();
    let mut kernel = 0;
    for entry in fs::read_dir("/proc/self/fdinfo")? {
        let info = fs::read_to_string(entry?.path()).unwrap_or_default();
        kernel += info.lines().filter(|l| l.starts_with("tfd:")).count();
    }
    println!(
        "{when:23} {sockets} sockets, {waiting} waiting, {timers} timers; \
         the kernel's set: {}",
        kernel.saturating_sub(1),
    );
    Ok(())
}

// ANCHOR: main
#[cfg(target_os = "linux")]
fn main() -> io::Result<()> {
    runtime::run(async |runtime| {
        let listener = runtime.listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = listener.get_ref().local_addr()?;
        let client = runtime.connect(address).await?;
        let (server, _) = listener.accept().await?;
        show(&runtime, "connected")?;

        let own = runtime.clone();
        let reader = runtime.spawn(async move {
            let (mut buffer, wait) = ([0; 16], Duration::from_millis(100));
            let read = own.timeout(wait, server.read(&mut buffer)).await;
            assert!(read.is_none());
            server
        });
        runtime.sleep(Duration::ZERO).await;
        show(&runtime, "a read with a deadline")?;

        let server = reader.await.expect("the task does not panic");
        show(&runtime, "the read was given up")?;

        client.write_all(b"not lost").await?;
        let mut buffer = [0; 16];
        let count = server.read(&mut buffer).await?;
        println!("read: {:?}", String::from_utf8_lossy(&buffer[..count]));

        drop(server);
        show(&runtime, "a socket was dropped")?;
        drop((client, listener));
        show(&runtime, "all were")
    })?
}
// ANCHOR_END: main

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("The runtime of this chapter uses epoll: it needs Linux.");
}
