//! One way to do it.

use std::collections::{HashMap, VecDeque};

pub use crate::yours::Overflow;

const INITIAL: u32 = 65_535;
const LARGEST: u32 = (1 << 31) - 1;

/// See `yours`.
#[derive(Debug)]
pub struct Turns {
    frame: u32,
    connection: u32,
    streams: HashMap<u32, u32>,
    line: VecDeque<(u32, u64)>,
}

impl Turns {
    /// See `yours`.
    pub fn new(frame: u32) -> Turns {
        Turns {
            frame,
            connection: INITIAL,
            streams: HashMap::new(),
            line: VecDeque::new(),
        }
    }

    /// See `yours`.
    pub fn queue(&mut self, stream: u32, octets: u64) {
        match self.line.iter_mut().find(|place| place.0 == stream) {
            Some((_, waiting)) => *waiting += octets,
            None if octets > 0 => self.line.push_back((stream, octets)),
            None => {}
        }
    }

    /// See `yours`.
    ///
    /// # Errors
    /// See [`Overflow`].
    pub fn window(
        &mut self,
        stream: u32,
        increment: u32,
    ) -> Result<(), Overflow> {
        let window = match stream {
            0 => &mut self.connection,
            stream => self.streams.entry(stream).or_insert(INITIAL),
        };
        let sum = window.checked_add(increment).filter(|sum| *sum <= LARGEST);
        *window = sum.ok_or(Overflow)?;
        Ok(())
    }

    /// See `yours`.
    pub fn turn(&mut self) -> Option<(u32, u32)> {
        let most = self.frame.min(self.connection);
        let fits = |&(stream, octets): &(u32, u64)| {
            let window = self.streams.get(&stream).unwrap_or(&INITIAL);
            let waiting = u32::try_from(octets).unwrap_or(u32::MAX);
            most.min(*window).min(waiting)
        };
        let at = self.line.iter().position(|place| fits(place) > 0)?;
        let length = fits(&self.line[at]);
        let (stream, octets) = self.line.remove(at)?;
        self.connection -= length;
        *self.streams.entry(stream).or_insert(INITIAL) -= length;
        if octets > u64::from(length) {
            self.line.push_back((stream, octets - u64::from(length)));
        }
        Some((stream, length))
    }
}
