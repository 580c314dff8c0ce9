//! What a driver tells a protocol, and asks of it.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::machine::{Id, Next, Why};
use crate::table::Table;

/// A protocol that does no I/O.
///
/// A driver calls [`Table::tick`] through [`Machine::table`] when
/// [`Table::next_deadline`] has come, and [`Table::shut_down`] to stop.
// ANCHOR: machine
pub trait Machine {
    /// What the protocol knows of each connection.
    type Data: Default;

    /// What all connections have, and what a driver asks.
    fn table(&mut self) -> &mut Table<Self::Data>;

    /// A peer has connected: its name from now on, or why it is refused.
    ///
    /// # Errors
    /// [`Why::Full`] when there is no place, [`Why::Shutdown`] after
    /// [`Table::shut_down`]. The driver closes the socket.
    fn connected(
        &mut self,
        peer: SocketAddr,
        now: Duration,
    ) -> Result<Id, Why> {
        self.table().connect(peer, now)
    }

    // ANCHOR: told
    /// Bytes have come.
    fn received(&mut self, id: Id, bytes: &[u8], now: Duration);

    /// The kernel has taken `count` of the bytes offered by
    /// [`Table::slices`].
    fn sent(&mut self, id: Id, count: usize, now: Duration) {
        self.table().sent(id, count, now);
    }

    /// The peer has sent the end of its stream.
    fn ended(&mut self, id: Id, _now: Duration) {
        self.table().close(id, Why::Ended);
    }

    /// The socket has failed: nothing more comes or goes.
    fn failed(&mut self, id: Id, error: &io::Error) {
        self.table().abort(id, Why::Failed(error.kind()));
    }
    // ANCHOR_END: told

    /// A connection is ending, for whatever reason; this is what was known
    /// of it.
    fn left(&mut self, _id: Id, _data: Self::Data, _now: Duration) {}

    // ANCHOR: asked
    /// A connection that the driver has to look at again, and what to do with
    /// it: to be asked after each of the methods above, until it is `None`.
    fn changed(&mut self, now: Duration) -> Option<(Id, Next)> {
        while let Some((id, data)) = self.table().leaving() {
            self.left(id, data, now);
        }
        self.table().changed()
    }
    // ANCHOR_END: asked
}
// ANCHOR_END: machine
