//! How often the task of an echo connection is polled, while its client
//! speaks and while it is silent.

#[cfg(target_os = "linux")]
use {
    ch03_multiplexing::runtime::{self, TcpStream},
    std::cell::Cell,
    std::future::poll_fn,
    std::io,
    std::net::SocketAddr,
    std::pin::pin,
    std::rc::Rc,
    std::time::Duration,
};

// ANCHOR: echo
#[cfg(target_os = "linux")]
async fn echo(stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..count]).await?;
    }
}
// ANCHOR_END: echo

/// Runs `future`, and counts how often it is polled.
#[cfg(target_os = "linux")]
async fn counted<T>(
    polls: Rc<Cell<u32>>,
    future: impl Future<Output = T>,
) -> T {
    let mut future = pin!(future);
    poll_fn(|context| {
        polls.set(polls.get() + 1);
        future.as_mut().poll(context)
    })
    .await
}

// ANCHOR: main
#[cfg(target_os = "linux")]
fn main() -> io::Result<()> {
    runtime::run(async |runtime| {
        let listener = runtime.listen(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = listener.get_ref().local_addr()?;
        let client = runtime.connect(address).await?;
        let (stream, _) = listener.accept().await?;

        let polls = Rc::new(Cell::new(0));
        let task = runtime.spawn(counted(Rc::clone(&polls), echo(stream)));

        let pause = Duration::from_millis(100);
        runtime.sleep(pause).await;
        println!("nothing sent yet: polled {}", polls.get());
        for message in ["one", "two", "three"] {
            client.write_all(message.as_bytes()).await?;
            let mut answer = [0; 1024];
            let count = client.read(&mut answer).await?;
            assert_eq!(&answer[..count], message.as_bytes());
            println!("{message:?} came back:  polled {}", polls.get());
        }
        runtime.sleep(pause).await;
        println!("silence again:    polled {}", polls.get());
        drop(client);
        task.await.expect("the task does not panic")?;
        println!("the client left:  polled {}", polls.get());
        Ok(())
    })?
}
// ANCHOR_END: main

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("The runtime of this chapter uses epoll: it needs Linux.");
}
