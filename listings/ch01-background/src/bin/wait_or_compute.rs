//! Four jobs that wait and four that compute, on one thread, on several,
//! and on one that is asynchronous.

use std::error::Error;
use std::hint::black_box;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

const JOBS: usize = 4;
const THREADS: [usize; 3] = [1, 2, 4];
const WAIT: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers each datagram, 250 ms after it came.
fn serve(socket: &UdpSocket) -> io::Result<()> {
    loop {
        let (_, client) = socket.recv_from(&mut [0])?;
        let socket = socket.try_clone()?;
        thread::spawn(move || {
            thread::sleep(WAIT);
            socket.send_to(b"!", client)
        });
    }
}

// ANCHOR: jobs
/// A job that waits: for a server that takes 250 ms to answer.
fn ask(server: SocketAddr) -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send_to(b"?", server)?;
    socket.recv_from(&mut [0]).map(drop)
}

/// The same, where `await` gives the thread to other tasks meanwhile.
async fn ask_async(server: SocketAddr) -> io::Result<()> {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await?;
    socket.send_to(b"?", server).await?;
    let mut answer = [0];
    let received = socket.recv_from(&mut answer);
    tokio::time::timeout(PATIENCE, received).await?.map(drop)
}

/// A job that computes: FNV-1a, over and over.
fn compute(rounds: u64) {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in 0..rounds {
        hash = (hash ^ (byte & 0xff)).wrapping_mul(0x0100_0000_01b3);
    }
    black_box(hash);
}
// ANCHOR_END: jobs

// ANCHOR: ways
/// Each thread takes jobs until none is left.
fn on_threads(
    threads: usize,
    job: impl Fn() -> io::Result<()> + Sync,
) -> io::Result<Duration> {
    let start = Instant::now();
    let taken = AtomicUsize::new(0);
    let work = || {
        while taken.fetch_add(1, Ordering::Relaxed) < JOBS {
            job()?;
        }
        io::Result::Ok(())
    };
    thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut joined = started.into_iter().map(|thread| thread.join());
        joined.try_for_each(|result| result.expect("no job panics"))
    })?;
    Ok(start.elapsed())
}

/// Each job is a task, and one thread runs them all.
fn on_one_async_thread<F>(job: impl Fn() -> F) -> io::Result<Duration>
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let start = Instant::now();
    runtime.block_on(async {
        let tasks: JoinSet<_> = (0..JOBS).map(|_| job()).collect();
        tasks
            .join_all()
            .await
            .into_iter()
            .collect::<io::Result<()>>()
    })?;
    Ok(start.elapsed())
}
// ANCHOR_END: ways

fn main() -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let server = socket.local_addr()?;
    thread::spawn(move || serve(&socket));
    let (rounds, one_job) = calibrate();

    // Those that wait, all at once and three times: they disturb nobody.
    let ask = move || ask(server);
    let blocking = THREADS.map(|n| best(move || on_threads(n, ask)));
    let one = best(|| on_one_async_thread(|| ask_async(server)));
    let waits = thread::scope(|scope| {
        let ways = blocking.map(|way| scope.spawn(way));
        let one = one();
        let waits = ways.map(|way| way.join().expect("no job panics"));
        waits
            .into_iter()
            .chain([one])
            .collect::<io::Result<Vec<_>>>()
    })?;
    let mut computed = Vec::new();
    for threads in THREADS {
        computed.push(on_threads(threads, || {
            compute(rounds);
            Ok(())
        })?);
    }
    computed.push(on_one_async_thread(|| async move {
        compute(rounds);
        Ok(())
    })?);

    println!("threads              waiting  computing");
    let names = ["1", "2", "4", "1, asynchronous"];
    for ((name, wait), computed) in names.iter().zip(waits).zip(computed) {
        let waits = wait.as_millis() / WAIT.as_millis(); // never less
        let jobs = computed.as_secs_f64() / one_job.as_secs_f64();
        println!("{name:<20}{waits:>8}{jobs:>11.0}");
    }
    Ok(())
}

/// The shortest of three tries, made at once.
fn best(
    way: impl Fn() -> io::Result<Duration> + Sync,
) -> impl FnOnce() -> io::Result<Duration> {
    move || {
        thread::scope(|scope| {
            let tries = [(); 3].map(|()| scope.spawn(&way));
            let times = tries.map(|tried| tried.join().expect("no panic"));
            times
                .into_iter()
                .reduce(|a, b| Ok(a?.min(b?)))
                .expect("three")
        })
    }
}

/// How many rounds take some 10 ms, and how long exactly: the best of five.
fn calibrate() -> (u64, Duration) {
    let time = |rounds| {
        let start = Instant::now();
        compute(rounds);
        start.elapsed()
    };
    let mut rounds = 1 << 10;
    while time(rounds) < Duration::from_millis(10) {
        rounds *= 2;
    }
    let best = (0..5).map(|_| time(rounds)).min().unwrap_or_default();
    (rounds, best)
}
