//! A chat: a line a message, a nickname for each peer, rooms.
//!
//! ```text
//! <- * Who are you?
//! -> ferris
//! <- * In lobby: corro, ferris
//! -> Hello!                      everybody else in lobby reads:
//!                                <ferris> Hello!
//! -> /join crabs
//! <- * In crabs: ferris
//! -> /who                        who is here
//! -> /quit
//! ```
//!
//! What the server says of itself begins with `* `, what it refuses with
//! `! `. Lines are UTF-8 without control characters: what one peer writes
//! goes to another's terminal.
//!
//! Memory is bounded by [`Limits`] and [`MAX_LINE`]: a peer that asks for more
//! than it reads is not read from; for one that does not read what others
//! say there is a [`Policy`].

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ch03_sockets::frame::{Codec, Lines};

use crate::machine::{Id, Machine, Why};
use crate::table::{Limits, Table};

/// The longest line, in bytes, its end not counted.
pub const MAX_LINE: usize = 1024;
/// The longest nickname and the longest name of a room, in bytes.
pub const MAX_NAME: usize = 16;
/// The room a peer comes into.
pub const LOBBY: &str = "lobby";
/// How many names a list shows at most.
const MAX_LIST: usize = 50;

/// What to do with a peer that does not read what others say.
// ANCHOR: policy
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Hang up on it.
    Disconnect,
    /// Leave lines out, and say how many when it reads again.
    Skip,
}
// ANCHOR_END: policy

/// What the chat knows of a peer.
#[derive(Debug)]
pub struct Guest {
    lines: Lines,
    /// Bytes that came and were not used yet: part of a line, or lines that
    /// have to wait until the peer takes its answers.
    input: BytesMut,
    name: Option<Arc<str>>,
    room: Arc<str>,
    skipped: u64,
    /// The peer has sent the end of its stream.
    ended: bool,
}

impl Default for Guest {
    fn default() -> Self {
        Guest {
            lines: Lines::new(MAX_LINE),
            input: BytesMut::new(),
            name: None,
            room: Arc::from(""),
            skipped: 0,
            ended: false,
        }
    }
}

/// A chat server without I/O.
#[derive(Debug)]
pub struct Chat {
    table: Table<Guest>,
    policy: Policy,
    names: BTreeMap<Arc<str>, Id>,
    rooms: BTreeMap<Arc<str>, BTreeSet<Id>>,
}

impl Chat {
    /// A chat without guests.
    pub fn new(limits: Limits, policy: Policy) -> Self {
        Chat {
            table: Table::new(limits),
            policy,
            names: BTreeMap::new(),
            rooms: BTreeMap::new(),
        }
    }

    // ANCHOR: lines
    /// Answers the lines that have come, until one is not whole, or the peer
    /// has to take its answers first.
    fn lines(&mut self, id: Id, now: Duration) {
        while !self.table.paused(id) {
            let Some(guest) = self.table.get_mut(id) else {
                break;
            };
            match guest.lines.decode(&mut guest.input) {
                Ok(Some(line)) => {
                    self.table.line_ended(id);
                    self.line(id, &line, now);
                }
                Ok(None) if guest.ended => {
                    self.table.close(id, Why::Ended);
                }
                Ok(None) if guest.input.is_empty() => {
                    guest.input = BytesMut::new();
                    break;
                }
                Ok(None) => {
                    self.table.line_begun(id, now);
                    break;
                }
                Err(_) => {
                    let long = format!("! over {MAX_LINE} bytes in a line\n");
                    self.say(id, &long, now);
                    self.table.close(id, Why::LongLine(MAX_LINE));
                }
            }
        }
    }
    // ANCHOR_END: lines

    fn line(&mut self, id: Id, line: &[u8], now: Duration) {
        let text = str::from_utf8(line).ok();
        let text = text.filter(|text| !text.contains(char::is_control));
        let Some(text) = text else {
            self.say(id, "! text only, please\n", now);
            return;
        };
        let named = self.table.get(id).is_some_and(|g| g.name.is_some());
        match (named, text.split_once(' ').unwrap_or((text, ""))) {
            (false, _) => self.introduce(id, text, now),
            (true, ("", "")) => {}
            (true, ("/join", room)) => self.join(id, room, now),
            (true, ("/who", "")) => self.who(id, now),
            (true, ("/quit", "")) => {
                self.say(id, "* Bye.\n", now);
                self.table.close(id, Why::Quit);
            }
            (true, (command, _)) if command.starts_with('/') => {
                self.say(id, "! /join ROOM, /who and /quit\n", now);
            }
            (true, _) => self.talk(id, text, now),
        }
    }

    fn introduce(&mut self, id: Id, name: &str, now: Duration) {
        if let Some(error) = bad_name(name) {
            self.say(id, error, now);
        } else if self.names.contains_key(name) {
            self.say(id, "! somebody has this name\n", now);
        } else if let Some(guest) = self.table.get_mut(id) {
            let name: Arc<str> = name.into();
            guest.name = Some(Arc::clone(&name));
            self.names.insert(name, id);
            self.join(id, LOBBY, now);
        }
    }

    fn join(&mut self, id: Id, room: &str, now: Duration) {
        if let Some(error) = bad_name(room) {
            self.say(id, error, now);
            return;
        }
        self.depart(id, now);
        let room = match self.rooms.get_key_value(room) {
            Some((room, _)) => Arc::clone(room),
            None => room.into(),
        };
        let Some(guest) = self.table.get_mut(id) else {
            return;
        };
        guest.room = Arc::clone(&room);
        let name = guest.name.clone().unwrap_or_default();
        self.tell(id, &room, format!("* {name} is here\n"), now);
        self.rooms.entry(room).or_default().insert(id);
        self.who(id, now);
    }

    fn who(&mut self, id: Id, now: Duration) {
        let Some(guest) = self.table.get(id) else {
            return;
        };
        let room = Arc::clone(&guest.room);
        let here = self.rooms.get(&room);
        let count = here.map_or(0, BTreeSet::len);
        let mut names: Vec<&str> = here
            .into_iter()
            .flatten()
            .filter_map(|id| self.table.get(*id)?.name.as_deref())
            .take(MAX_LIST)
            .collect();
        names.sort_unstable();
        let mut text = format!("* In {room}: {}", names.join(", "));
        if count > names.len() {
            text += &format!(" and {} more", count - names.len());
        }
        text.push('\n');
        self.say(id, &text, now);
    }

    fn talk(&mut self, id: Id, text: &str, now: Duration) {
        let Some(guest) = self.table.get(id) else {
            return;
        };
        let name = guest.name.as_deref().unwrap_or_default();
        let line = format!("<{name}> {text}\n");
        let room = Arc::clone(&guest.room);
        self.tell(id, &room, line, now);
    }

    /// Says how many lines were left out, once there is room to say so.
    fn own_up(&mut self, id: Id, now: Duration) {
        let low = self.table.limits().low;
        if self.table.waiting(id) <= low
            && let Some(guest) = self.table.get_mut(id)
            && guest.skipped > 0
        {
            let skipped = mem::take(&mut guest.skipped);
            self.say(id, &format!("* {skipped} lines left out\n"), now);
        }
    }

    /// Answers `id`.
    fn say(&mut self, id: Id, text: &str, now: Duration) {
        self.table.answer(id, text.as_bytes(), now);
    }

    // ANCHOR: tell
    /// Says `line` to everybody in `room` but `from`. The bytes are in memory
    /// once, however many there are to read them.
    fn tell(&mut self, from: Id, room: &str, line: String, now: Duration) {
        let line = Bytes::from(line);
        let here = self.rooms.get(room);
        let others: Vec<Id> = here
            .into_iter()
            .flatten()
            .filter(|id| **id != from)
            .copied()
            .collect();
        for id in others {
            // Behind a gap nothing is said before the gap is: by `sent`, or
            // here if nothing is left to be sent.
            if self.table.waiting(id) == 0 {
                self.own_up(id, now);
            }
            let gap = self.table.get(id).is_some_and(|g| g.skipped > 0);
            if !gap && self.table.offer(id, &line, now) {
                continue;
            }
            let waiting = self.table.waiting(id);
            match (self.policy, self.table.get_mut(id)) {
                (Policy::Skip, Some(guest)) => guest.skipped += 1,
                (Policy::Disconnect, Some(_)) => {
                    self.table.abort(id, Why::SlowReader(waiting));
                }
                // It is leaving already.
                (_, None) => {}
            }
        }
    }
    // ANCHOR_END: tell

    /// Takes `id` out of its room and tells the others.
    fn depart(&mut self, id: Id, now: Duration) {
        if let Some(guest) = self.table.get_mut(id) {
            let room = mem::take(&mut guest.room);
            let name = guest.name.clone();
            self.out_of(id, &room, name, now);
        }
    }

    fn out_of(
        &mut self,
        id: Id,
        room: &str,
        name: Option<Arc<str>>,
        now: Duration,
    ) {
        let Some(here) = self.rooms.get_mut(room) else {
            return;
        };
        here.remove(&id);
        if here.is_empty() {
            self.rooms.remove(room);
        } else if let Some(name) = name {
            self.tell(id, room, format!("* {name} has left\n"), now);
        }
    }
}

// ANCHOR: machine
impl Machine for Chat {
    type Data = Guest;

    fn table(&mut self) -> &mut Table<Guest> {
        &mut self.table
    }

    fn connected(
        &mut self,
        peer: SocketAddr,
        now: Duration,
    ) -> Result<Id, Why> {
        let id = self.table.connect(peer, now)?;
        self.say(id, "* Who are you?\n", now);
        Ok(id)
    }

    fn received(&mut self, id: Id, bytes: &[u8], now: Duration) {
        self.table.heard(id, now);
        if let Some(guest) = self.table.get_mut(id) {
            guest.input.extend_from_slice(bytes);
            self.lines(id, now);
        }
    }

    fn sent(&mut self, id: Id, count: usize, now: Duration) {
        self.table.sent(id, count, now);
        if !self.table.paused(id) {
            self.own_up(id, now);
            self.lines(id, now);
        }
    }

    fn ended(&mut self, id: Id, now: Duration) {
        if let Some(guest) = self.table.get_mut(id) {
            guest.ended = true;
            self.lines(id, now);
        }
    }

    fn left(&mut self, id: Id, guest: Guest, now: Duration) {
        if let Some(name) = &guest.name {
            self.names.remove(name);
        }
        self.out_of(id, &guest.room, guest.name, now);
    }
}
// ANCHOR_END: machine

/// Why `name` is none, if it is none: an answer.
fn bad_name(name: &str) -> Option<&'static str> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match name.len() {
        1..=MAX_NAME if name.chars().all(good) => None,
        _ => Some("! a name has 1 to 16 of a-z, A-Z, 0-9, - and _\n"),
    }
}
