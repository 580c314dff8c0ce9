//! An address that swallows connection attempts without leaving the machine.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// A listener whose queue is full and that never accepts. Linux drops the
/// SYN of every further attempt, as a firewall on the way might, so `connect`
/// hangs; other systems may refuse it instead.
#[derive(Debug)]
pub struct BlackHole {
    addr: SocketAddr,
    _listener: Socket,
    _queued: Vec<TcpStream>,
}

impl BlackHole {
    /// Opens one at `addr`, whose port may be 0.
    ///
    /// # Errors
    /// When `addr` cannot be bound, or nothing fills the queue.
    pub fn open(addr: SocketAddr) -> io::Result<Self> {
        let domain = Domain::for_address(addr);
        let listener = Socket::new(domain, Type::STREAM, None)?;
        listener.bind(&addr.into())?;
        listener.listen(0)?; // no backlog: one connection fills the queue
        let addr = listener.local_addr()?.as_socket();
        let addr = addr.expect("it was bound to an internet address");
        let mut queued = Vec::new();
        let patience = Duration::from_millis(100);
        while queued.len() < 16 {
            match TcpStream::connect_timeout(&addr, patience) {
                Ok(stream) => queued.push(stream),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    return Ok(BlackHole {
                        addr,
                        _listener: listener,
                        _queued: queued,
                    });
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("the queue of the listener does not fill"))
    }

    /// The address that swallows.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}
