//! Sends an echo request from a raw and from a datagram socket. With
//! `--recorded` it opens neither, and reads what another run received.

use std::error::Error;
use std::io::{self, ErrorKind, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use std::{env, fs};

use ch02_concepts::ping::{Kind, Received, Refusal, Request, refusal};
use socket2::Socket;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const DATA: &[u8] = b"anybody?";
const DEADLINE: Duration = Duration::from_secs(1);

fn main() -> Result<()> {
    if env::args().any(|argument| argument == "--recorded") {
        return replay();
    }
    if !cfg!(target_os = "linux") {
        println!("The sockets here are Linux's: try --recorded.");
        return Ok(());
    }
    for kind in [Kind::Raw, Kind::Datagram] {
        ping(kind)?;
    }
    Ok(())
}

// ANCHOR: ping
fn ping(kind: Kind) -> Result<()> {
    let socket = match kind.open() {
        Ok(socket) => socket,
        Err(error) => {
            let range = "/proc/sys/net/ipv4/ping_group_range";
            let range = fs::read_to_string(range).ok();
            let why = refusal(kind, &error, range.as_deref()).ok_or(error)?;
            println!("{kind}\n  {why}");
            return Ok(());
        }
    };
    socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let asked = Request {
        identifier: std::process::id() as u16,
        sequence_number: 1,
        data: DATA,
    };
    socket.send(&asked.emit()?)?;
    let mut sent = asked;
    if kind == Kind::Datagram {
        // Linux keeps the identifier where other sockets have their port.
        let local = socket.local_addr()?.as_socket();
        sent.identifier = local.map_or(0, |local| local.port());
    }
    announce(kind, &asked, &sent);
    await_answer(kind, &socket, &sent)
}
// ANCHOR_END: ping

fn announce(kind: Kind, asked: &Request<'_>, sent: &Request<'_>) {
    let (asked, sent) = (asked.identifier, sent.identifier);
    println!("{kind}\n  asked to send an echo request, id {asked}");
    if sent != asked {
        println!("  the kernel sent it with id {sent}");
    }
}

// ANCHOR: wait
fn await_answer(
    kind: Kind,
    mut socket: &Socket,
    sent: &Request<'_>,
) -> Result<()> {
    let deadline = Instant::now() + DEADLINE;
    let mut buf = [0; 1500];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::from(ErrorKind::TimedOut).into());
        }
        socket.set_read_timeout(Some(left))?;
        match socket.read(&mut buf) {
            Ok(n) if is_answer(kind, &buf[..n], sent) => return Ok(()),
            Err(error) if error.kind() != ErrorKind::WouldBlock => {
                return Err(error.into());
            }
            _ => {}
        }
    }
}

/// Prints what came, and says whether it is what we wait for.
fn is_answer(kind: Kind, bytes: &[u8], sent: &Request<'_>) -> bool {
    let received = match Received::parse(kind, bytes) {
        Ok(received) => received,
        Err(error) => {
            println!("  received {} bytes: {error}", bytes.len());
            return false;
        }
    };
    let answers = received.answers(sent);
    let verdict = if answers {
        "the answer"
    } else {
        "not the answer"
    };
    println!("  received {} bytes: {verdict}", bytes.len());
    for line in received.to_string().lines() {
        println!("    {line}");
    }
    answers
}
// ANCHOR_END: wait

/// What the raw socket delivered on a day when both kinds were allowed: the
/// request, and the reply.
const RAW: [[u8; 36]; 2] = [
    *b"\x45\x00\x00\x24\x0b\x90\x40\x00\x40\x01\x31\x47\x7f\x00\x00\x01\
       \x7f\x00\x00\x01\x08\x00\x17\x09\x1d\x81\x00\x01anybody?",
    *b"\x45\x00\x00\x24\xb9\xb5\x00\x00\x40\x01\xc3\x21\x7f\x00\x00\x01\
       \x7f\x00\x00\x01\x00\x00\x1f\x09\x1d\x81\x00\x01anybody?",
];
/// What the datagram socket delivered.
const DATAGRAM: [u8; 16] = *b"\x00\x00\xbb\xd5\x80\xb4\x00\x01anybody?";

fn replay() -> Result<()> {
    let asked = Request {
        identifier: 7553,
        sequence_number: 1,
        data: DATA,
    };
    announce(Kind::Raw, &asked, &asked);
    for packet in &RAW {
        is_answer(Kind::Raw, packet, &asked);
    }
    let sent = Request {
        identifier: 32948,
        ..asked
    };
    announce(Kind::Datagram, &asked, &sent);
    is_answer(Kind::Datagram, &DATAGRAM, &sent);

    println!("where the kernel refuses");
    println!("  {}", Refusal::NoCapability);
    println!("  {}", Refusal::NotInGroup(Some((1, 0))));
    Ok(())
}
