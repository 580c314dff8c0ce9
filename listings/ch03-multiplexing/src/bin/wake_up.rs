//! A server that sleeps until a message has come, and answers it. What it
//! pays for a round trip depends on where the client is, and how it waits.

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::hint;
    use std::io::{self, ErrorKind, Read, Write};
    use std::net::{Shutdown, TcpListener, TcpStream};
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    use std::thread;
    use std::time::{Duration, Instant};

    use ch03_multiplexing::c10k::place::{processors, stay_on};
    use rustix::process::setpriority_process;
    use rustix::thread::gettid;

    /// Each case is measured for this long, however busy the machine is.
    const TIME: Duration = Duration::from_millis(150);
    /// Round trips that come first and are not counted.
    const WARM: u32 = 100;

    /// The processor time that this thread has had, in nanoseconds.
    fn time() -> io::Result<u64> {
        let text = fs::read_to_string("/proc/thread-self/schedstat")?;
        let first = text.split(' ').next().and_then(|n| n.parse().ok());
        first.ok_or_else(|| io::Error::other(text))
    }

    /// How often a processor has interrupted another, in the whole machine.
    fn interrupts() -> io::Result<u64> {
        let text = fs::read_to_string("/proc/interrupts")?;
        let between = ["Rescheduling interrupts", "Function call interrupts"];
        let lines = text
            .lines()
            .filter(|line| between.iter().any(|end| line.ends_with(end)));
        let numbers = lines.flat_map(str::split_whitespace);
        Ok(numbers.filter_map(|word| word.parse::<u64>().ok()).sum())
    }

    /// Echoes, on processor `cpu`, to the end; returns how often, and the
    /// nanoseconds that one round trip has cost it.
    fn serve(mut stream: TcpStream, cpu: usize) -> io::Result<(u32, u64)> {
        stay_on(cpu)?;
        let (mut byte, mut before, mut rounds) = ([0], time()?, 0);
        while stream.read(&mut byte)? > 0 {
            stream.write_all(&byte)?;
            rounds += 1;
            if rounds == WARM {
                before = time()?;
            }
        }
        let counted = rounds.saturating_sub(WARM).max(1);
        Ok((rounds, (time()? - before) / u64::from(counted)))
    }

    /// Sends and reads back, asleep or asking again and again.
    fn ask(stream: &TcpStream, cpu: usize, asks: bool) -> io::Result<()> {
        stay_on(cpu)?;
        stream.set_nonblocking(asks)?;
        let (mut ends, begin) = (stream, Instant::now());
        while begin.elapsed() < TIME {
            ends.write_all(&[1])?;
            while let Err(error) = ends.read_exact(&mut [0]) {
                if error.kind() != ErrorKind::WouldBlock {
                    return Err(error);
                }
                // A moment: each call locks the socket.
                (0..500).for_each(|_| hint::spin_loop());
            }
        }
        stream.shutdown(Shutdown::Write)
    }

    /// Keeps processor `cpu` from going to sleep, and gives way at once.
    fn keep_awake(cpu: usize, done: &AtomicBool) -> io::Result<()> {
        stay_on(cpu)?;
        setpriority_process(Some(gettid()), 19)?;
        while !done.load(Relaxed) {}
        Ok(())
    }

    /// How the client waits.
    #[derive(Clone, Copy, PartialEq)]
    enum Client {
        Sleeps,
        /// It sleeps, and its processor does not.
        KeptAwake,
        Asks,
    }

    fn price(what: &str, cpus: [usize; 2], client: Client) -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let stream = TcpStream::connect(listener.local_addr()?)?;
        let (peer, _) = listener.accept()?;
        for stream in [&stream, &peer] {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        }
        let done = AtomicBool::new(client != Client::KeptAwake);
        let before = interrupts()?;
        let (rounds, time) = thread::scope(|scope| {
            let keeper = scope.spawn(|| keep_awake(cpus[1], &done));
            let asked =
                scope.spawn(|| ask(&stream, cpus[1], client == Client::Asks));
            let server = scope.spawn(|| serve(peer, cpus[0]));
            let served = server.join().expect("the server does not panic");
            done.store(true, Relaxed);
            keeper.join().expect("it does not panic")?;
            asked.join().expect("the client does not panic")?;
            served
        })?;
        // The kernel's own counters are 32 bits wide.
        let all = interrupts()?.saturating_sub(before);
        println!(
            "{what:30}{:5.1} µs {:5.1} interrupts",
            time as f64 / 1000.0,
            all as f64 / f64::from(rounds.max(1))
        );
        Ok(())
    }

    pub fn main() -> io::Result<()> {
        let all = processors()?;
        let [here, .., there] = all[..] else {
            println!("This program needs two processors.");
            return Ok(());
        };
        // ANCHOR: prices
        price("both on one processor", [here, here], Client::Sleeps)?;
        price("the client on another", [here, there], Client::Sleeps)?;
        price("… which never sleeps", [here, there], Client::KeptAwake)?;
        price("… where the client never does", [here, there], Client::Asks)?;
        // ANCHOR_END: prices
        Ok(())
    }
}

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program asks /proc: it needs Linux.");
}
