//! What every driver does with a socket.

use std::io::{self, ErrorKind, IoSlice};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{SendFlags, send};
use socket2::SockRef;

use crate::files;
use crate::server::Service;
use crate::server::out::{Next, Out};
use crate::server::session::Session;

/// What is read at once, in bytes. One buffer serves all connections of a
/// thread.
pub const READ: usize = 64 << 10;
/// Slices written at once.
const SLICES: usize = 32;
/// Writes of one connection before the others get their turn.
const WRITES: usize = 8;

// ANCHOR: read
/// Reads once. Says whether there may be more.
pub fn read<S: Service>(
    socket: impl AsFd,
    session: &mut Session<S>,
    buffer: &mut [u8],
    now: Duration,
) -> bool {
    match rustix::io::read(socket, &mut *buffer) {
        Ok(0) => session.ended(now),
        Ok(count) => {
            session.received(&buffer[..count], now);
            return count == buffer.len();
        }
        Err(Errno::AGAIN) => {}
        Err(Errno::INTR) => return true,
        Err(_) => session.failed(),
    }
    false
}
// ANCHOR_END: read

/// Writes what waits, and says whether the socket may take more.
pub fn write<S: Service>(
    socket: impl AsFd,
    session: &mut Session<S>,
    now: Duration,
) -> bool {
    for _ in 0..WRITES {
        if session.out().is_empty() {
            return true;
        }
        match write_once(&socket, session.out()) {
            Ok(written) => session.sent(written, now),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock => return false,
                ErrorKind::Interrupted => {}
                _ => {
                    session.failed();
                    return false;
                }
            },
        }
    }
    true
}

// ANCHOR: write
/// Writes once: how many bytes.
///
/// # Errors
/// What the system call says; `UnexpectedEof` if a file has become shorter.
pub fn write_once(socket: impl AsFd, out: &Out) -> io::Result<u64> {
    let mut slices = [IoSlice::new(&[]); SLICES];
    match out.next(&mut slices) {
        Next::Nothing => Ok(0),
        Next::Slices(1) => {
            let flags = more(out.file_follows());
            Ok(send(socket, &slices[0], flags)? as u64)
        }
        Next::Slices(count) => {
            let written = rustix::io::writev(socket, &slices[..count])?;
            Ok(written as u64)
        }
        Next::File(file, from, len) => {
            files::send::file(socket, file, from, len)
        }
    }
}

/// A packet may wait for what follows at once: a head, for its file.
fn more(follows: bool) -> SendFlags {
    match follows {
        #[cfg(target_os = "linux")]
        true => SendFlags::MORE,
        _ => SendFlags::empty(),
    }
}
// ANCHOR_END: write

/// Says that nothing more will be sent.
pub fn half_close(socket: &impl AsFd) {
    // It fails if the peer has reset the connection, which a read will tell.
    let _ = SockRef::from(socket).shutdown(Shutdown::Write);
}
