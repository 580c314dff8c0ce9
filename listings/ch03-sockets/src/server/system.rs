//! What a server asks of the system before it serves: descriptors, a path.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, SockAddr, Socket, Type};

/// Raises the limit on open descriptors as far as an ordinary process may,
/// and returns it; `None` if there is none.
///
/// # Errors
/// As setrlimit(2).
// ANCHOR: raise
pub fn raise_open_files() -> io::Result<Option<u64>> {
    let limit = getrlimit(Resource::Nofile);
    let current = limit.maximum;
    setrlimit(Resource::Nofile, Rlimit { current, ..limit })?;
    Ok(current)
}
// ANCHOR_END: raise

/// Lowers the limit so that this process can open `more` descriptors and no
/// further one. For experiments and tests.
///
/// # Errors
/// As setrlimit(2).
pub fn leave_room_for(more: usize) -> io::Result<()> {
    // The limit is one above the highest number that a descriptor may get,
    // and a new one gets the lowest that is free. Those between may be
    // taken, by descriptors inherited from a shell: open, look, close.
    let trial: Vec<_> = (0..more)
        .map(|_| File::open("/dev/null"))
        .collect::<io::Result<_>>()?;
    let highest = trial.iter().map(AsRawFd::as_raw_fd).max().unwrap_or(-1);
    let limit = getrlimit(Resource::Nofile);
    let current = u64::try_from(highest + 1).ok();
    setrlimit(Resource::Nofile, Rlimit { current, ..limit })?;
    Ok(())
}

/// Listens on a Unix-domain socket at `path`, also when a server that
/// crashed has left its socket file there.
///
/// Whoever may write to the file may connect; where that matters, put it
/// into a folder that only they may enter. Two servers started at the same
/// moment can still take the path from each other.
///
/// # Errors
/// [`io::ErrorKind::AddrInUse`] when a server listens there, or when the
/// path belongs to something other than a socket.
// ANCHOR: bind_path
pub fn bind_path(path: impl AsRef<Path>) -> io::Result<UnixListener> {
    let path = path.as_ref();
    let in_use = match UnixListener::bind(path) {
        Err(e) if e.kind() == io::ErrorKind::AddrInUse => e,
        bound_or_failed => return bound_or_failed,
    };
    // connect refuses an ordinary file, too: it must not be removed.
    if !fs::symlink_metadata(path)?.file_type().is_socket() {
        return Err(in_use);
    }
    // A blocking connect would wait for a server that does not accept.
    let probe = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    probe.set_nonblocking(true)?;
    match probe.connect(&SockAddr::unix(path)?) {
        Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => {
            fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        _ => Err(in_use),
    }
}
// ANCHOR_END: bind_path
