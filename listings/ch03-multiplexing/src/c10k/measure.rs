//! One way to serve, measured from outside: what the kernel says of the
//! server's process, before and after.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::c10k::load::{busy, open};
use crate::c10k::place::{Kept, Place};
use crate::c10k::servers::round_trip;
use crate::c10k::{Error, Plan, SERVE, Way};

/// What was measured of one way. Memory is in bytes for each idle connection,
/// time in microseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The way.
    pub way: String,
    /// Idle connections.
    pub idle: usize,
    /// Active connections.
    pub active: usize,
    /// The server's threads, all connections open.
    pub threads: u64,
    /// The server's own memory: what its resident set grew by.
    pub user: f64,
    /// The kernel's memory, both ends of the connection; 0 where the kernel
    /// does not tell.
    pub kernel: f64,
    /// The server's processor time for one round trip, without idle
    /// connections and with them, on one processor with the client; and
    /// without them, on another one.
    pub event: [f64; 3],
    /// Round trips a second of the active ones, without idle ones and with.
    pub rate: [f64; 2],
    /// The time that 99 of 100 round trips did not exceed, without and with.
    pub p99: [f64; 2],
}

/// Part of the kernel's memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The way.
    pub way: String,
    /// The kernel's name for it.
    pub name: String,
    /// How many for each idle connection.
    pub count: f64,
    /// Bytes of each.
    pub size: f64,
}

/// Needed beside the connections.
const OTHERS: usize = 64;
/// Fewer than this for each connection are somebody else's.
const FEW: f64 = 0.3;
/// What whoever reads files and `/proc` meanwhile takes; not connections.
const FILES: [&str; 5] = [
    "buffer_head",
    "ext4_inode_cache",
    "extent_status",
    "proc_inode_cache",
    "radix_tree_node",
];

/// Raises the limit on descriptors as far as it goes.
///
/// # Errors
/// When that is not enough for so many connections.
pub fn allow_descriptors(connections: usize) -> Result<(), Error> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let all = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, all).map_err(io::Error::from)?;
    let needed = connections + OTHERS;
    match maximum {
        Some(allowed) if allowed < needed as u64 => {
            Err(Error::Descriptors(needed, allowed))
        }
        _ => Ok(()),
    }
}

/// The server, until it is dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(way: Way) -> Result<Self, Error> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([SERVE, way.name()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().expect("piped");
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        let port = line.trim().parse::<u16>();
        let address = (Ipv4Addr::LOCALHOST, *port.as_ref().unwrap_or(&0));
        let server = Server {
            child,
            address: address.into(),
        };
        read?;
        match port {
            Ok(_) => Ok(server),
            Err(_) => Err(Error::Server(way, format!("it said {line:?}"))),
        }
    }

    fn file(&self, name: &str) -> io::Result<String> {
        fs::read_to_string(format!("/proc/{}/{name}", self.child.id()))
    }

    /// The number after `key`, in KiB where the file says `kB`.
    fn number(&self, file: &str, key: &str) -> Result<u64, Error> {
        let text = self.file(file)?;
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        let word = line.and_then(|line| line.split_whitespace().next());
        let number = word.and_then(|word| word.parse().ok());
        number.ok_or_else(|| Error::Unreadable(format!("{file}, {key}")))
    }

    // ANCHOR: memory
    /// The resident set, in bytes: pages that are in memory and mapped.
    fn resident(&self) -> Result<u64, Error> {
        // VmRSS in `status` is the same, a little behind the truth.
        Ok(self.number("smaps_rollup", "Rss:")? * 1024)
    }

    /// The processor time that all threads have had, in microseconds.
    fn time(&self) -> Result<f64, Error> {
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            let first = text.split_whitespace().next();
            let time = first.and_then(|word| word.parse::<u64>().ok());
            sum += time.ok_or_else(|| Error::Unreadable(text.clone()))?;
        }
        Ok(sum as f64 / 1000.0)
    }
    // ANCHOR_END: memory
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The kernel's objects, by kind: how many are in use, and the size of each.
/// Empty where it does not tell: root may read it.
fn slabs() -> BTreeMap<String, (f64, f64)> {
    let text = fs::read_to_string("/proc/slabinfo").unwrap_or_default();
    let slab = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        let used = words.next()?.parse().ok()?;
        let size = words.nth(1)?.parse().ok()?;
        Some((name, (used, size)))
    };
    text.lines().skip(2).filter_map(slab).collect()
}

/// KiB of kernel stacks.
fn stacks() -> Option<f64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let rest = text.lines().find_map(|l| l.strip_prefix("KernelStack:"))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What the kernel has for the server, before or after.
struct Kernel {
    slabs: BTreeMap<String, (f64, f64)>,
    stacks: Option<f64>,
    tables: u64,
}

impl Kernel {
    fn of(server: &Server) -> Result<Self, Error> {
        Ok(Kernel {
            slabs: slabs(),
            stacks: stacks(),
            tables: server.number("status", "VmPTE:")?,
        })
    }

    // ANCHOR: parts
    /// What there is more of in `later`: for each of `idle` connections.
    fn parts(&self, later: &Kernel, way: Way, idle: usize) -> Vec<Part> {
        let part = |name: &str, count: f64, size: f64| Part {
            way: way.name().into(),
            name: name.into(),
            count: count / idle as f64,
            size,
        };
        let mut parts = Vec::new();
        for (name, (used, size)) in &later.slabs {
            let before = self.slabs.get(name).map_or(0.0, |(used, _)| *used);
            parts.push(part(name, used - before, *size));
        }
        parts.retain(|p| p.count > FEW && !FILES.contains(&&*p.name));
        if let (Some(before), Some(after)) = (self.stacks, later.stacks) {
            // In pages; a stack has four of them on x86-64.
            parts.push(part("kernel stacks", (after - before) / 4.0, 4096.0));
        }
        let tables = later.tables.saturating_sub(self.tables) as f64;
        parts.push(part("page tables", tables / 4.0, 4096.0));
        parts.retain(|part| part.count * part.size > 10.0);
        parts
    }
    // ANCHOR_END: parts
}

/// Times that the price of a round trip is measured; the median counts.
const TIMES: u32 = 9;

// ANCHOR: price
/// The processor time that the server needs for one round trip.
fn price(
    server: &Server,
    stream: &TcpStream,
    events: u32,
    place: Place,
) -> Result<f64, Error> {
    let _kept = Kept::at(place, server.child.id())?;
    let mut prices = Vec::new();
    for _ in 0..TIMES {
        let before = server.time()?;
        for _ in 0..events.div_ceil(TIMES) {
            round_trip(stream)?;
        }
        let time = server.time()? - before;
        prices.push(time / f64::from(events.div_ceil(TIMES)));
    }
    prices.sort_by(f64::total_cmp);
    Ok(prices[prices.len() / 2])
}
// ANCHOR_END: price

/// Measures one way: its numbers, and what the kernel's memory is made of.
///
/// # Errors
/// When a server does not serve, or the kernel does not tell.
// ANCHOR: measure
pub fn measure(way: Way, plan: &Plan) -> Result<(Row, Vec<Part>), Error> {
    let server = Server::start(way)?;
    let active = open(server.address, plan.active)?;
    let event = |place| price(&server, &active[0], plan.events, place);
    let load_alone = busy(&active, plan.time)?;
    let event_alone = event(Place::Together)?;
    let event_apart = event(Place::Apart)?;
    let kernel = Kernel::of(&server)?;
    let user = server.resident()?;

    let idle = open(server.address, plan.idle)?;
    // Until the last thread has gone to sleep, and caches have settled.
    thread::sleep(Duration::from_micros(20 * plan.idle as u64));
    let user = server.resident()?.saturating_sub(user);
    let parts = kernel.parts(&Kernel::of(&server)?, way, plan.idle);

    let event_among = event(Place::Together)?;
    let load_among = busy(&active, plan.time)?;
    let row = Row {
        way: way.name().into(),
        idle: plan.idle,
        active: plan.active,
        threads: server.number("status", "Threads:")?,
        user: user as f64 / plan.idle as f64,
        kernel: parts.iter().map(|part| part.count * part.size).sum(),
        event: [event_alone, event_among, event_apart],
        rate: [load_alone.rate, load_among.rate],
        p99: [load_alone.p99, load_among.p99],
    };
    drop(idle);
    Ok((row, parts))
}
// ANCHOR_END: measure
