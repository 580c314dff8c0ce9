//! One way to do it.

use std::io::{self, ErrorKind, Read};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// See `yours`.
///
/// # Errors
/// What the socket reports. Running out of time is not an error.
pub fn drain_close(
    mut stream: TcpStream,
    limit: u64,
    wait: Duration,
) -> io::Result<u64> {
    let deadline = Instant::now() + wait;
    stream.shutdown(Shutdown::Write)?;
    let mut buffer = [0; 8192];
    let mut discarded = 0;
    while discarded < limit {
        // One deadline for all reads: a timeout for each would let a peer
        // that trickles bytes hold the connection for ever.
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        stream.set_read_timeout(Some(left))?;
        let room = (limit - discarded).min(buffer.len() as u64) as usize;
        match stream.read(&mut buffer[..room]) {
            Ok(0) => break,
            Ok(n) => discarded += n as u64,
            Err(e) => match e.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => break,
                ErrorKind::Interrupted => {}
                _ => return Err(e),
            },
        }
    }
    Ok(discarded)
}
