//! Sends an echo request from a raw and from a datagram socket. With
//! `--recorded` it opens no socket and takes what was received on another day.

use std::error::Error;
use std::io::{self, ErrorKind, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use std::{env, fs};

use ch02_concepts::ping::{Kind, Received, Refusal, Request, refusal};
use socket2::Socket;

const DATA: &[u8] = b"is anybody there";
const DEADLINE: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error>> {
    let recorded = env::args().any(|argument| argument == "--recorded");
    for kind in [Kind::Raw, Kind::Datagram] {
        println!("{kind}");
        match recorded {
            true => replay(kind)?,
            false if cfg!(target_os = "linux") => ping(kind)?,
            false => println!("  this part is written for Linux"),
        }
    }
    if recorded {
        println!("and where the kernel refuses");
        println!("  {}", Refusal::NoCapability);
        println!("  {}", Refusal::NotInGroup(Some((1, 0))));
    }
    Ok(())
}

// ANCHOR: ping
fn ping(kind: Kind) -> Result<(), Box<dyn Error>> {
    let socket = match kind.open() {
        Ok(socket) => socket,
        Err(error) => {
            let range = "/proc/sys/net/ipv4/ping_group_range";
            let range = fs::read_to_string(range).ok();
            let why = refusal(kind, &error, range.as_deref()).ok_or(error)?;
            println!("  {why}");
            return Ok(());
        }
    };
    socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let mut request = Request {
        identifier: std::process::id() as u16,
        sequence_number: 1,
        data: DATA,
    };
    socket.send(&request.emit()?)?;
    println!("  sent echo request, id {}", request.identifier);
    if kind == Kind::Datagram {
        // The kernel has put its own there: the socket's port, as it were.
        let local = socket.local_addr()?.as_socket();
        request.identifier = local.map_or(0, |local| local.port());
        println!("  the kernel made that {}", request.identifier);
    }
    listen(kind, &socket, &request)
}

fn listen(
    kind: Kind,
    mut socket: &Socket,
    request: &Request<'_>,
) -> Result<(), Box<dyn Error>> {
    let deadline = Instant::now() + DEADLINE;
    let mut buf = [0; 1500];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::from(ErrorKind::TimedOut).into());
        }
        socket.set_read_timeout(Some(left))?;
        let n = match socket.read(&mut buf) {
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error.into()),
        };
        if report(kind, &buf[..n], request) {
            return Ok(());
        }
    }
}
// ANCHOR_END: ping

// ANCHOR: report
/// Prints what came, and says whether it is what we wait for.
fn report(kind: Kind, bytes: &[u8], request: &Request<'_>) -> bool {
    let received = match Received::parse(kind, bytes) {
        Ok(received) => received,
        Err(error) => {
            println!("  received {} bytes: {error}", bytes.len());
            return false;
        }
    };
    let ours = received.answers(request);
    let verdict = if ours { "the answer" } else { "not the answer" };
    println!("  received {} bytes, {verdict}\n    {received}", bytes.len());
    ours
}
// ANCHOR_END: report

fn replay(kind: Kind) -> Result<(), Box<dyn Error>> {
    let (identifier, packets): (u16, &[&[u8]]) = match kind {
        Kind::Raw => (0, &[]),
        Kind::Datagram => (0, &[]),
    };
    let request = Request {
        identifier,
        sequence_number: 1,
        data: DATA,
    };
    for packet in packets {
        report(kind, packet, &request);
    }
    Ok(())
}
