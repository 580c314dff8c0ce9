//! The runtime over real sockets: every task gets its turn, and what is
//! dropped leaves nothing behind.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::cell::{Cell, RefCell};
use std::io::{ErrorKind, Write};
use std::net::{self, Shutdown, SocketAddr};
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use ch03_multiplexing::runtime::{Runtime, TcpListener, TcpStream, run};
use socket2::SockRef;

const PATIENCE: Duration = Duration::from_secs(20);

/// Runs `case` in a thread of its own: one that hangs fails.
fn in_time(case: impl AsyncFnOnce(Runtime) + Send + 'static) {
    let (done, wait) = mpsc::channel();
    thread::spawn(move || {
        run(case).unwrap();
        let _ = done.send(());
    });
    wait.recv_timeout(PATIENCE).expect("done in time");
}

fn local() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

async fn echo(stream: TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        if stream.write_all(&buffer[..count]).await.is_err() {
            break;
        }
    }
}

async fn serve(runtime: Runtime, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        runtime.spawn(echo(stream));
    }
}

async fn read_exactly(stream: &TcpStream, mut buffer: &mut [u8]) {
    while !buffer.is_empty() {
        let count = stream.read(buffer).await.unwrap();
        assert!(count > 0, "the stream ends too early");
        buffer = &mut buffer[count..];
    }
}

#[test]
fn a_thousand_connections_at_once_each_get_their_own_back() {
    in_time(async |runtime| {
        let listener = runtime.listen(local()).unwrap();
        let server = listener.get_ref().local_addr().unwrap();
        runtime.spawn(serve(runtime.clone(), listener));
        let clients: Vec<_> = (0..1000_u32)
            .map(|n| {
                let own = runtime.clone();
                runtime.spawn(async move {
                    let stream = own.connect(server).await.unwrap();
                    for round in 0..3 {
                        let sent = (n * 10 + round).to_be_bytes();
                        stream.write_all(&sent).await.unwrap();
                        let mut back = [0; 4];
                        read_exactly(&stream, &mut back).await;
                        assert_eq!(back, sent);
                    }
                })
            })
            .collect();
        for client in clients {
            client.await.unwrap();
        }
        // The servers' ends go when they have read the end.
        while runtime.registrations().0 > 1 {
            runtime.sleep(Duration::from_millis(5)).await;
        }
    });
}

#[test]
fn more_than_the_buffers_hold_gets_through_both_ways() {
    in_time(async |runtime| {
        let listener = runtime.listen(local()).unwrap();
        let server = listener.get_ref().local_addr().unwrap();
        runtime.spawn(serve(runtime.clone(), listener));
        let stream = Rc::new(runtime.connect(server).await.unwrap());
        let sender = Rc::clone(&stream);
        let total = 4 * 1024 * 1024;
        runtime.spawn(async move {
            sender.write_all(&vec![7; total]).await.unwrap();
            sender.get_ref().shutdown(Shutdown::Write).unwrap();
        });
        let (mut count, mut buffer) = (0, vec![0; 64 * 1024]);
        loop {
            match stream.read(&mut buffer).await.unwrap() {
                0 => break,
                n => count += n,
            }
        }
        assert_eq!(count, total);
    });
}

#[test]
fn a_read_that_is_given_up_leaves_nothing_and_loses_nothing() {
    in_time(async |runtime| {
        let listener = runtime.listen(local()).unwrap();
        let address = listener.get_ref().local_addr().unwrap();
        let client = runtime.connect(address).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 16];
        for _ in 0..100 {
            let wait = Duration::from_millis(1);
            let read = runtime.timeout(wait, server.read(&mut buffer)).await;
            assert!(read.is_none());
        }
        assert_eq!(runtime.registrations(), (3, 0, 0));
        client.write_all(b"here").await.unwrap();
        let count = server.read(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..count], b"here");
        drop((client, server, listener));
        assert_eq!(runtime.registrations(), (0, 0, 0));
    });
}

#[test]
fn a_connection_that_is_always_ready_does_not_keep_others_waiting() {
    in_time(async |runtime| {
        let listener = runtime.listen(local()).unwrap();
        let server = listener.get_ref().local_addr().unwrap();
        runtime.spawn(serve(runtime.clone(), listener));
        let flood = runtime.connect(server).await.unwrap();
        let over = Rc::new(Cell::new(false));
        let stop = Rc::clone(&over);
        let flooding = runtime.spawn(async move {
            let flood = Rc::new(flood);
            let mut buffer = vec![0; 64 * 1024];
            while !stop.get() {
                flood.write_all(&[1; 512]).await.unwrap();
                let _ = flood.read(&mut buffer).await.unwrap();
            }
        });
        let quiet = runtime.connect(server).await.unwrap();
        for _ in 0..100 {
            quiet.write_all(b"ping").await.unwrap();
            read_exactly(&quiet, &mut [0; 4]).await;
        }
        over.set(true);
        flooding.await.unwrap();
    });
}

#[test]
fn a_wake_from_another_thread_ends_the_sleep_in_epoll() {
    in_time(async |_runtime| {
        for _ in 0..200 {
            let (send, receive) = ch02_concepts::oneshot::channel();
            let thread = thread::spawn(move || send.send(5));
            assert_eq!(receive.await.unwrap(), 5);
            thread.join().unwrap();
        }
    });
}

#[test]
fn sleeps_end_in_the_order_of_their_times() {
    in_time(async |runtime| {
        let order = Rc::new(std::cell::RefCell::new(Vec::new()));
        let begin = Instant::now();
        let sleeps: Vec<_> = [30, 10, 20]
            .map(|ms| {
                let (runtime, order) = (runtime.clone(), Rc::clone(&order));
                runtime.clone().spawn(async move {
                    runtime.sleep(Duration::from_millis(ms)).await;
                    order.borrow_mut().push(ms);
                })
            })
            .into();
        for sleep in sleeps {
            sleep.await.unwrap();
        }
        assert_eq!(*order.borrow(), [10, 20, 30]);
        assert!(begin.elapsed() >= Duration::from_millis(30));
        assert_eq!(runtime.registrations(), (0, 0, 0));
    });
}

#[test]
fn connecting_to_nobody_is_refused() {
    in_time(async |runtime| {
        let address = {
            let listener = runtime.listen(local()).unwrap();
            listener.get_ref().local_addr().unwrap()
        };
        let error = runtime.connect(address).await.err().unwrap();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
        assert_eq!(runtime.registrations(), (0, 0, 0));
    });
}

/// A waker that belongs to nobody's executor, and drops what it was given.
struct Drops(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Wake for Drops {
    fn wake(self: Arc<Self>) {
        if let Some(act) = self.0.lock().unwrap().take() {
            act();
        }
    }
}

thread_local! {
    /// Sockets of the thread's runtime: a waker must be `Send`, they are not.
    static KEPT: RefCell<Vec<TcpStream>> = const { RefCell::new(vec![]) };
}

#[test]
fn a_waker_may_drop_the_socket_that_wakes_it() {
    in_time(async |runtime| {
        let listener = runtime.listen(local()).unwrap();
        let address = listener.get_ref().local_addr().unwrap();
        let client = runtime.connect(address).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        let other = runtime.connect(address).await.unwrap();
        KEPT.with_borrow_mut(|kept| kept.push(other));
        assert_eq!(runtime.registrations().0, 4);
        let act = || drop(KEPT.take());
        let drops = Arc::new(Drops(Mutex::new(Some(Box::new(act)))));
        let waker = Waker::from(Arc::clone(&drops));
        {
            let mut buffer = [0; 4];
            let mut read = pin!(server.read(&mut buffer));
            let mut context = Context::from_waker(&waker);
            assert!(read.as_mut().poll(&mut context).is_pending());
            client.write_all(b"x").await.unwrap();
            while drops.0.lock().unwrap().is_some() {
                runtime.sleep(Duration::from_millis(1)).await;
            }
        }
        assert_eq!(runtime.registrations().0, 3);
        drop(server);
        assert_eq!(runtime.registrations(), (2, 0, 0));
    });
}

#[test]
fn a_second_reader_gets_an_error_and_the_first_its_bytes() {
    in_time(async |runtime| {
        let listener = runtime.listen(local()).unwrap();
        let address = listener.get_ref().local_addr().unwrap();
        let client = runtime.connect(address).await.unwrap();
        let server = Rc::new(listener.accept().await.unwrap().0);
        let first = Rc::clone(&server);
        let reading = runtime.spawn(async move {
            let mut buffer = [0; 4];
            read_exactly(&first, &mut buffer).await;
            buffer
        });
        runtime.sleep(Duration::ZERO).await;
        let error = server.read(&mut [0; 4]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResourceBusy);
        client.write_all(b"here").await.unwrap();
        assert_eq!(&reading.await.unwrap(), b"here");
        client.write_all(b"more").await.unwrap();
        let mut buffer = [0; 4];
        read_exactly(&server, &mut buffer).await;
        assert_eq!(&buffer, b"more");
    });
}

/// A read stops before urgent data, and at the end of the stream: a short
/// count is then not the last.
#[test]
fn what_comes_behind_a_short_read_is_not_lost() {
    in_time(async |runtime| {
        let listener = runtime.listen(local()).unwrap();
        let address = listener.get_ref().local_addr().unwrap();
        let client = net::TcpStream::connect(address).unwrap();
        let (server, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 16];
        // Asked once before, so that the reactor has to be told.
        let early = server.read(&mut buffer);
        assert!(runtime.timeout(Duration::ZERO, early).await.is_none());
        (&client).write_all(b"abc").unwrap();
        SockRef::from(&client).send_out_of_band(b"!").unwrap();
        (&client).write_all(b"def").unwrap();
        let mut got = Vec::<u8>::new();
        while got.len() < 6 {
            let count = server.read(&mut buffer).await.unwrap();
            got.extend(&buffer[..count]);
        }
        assert_eq!(got, b"abcdef");

        let client = net::TcpStream::connect(address).unwrap();
        let (server, _) = listener.accept().await.unwrap();
        let early = server.read(&mut buffer);
        assert!(runtime.timeout(Duration::ZERO, early).await.is_none());
        (&client).write_all(b"ghi").unwrap();
        drop(client);
        assert_eq!(server.read(&mut buffer).await.unwrap(), 3);
        assert_eq!(server.read(&mut buffer).await.unwrap(), 0);
    });
}

#[test]
fn a_task_that_is_always_ready_gives_way_to_the_others() {
    in_time(async |runtime| {
        let listener = runtime.listen(local()).unwrap();
        let address = listener.get_ref().local_addr().unwrap();
        let client = runtime.connect(address).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        client.write_all(&[0; 1000]).await.unwrap();
        let turns = Rc::new(Cell::new(0));
        let counts = Rc::clone(&turns);
        runtime.spawn(std::future::poll_fn(move |context| {
            counts.set(counts.get() + 1);
            context.waker().wake_by_ref();
            std::task::Poll::<()>::Pending
        }));
        runtime.sleep(Duration::ZERO).await;
        let before = turns.get();
        for _ in 0..1000 {
            server.read(&mut [0]).await.unwrap();
        }
        assert!(turns.get() - before >= 30, "{} turns", turns.get() - before);
    });
}

#[test]
fn a_sleep_of_no_time_lets_others_run() {
    in_time(async |runtime| {
        let over = Rc::new(Cell::new(false));
        let stop = Rc::clone(&over);
        runtime.spawn(async move { stop.set(true) });
        while !over.get() {
            runtime.sleep(Duration::ZERO).await;
        }
        let own = runtime.clone();
        let sleeps = runtime.spawn(async move {
            loop {
                own.sleep(Duration::ZERO).await;
            }
        });
        runtime.sleep(Duration::from_millis(5)).await;
        drop(sleeps);
    });
}

#[test]
fn a_connect_that_is_given_up_leaves_nothing() {
    in_time(async |runtime| {
        // A full queue: the next handshake stays unanswered.
        let listener = socket2::Socket::new(
            socket2::Domain::IPV4,
            socket2::Type::STREAM,
            None,
        )
        .unwrap();
        listener.bind(&local().into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let _queued = net::TcpStream::connect(address).unwrap();
        let wait = Duration::from_millis(50);
        let given_up = runtime.timeout(wait, runtime.connect(address)).await;
        assert!(given_up.is_none());
        assert_eq!(runtime.registrations(), (0, 0, 0));
    });
}

/// Between two polls the reader's waker is with the reactor or in the queue:
/// it gets its bytes whichever, and the kernel's edge comes once.
#[test]
fn no_wake_is_lost_however_writes_and_reads_fall() {
    in_time(async |runtime| {
        let listener = runtime.listen(local()).unwrap();
        let address = listener.get_ref().local_addr().unwrap();
        let client = net::TcpStream::connect(address).unwrap();
        let (server, _) = listener.accept().await.unwrap();
        const ROUNDS: usize = 2000;
        let writer = thread::spawn(move || {
            for round in 0..ROUNDS {
                (&client).write_all(&[round as u8]).unwrap();
                for _ in 0..round % 97 {
                    std::hint::spin_loop();
                }
            }
            // The stream stays open: only bytes can end the wait.
            client
        });
        let mut count = 0;
        while count < ROUNDS {
            count += server.read(&mut [0; 3]).await.unwrap();
        }
        writer.join().unwrap();
    });
}

/// Whatever the kernel's call has room for: it is not an error, and not now.
#[test]
fn a_sleep_may_be_longer_than_epoll_can_count() {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    in_time(async |runtime| {
        for long in [20 * DAY, 30 * DAY, Duration::MAX] {
            let (send, receive) = ch02_concepts::oneshot::channel();
            let thread = thread::spawn(move || {
                thread::sleep(Duration::from_millis(20));
                send.send(());
            });
            let woken = runtime.timeout(long, receive).await;
            assert!(woken.is_some_and(|sent| sent.is_ok()), "{long:?}");
            thread.join().unwrap();
        }
    });
}

#[test]
fn the_runtime_has_under_four_hundred_lines() {
    let mut lines = 0;
    for file in [
        include_str!("../src/runtime.rs"),
        include_str!("../src/bell.rs"),
    ] {
        let mut import = false;
        for line in file.lines().map(str::trim) {
            import |= line.starts_with("use ");
            let counts = !import && !line.is_empty() && !line.starts_with("//");
            lines += usize::from(counts);
            import &= !line.ends_with(';');
        }
    }
    assert!(lines < 400, "{lines} lines");
}
