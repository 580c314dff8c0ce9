//! A thread for each connection, and calls that block.

use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use ch03_sockets::server::{Reaction, accept_error};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::{BACK_OFF, Report, Server, half_close, took, write};
use crate::server::Service;
use crate::server::gate::Permit;
use crate::server::session::{Next, Session};

/// What is read at once, in bytes: each thread has a buffer.
const BUFFER: usize = 16 << 10;
/// Half a megabyte is much for what a thread does here, and only what it
/// touches takes memory.
const STACK: usize = 512 << 10;

/// All connections, so that they can be told to end.
#[derive(Default)]
struct Room {
    seats: Mutex<HashMap<u64, Arc<Seat>>>,
    left: Condvar,
    stopping: AtomicBool,
}

struct Seat {
    stream: TcpStream,
    /// Its thread waits for a request that has not begun.
    idle: AtomicBool,
}

impl Room {
    fn seats(&self) -> MutexGuard<'_, HashMap<u64, Arc<Seat>>> {
        self.seats.lock().expect("nothing panics in here")
    }
}

/// Serves until `stop` becomes readable and the connections have ended, or
/// [`Server::drain`] is over.
///
/// # Errors
/// When the listener itself fails.
// ANCHOR: run
pub fn run<S: Service>(
    server: &Server<S>,
    listener: TcpListener,
    stop: &UnixStream,
) -> io::Result<()> {
    let room = Room::default();
    listener.set_nonblocking(true)?;
    thread::scope(|scope| {
        let accepted = accept(server, listener, stop, scope, &room);
        drain(server, &room);
        accepted
    })
}
// ANCHOR_END: run

fn accept<'scope, S: Service>(
    server: &'scope Server<S>,
    listener: TcpListener,
    stop: &UnixStream,
    scope: &'scope Scope<'scope, '_>,
    room: &'scope Room,
) -> io::Result<()> {
    let (mut failing, mut rests, mut number) = (false, false, 0);
    loop {
        if wait(&listener, stop, rests)? {
            return Ok(());
        }
        match listener.accept() {
            Ok((stream, peer)) => {
                number += 1;
                rests = false;
                if std::mem::take(&mut failing) {
                    (server.report)(Report::AcceptWorks);
                }
                if let Err(error) =
                    seat(server, stream, peer, scope, room, number)
                {
                    (server.report)(Report::AcceptFails(error));
                }
            }
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => rests = false,
            Err(error) => match accept_error(&error) {
                Reaction::Next => {}
                Reaction::BackOff => {
                    rests = true;
                    if !std::mem::replace(&mut failing, true) {
                        (server.report)(Report::AcceptFails(error));
                    }
                }
                Reaction::Stop => return Err(error),
            },
        }
    }
}

/// Waits for a connection, or for a moment if the listener rests. Says
/// whether it is time to stop.
fn wait(
    listener: &TcpListener,
    stop: &UnixStream,
    rests: bool,
) -> io::Result<bool> {
    let wanted = match rests {
        true => PollFlags::empty(),
        false => PollFlags::IN,
    };
    let mut fds = [
        PollFd::new(stop, PollFlags::IN),
        PollFd::new(listener, wanted),
    ];
    let moment = Timespec::try_from(BACK_OFF).expect("less than a second");
    match poll(&mut fds, rests.then_some(&moment)) {
        Ok(_) | Err(Errno::INTR) => Ok(!fds[0].revents().is_empty()),
        Err(error) => Err(error.into()),
    }
}

fn seat<'scope, S: Service>(
    server: &'scope Server<S>,
    stream: TcpStream,
    peer: SocketAddr,
    scope: &'scope Scope<'scope, '_>,
    room: &'scope Room,
    number: u64,
) -> io::Result<()> {
    // BSD's accept passes the listener's mode on.
    stream.set_nonblocking(false)?;
    let Some((session, permit)) = server.welcome(&stream, peer) else {
        return Ok(());
    };
    let seat = Arc::new(Seat {
        stream,
        idle: AtomicBool::new(false),
    });
    room.seats().insert(number, Arc::clone(&seat));
    let started = thread::Builder::new().stack_size(STACK).spawn_scoped(
        scope,
        move || {
            serve(server, session, &seat, room);
            leave(room, number, permit);
        },
    );
    if let Err(error) = started {
        room.seats().remove(&number);
        return Err(error);
    }
    Ok(())
}

fn leave(room: &Room, number: u64, permit: Permit) {
    drop(permit);
    room.seats().remove(&number);
    room.left.notify_one();
}

// ANCHOR: serve
/// One connection, to its end.
fn serve<S: Service>(
    server: &Server<S>,
    mut session: Session<S>,
    seat: &Seat,
    room: &Room,
) {
    let mut buffer = vec![0; BUFFER];
    let mut timeout = Duration::ZERO;
    loop {
        let now = server.now();
        session.tick(now);
        server.hand_over(&mut session);
        seat.idle.store(session.is_idle(), Ordering::SeqCst);
        // Whoever stops looks at `idle` after it has set this.
        if room.stopping.load(Ordering::SeqCst) {
            session.shut_down(now);
        }
        match session.next(now) {
            Next::Close => break,
            Next::HalfClose => half_close(&seat.stream),
            Next::Wait {
                read: wants,
                write: owes,
            } => {
                if set_timeout(&seat.stream, &session, &mut timeout, now)
                    .is_err()
                {
                    session.failed();
                } else if owes {
                    write(&seat.stream, &mut session, now);
                } else if wants {
                    let got = rustix::io::read(&seat.stream, &mut buffer);
                    let now = server.now();
                    // A response says whether another request may follow.
                    let stopping = room.stopping.load(Ordering::SeqCst);
                    if stopping && !session.is_idle() {
                        session.shut_down(now);
                    }
                    took(&mut session, got, &buffer, now);
                }
            }
        }
    }
    server.hand_over(&mut session);
}
// ANCHOR_END: serve

// ANCHOR: timeout
/// Lets calls block no longer than up to the deadline. A system call each
/// time would cost as much as the read: the socket keeps what it has, unless
/// that would be too late, or far too early.
fn set_timeout<S: Service>(
    stream: &TcpStream,
    session: &Session<S>,
    timeout: &mut Duration,
    now: Duration,
) -> io::Result<()> {
    const LONGEST: Duration = Duration::from_secs(3600);
    let deadline = session.deadline().unwrap_or(Duration::MAX);
    let left = deadline.saturating_sub(now);
    let left = left.clamp(Duration::from_millis(1), LONGEST);
    if left < *timeout || *timeout * 2 < left {
        *timeout = left;
        stream.set_read_timeout(Some(left))?;
        stream.set_write_timeout(Some(left))?;
    }
    Ok(())
}
// ANCHOR_END: timeout

// ANCHOR: drain
/// Wakes the threads that wait for a request, and gives the others time.
fn drain<S: Service>(server: &Server<S>, room: &Room) {
    room.stopping.store(true, Ordering::SeqCst);
    let until = Instant::now() + server.drain;
    let mut seats = room.seats();
    for seat in seats.values() {
        if seat.idle.load(Ordering::SeqCst) {
            // Its read returns the end of the stream, behind what has come.
            let _ = seat.stream.shutdown(Shutdown::Read);
        }
    }
    while !seats.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            (server.report)(Report::CutOff(seats.len()));
            break;
        }
        let waited = room.left.wait_timeout(seats, left);
        seats = waited.expect("nothing panics in here").0;
    }
    for seat in seats.values() {
        let _ = seat.stream.shutdown(Shutdown::Both);
    }
}
// ANCHOR_END: drain
