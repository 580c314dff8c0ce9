//! The state of a TCP connection, as Linux tells it in `/proc/net/tcp`.
//!
//! The file has a line for every IPv4 TCP socket that the kernel keeps, also
//! for those that no program holds any more. Its format:
//! <https://docs.kernel.org/networking/proc_net_tcp.html>.

use std::fmt;
use std::net::{SocketAddr, SocketAddrV4};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

// ANCHOR: states
/// A connection's state, by its name in RFC 9293, section 3.3.2. The numbers
/// are Linux's own, from `include/net/tcp_states.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TcpState {
    /// Data flows both ways.
    Established = 1,
    /// We sent a SYN and wait for the answer.
    SynSent = 2,
    /// We answered a SYN and wait for the last part of the handshake.
    SynReceived = 3,
    /// We sent a FIN, or queued it; it is not acknowledged.
    FinWait1 = 4,
    /// Our FIN is acknowledged; the peer may still send.
    FinWait2 = 5,
    /// Both ends have closed, we first: the port pair rests.
    TimeWait = 6,
    /// The kernel knows nothing (more) of such a connection.
    Closed = 7,
    /// The peer has sent its FIN; we have not closed.
    CloseWait = 8,
    /// The peer closed first; our own FIN is not acknowledged.
    LastAck = 9,
    /// Waiting for connections.
    Listen = 10,
    /// Both ends sent a FIN at once; ours is not acknowledged.
    Closing = 11,
}
// ANCHOR_END: states

impl TcpState {
    const ALL: [TcpState; 11] = [
        TcpState::Established,
        TcpState::SynSent,
        TcpState::SynReceived,
        TcpState::FinWait1,
        TcpState::FinWait2,
        TcpState::TimeWait,
        TcpState::Closed,
        TcpState::CloseWait,
        TcpState::LastAck,
        TcpState::Listen,
        TcpState::Closing,
    ];

    fn from_linux(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| *state as u8 == number)
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            TcpState::Established => "ESTABLISHED",
            TcpState::SynSent => "SYN-SENT",
            TcpState::SynReceived => "SYN-RECEIVED",
            TcpState::FinWait1 => "FIN-WAIT-1",
            TcpState::FinWait2 => "FIN-WAIT-2",
            TcpState::TimeWait => "TIME-WAIT",
            TcpState::Closed => "CLOSED",
            TcpState::CloseWait => "CLOSE-WAIT",
            TcpState::LastAck => "LAST-ACK",
            TcpState::Listen => "LISTEN",
            TcpState::Closing => "CLOSING",
        })
    }
}

// ANCHOR: find
/// The state of the socket at `local` whose peer is `remote`, in `table`, the
/// text of `/proc/net/tcp`. No such line means [`TcpState::Closed`].
pub fn find(
    table: &str,
    local: SocketAddrV4,
    remote: SocketAddrV4,
) -> TcpState {
    let (local, remote) = (hexadecimal(local), hexadecimal(remote));
    let state = table.lines().find_map(|line| {
        // sl local_address rem_address st …
        let mut fields = line.split_ascii_whitespace().skip(1);
        let ours = fields.next()? == local && fields.next()? == remote;
        let number = u8::from_str_radix(fields.next()?, 16).ok()?;
        ours.then(|| TcpState::from_linux(number)).flatten()
    });
    state.unwrap_or(TcpState::Closed)
}

/// The kernel prints the address as the machine's own word, not in network
/// order, and the port as a number.
fn hexadecimal(address: SocketAddrV4) -> String {
    let word = u32::from_ne_bytes(address.ip().octets());
    format!("{word:08X}:{:04X}", address.port())
}
// ANCHOR_END: find

/// Says which state the connection from `local` to `remote` is in.
///
/// # Errors
/// [`io::ErrorKind::Unsupported`] for IPv6, which has a file of its own;
/// what reading the file reports, which away from Linux is that there is none.
pub fn state(local: SocketAddr, remote: SocketAddr) -> io::Result<TcpState> {
    let (SocketAddr::V4(local), SocketAddr::V4(remote)) = (local, remote)
    else {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "only IPv4 sockets are in /proc/net/tcp",
        ));
    };
    let table = fs::read_to_string("/proc/net/tcp")?;
    Ok(find(&table, local, remote))
}

/// Gives the kernel up to a second to bring the connection to `expected`,
/// then says which state it is in, whether that is the expected one or not.
///
/// # Errors
/// As [`state`].
pub fn settled(
    local: SocketAddr,
    remote: SocketAddr,
    expected: TcpState,
) -> io::Result<TcpState> {
    let start = Instant::now();
    loop {
        let now = state(local, remote)?;
        if now == expected || start.elapsed() > Duration::from_secs(1) {
            return Ok(now);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Two lines as a little-endian machine prints them.
    #[cfg(target_endian = "little")]
    const TABLE: &str = "  sl  local_address rem_address   st tx_queue ...
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000
   1: 0100007F:1F90 0200007F:9C40 06 00000000:00000000 03:0000176F 00000000
";

    #[test]
    #[cfg(target_endian = "little")]
    fn a_line_is_found_by_both_addresses() {
        let at = |text: &str| text.parse().unwrap();
        let server = at("127.0.0.1:8080");
        let any = at("0.0.0.0:0");
        assert_eq!(find(TABLE, server, any), TcpState::Listen);
        let client = at("127.0.0.2:40000");
        assert_eq!(find(TABLE, server, client), TcpState::TimeWait);
        assert_eq!(find(TABLE, client, server), TcpState::Closed);
        assert_eq!(find("", server, any), TcpState::Closed);
        assert_eq!(find("cut off: 0100007F", server, any), TcpState::Closed);
    }

    #[test]
    fn every_number_has_one_state() {
        for (n, state) in TcpState::ALL.into_iter().enumerate() {
            assert_eq!(state as usize, n + 1);
        }
        assert_eq!(TcpState::from_linux(12), None);
    }
}
