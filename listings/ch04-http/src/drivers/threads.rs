//! A thread for each connection, which waits for it alone.

use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use ch03_sockets::server::{Reaction, accept_error};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::drivers::sockets::{half_close, read, write};
use crate::drivers::{BACK_OFF, Report, Server};
use crate::server::Service;
use crate::server::session::{Next, Session};

/// What is read at once, in bytes: each thread has a buffer.
const BUFFER: usize = 16 << 10;
/// Half a megabyte is much for what a thread does here, and only what it
/// touches takes memory.
const STACK: usize = 512 << 10;

/// All connections, so that what takes too long can be cut off.
#[derive(Default)]
struct Room {
    seats: Mutex<HashMap<u64, Arc<TcpStream>>>,
    left: Condvar,
}

impl Room {
    fn seats(&self) -> MutexGuard<'_, HashMap<u64, Arc<TcpStream>>> {
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
    stop: &'scope UnixStream,
    scope: &'scope Scope<'scope, '_>,
    room: &'scope Room,
) -> io::Result<()> {
    let (mut failing, mut rests, mut number) = (false, false, 0);
    // When it is time to stop, those in the queue are taken: they would be
    // reset with it. There are no more than `listen` lets in.
    let (mut stopping, mut left) = (false, 4096);
    while left > 0 {
        if !stopping {
            stopping = wait(&listener, stop, rests)?;
        }
        left -= usize::from(stopping);
        match listener.accept() {
            Ok((stream, peer)) => {
                number += 1;
                rests = false;
                if std::mem::take(&mut failing) {
                    (server.report)(Report::AcceptWorks);
                }
                if let Err(error) =
                    seat(server, stream, peer, stop, scope, room, number)
                {
                    (server.report)(Report::AcceptFails(error));
                }
            }
            Err(_) if stopping => break,
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
    Ok(())
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
    stop: &'scope UnixStream,
    scope: &'scope Scope<'scope, '_>,
    room: &'scope Room,
    number: u64,
) -> io::Result<()> {
    // It waits in `poll`, with a deadline, and nowhere else.
    stream.set_nonblocking(true)?;
    let Some((session, permit)) = server.welcome(&stream, peer) else {
        return Ok(());
    };
    let stream = Arc::new(stream);
    room.seats().insert(number, Arc::clone(&stream));
    let started = thread::Builder::new().stack_size(STACK).spawn_scoped(
        scope,
        move || {
            serve(server, session, &stream, stop);
            drop(permit);
            room.seats().remove(&number);
            room.left.notify_one();
        },
    );
    if let Err(error) = started {
        room.seats().remove(&number);
        return Err(error);
    }
    Ok(())
}

// ANCHOR: serve
/// One connection, to its end.
fn serve<S: Service>(
    server: &Server<S>,
    mut session: Session<S>,
    stream: &TcpStream,
    stop: &UnixStream,
) {
    let mut buffer = vec![0; BUFFER];
    let mut stopping = false;
    loop {
        let now = server.now();
        session.tick(now);
        server.hand_over(&mut session);
        let (wants, owes) = match session.next(now) {
            Next::Close => break,
            Next::HalfClose => {
                half_close(stream);
                continue;
            }
            Next::Wait { read, write } => (read, write),
        };
        // Mostly there is room: ask when there is not.
        if owes && write(stream, &mut session, now) {
            continue;
        }
        let left = session.deadline().map(|at| at.saturating_sub(now));
        let told = (!stopping).then_some(stop);
        let ready = ready(stream, wants, owes, told, left);
        let now = server.now();
        if ready.stop {
            stopping = true;
            session.shut_down(now);
        } else if ready.read {
            read(stream, &mut session, &mut buffer, now);
        }
    }
    server.hand_over(&mut session);
}
// ANCHOR_END: serve

struct Ready {
    read: bool,
    stop: bool,
}

// ANCHOR: ready
/// Waits until there are bytes to read or room to write, or it is time to
/// stop, or the time is over.
fn ready(
    stream: &TcpStream,
    wants: bool,
    owes: bool,
    stop: Option<&UnixStream>,
    left: Option<Duration>,
) -> Ready {
    let mut flags = PollFlags::empty();
    flags.set(PollFlags::IN, wants);
    flags.set(PollFlags::OUT, owes);
    let left = left.map(|left| {
        Timespec::try_from(left).expect("a limit below 2^63 seconds")
    });
    let socket = PollFd::new(stream, flags);
    // Told once, it is not asked for again: it stays readable.
    let mut fds = match stop {
        Some(stop) => vec![socket, PollFd::new(stop, PollFlags::IN)],
        None => vec![socket],
    };
    // What fails here fails again in the call that follows.
    let _ = poll(&mut fds, left.as_ref());
    Ready {
        read: wants && !(fds[0].revents() - PollFlags::OUT).is_empty(),
        stop: fds.get(1).is_some_and(|fd| !fd.revents().is_empty()),
    }
}
// ANCHOR_END: ready

// ANCHOR: drain
/// Gives the connections time to end, and cuts off those that have not.
fn drain<S: Service>(server: &Server<S>, room: &Room) {
    let until = Instant::now() + server.drain;
    let mut seats = room.seats();
    while !seats.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            (server.report)(Report::CutOff(seats.len()));
            break;
        }
        let waited = room.left.wait_timeout(seats, left);
        seats = waited.expect("nothing panics in here").0;
    }
    for stream in seats.values() {
        let _ = stream.shutdown(Shutdown::Both);
    }
}
// ANCHOR_END: drain
