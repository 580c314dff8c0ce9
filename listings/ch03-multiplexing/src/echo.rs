//! Every byte goes back to where it came from. A protocol of no use but to
//! measure the drivers by.

use std::time::Duration;

use crate::machine::{Id, Machine};
use crate::table::{Limits, Table};

/// An echo server without I/O.
#[derive(Debug)]
pub struct Echo(Table<()>);

impl Echo {
    /// An echo server that grants its peers `limits`.
    pub fn new(limits: Limits) -> Self {
        Echo(Table::new(limits))
    }
}

impl Machine for Echo {
    type Data = ();

    fn table(&mut self) -> &mut Table<()> {
        &mut self.0
    }

    fn received(&mut self, id: Id, bytes: &[u8], now: Duration) {
        self.0.heard(id, now);
        self.0.answer(id, bytes, now);
    }
}
