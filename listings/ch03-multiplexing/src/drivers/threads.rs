//! Two threads a connection, around a machine that they share: one sleeps in
//! `read`, the other until there is something to write. Blocking sockets, and
//! nothing to wait for but one thing each.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{Builder, Scope};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::drivers::shared::{Room, Seat};
use crate::drivers::sockets::{Acceptor, Clock, took};
use crate::machine::{Event, Id, Interest, Machine, Next};

/// Bytes read or written at once. Each reader has its own buffer.
const BUFFER: usize = 4096;

// ANCHOR: place
/// What the two threads of a connection have.
struct Place {
    stream: TcpStream,
    next: Mutex<Next>,
    changed: Condvar,
}

impl Seat for Place {
    fn tell(&self, next: Next) {
        *self.next.lock().expect("nobody panics in here") = next;
        self.changed.notify_all();
        if next == Next::Close {
            // Whoever sleeps in `read` or `write` wakes up.
            let _ = self.stream.shutdown(Shutdown::Both);
        }
    }
}

impl Place {
    /// Sleeps until what `wanted` asks about is wanted; false at the end.
    fn sleep_until(&self, wanted: impl Fn(Interest) -> bool) -> bool {
        let next = self.next.lock().expect("nobody panics in here");
        let asleep = |next: &mut Next| match *next {
            Next::Wait(wants) => !wanted(wants),
            Next::Close => false,
        };
        let next = self.changed.wait_while(next, asleep);
        *next.expect("nobody panics in here") != Next::Close
    }
}
// ANCHOR_END: place

/// What all threads have.
struct Shared<'a, M> {
    clock: Clock,
    room: Mutex<Room<&'a mut M, Place>>,
    /// A byte in here wakes the host.
    bell: UnixStream,
}

/// Serves until `stop` becomes readable and every connection is closed.
///
/// # Errors
/// When the listener or the host's `poll` fails; what happens to a connection
/// is for the machine, and then for `log`.
pub fn run<M: Machine + Send>(
    listener: TcpListener,
    machine: &mut M,
    stop: impl AsFd,
    log: impl FnMut(Event),
) -> io::Result<()> {
    let (bell, heard) = UnixStream::pair()?;
    bell.set_nonblocking(true)?;
    heard.set_nonblocking(true)?;
    let acceptor = Acceptor::new(listener)?;
    let shared = Shared {
        clock: Clock::start(),
        room: Mutex::new(Room::new(machine)),
        bell,
    };
    std::thread::scope(|scope| {
        let end = host(scope, &shared, acceptor, (&stop, &heard), log);
        // After an error there may be threads left; the scope waits for them.
        for (_, place) in shared.lock().seats.drain() {
            place.tell(Next::Close);
        }
        end
    })
}

// ANCHOR: host
/// Accepts, watches the deadlines, and writes the log.
fn host<'scope, M: Machine + Send>(
    scope: &'scope Scope<'scope, '_>,
    shared: &'scope Shared<'_, M>,
    mut acceptor: Acceptor,
    (stop, mut bell): (&impl AsFd, &UnixStream),
    mut log: impl FnMut(Event),
) -> io::Result<()> {
    let mut stopping = false;
    loop {
        let now = shared.clock.now();
        let rounds = shared.lock().rounds(now);
        rounds.events.into_iter().for_each(&mut log);
        if stopping && rounds.empty {
            return Ok(());
        }
        let next = [rounds.next, acceptor.rests_until()];
        let next = next.into_iter().flatten().min();
        let listener = acceptor.listening(now).map(AsFd::as_fd);
        let stop = (!stopping).then_some(stop.as_fd());
        let mut set = vec![PollFd::new(bell, PollFlags::IN)];
        for fd in [stop, listener].into_iter().flatten() {
            set.push(PollFd::from_borrowed_fd(fd, PollFlags::IN));
        }
        wait(&mut set, next.map(|next| next.saturating_sub(now)))?;
        let stopped = stop.is_some() && !set[1].revents().is_empty();
        drop(set);
        let _ = bell.read(&mut [0; 64]);
        let now = shared.clock.now();
        if stopped {
            stopping = true;
            acceptor.close();
            shared.enter(|machine, _| machine.table().shut_down());
        }
        let mut room = shared.lock();
        let Room { machine, seats, .. } = &mut *room;
        acceptor.accept(&mut **machine, now, |id, stream| {
            let place = Arc::new(Place::new(stream)?);
            seats.insert(id, Arc::clone(&place));
            start(scope, shared, id, place)
        })?;
        room.settle(now);
    }
}
// ANCHOR_END: host

fn wait(set: &mut [PollFd<'_>], time: Option<Duration>) -> io::Result<()> {
    let time = time.map(|time| {
        Timespec::try_from(time).expect("a limit is less than 2^63 seconds")
    });
    match poll(set, time.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

impl Place {
    fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(false)?;
        Ok(Place {
            stream,
            next: Mutex::new(Next::Wait(Interest {
                read: true,
                write: false,
            })),
            changed: Condvar::new(),
        })
    }
}

fn start<'scope, M: Machine + Send>(
    scope: &'scope Scope<'scope, '_>,
    shared: &'scope Shared<'_, M>,
    id: Id,
    place: Arc<Place>,
) -> io::Result<()> {
    let same = Arc::clone(&place);
    let reader = Builder::new().name("reader".into());
    reader.spawn_scoped(scope, move || shared.read(id, &same))?;
    let writer = Builder::new().name("writer".into());
    writer.spawn_scoped(scope, move || shared.write(id, &place))?;
    Ok(())
}

impl<'a, M: Machine> Shared<'a, M> {
    fn lock(&self) -> MutexGuard<'_, Room<&'a mut M, Place>> {
        self.room.lock().expect("nobody panics in here")
    }

    /// Does something with the machine, and tells whom it concerns.
    fn enter<T>(&self, act: impl FnOnce(&mut M, Duration) -> T) -> T {
        let now = self.clock.now();
        let mut room = self.lock();
        let done = act(room.machine, now);
        if room.settle(now) {
            // A full socket rings already.
            let _ = (&self.bell).write(&[1]);
        }
        done
    }

    // ANCHOR: read
    fn read(&self, id: Id, place: &Place) {
        let mut buffer = [0; BUFFER];
        while place.sleep_until(|wants| wants.read) {
            let result = (&place.stream).read(&mut buffer);
            let more = self
                .enter(|machine, now| took(machine, id, result, &buffer, now));
            if !more {
                break;
            }
        }
    }

    /// The bytes are copied: `write` may sleep, and nobody sleeps in the
    /// room.
    fn write(&self, id: Id, place: &Place) {
        let mut bytes = Vec::new();
        while place.sleep_until(|wants| wants.write) {
            self.enter(|machine, _| take(machine, id, &mut bytes));
            let result = (&place.stream).write(&bytes);
            self.enter(|machine, now| match result {
                Ok(count) => machine.sent(id, count, now),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(error) => machine.failed(id, &error),
            });
        }
    }
    // ANCHOR_END: read
}

/// The first bytes that wait for `id`.
fn take<M: Machine>(machine: &mut M, id: Id, bytes: &mut Vec<u8>) {
    let mut slices = [IoSlice::new(&[]); 16];
    let count = machine.table().slices(id, &mut slices);
    bytes.clear();
    for slice in &slices[..count] {
        let room = BUFFER - bytes.len();
        bytes.extend_from_slice(&slice[..slice.len().min(room)]);
    }
}
