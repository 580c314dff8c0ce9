//! The two tables (RFC 7541 section 2.3 and appendix A).

use std::collections::VecDeque;

use bytes::Bytes;

use crate::h2::hpack::Field;

/// What each entry counts for besides its octets (section 4.1).
pub const ENTRY_OVERHEAD: usize = 32;
/// The size of a table before anybody has changed it: the initial value of
/// SETTINGS_HEADER_TABLE_SIZE.
pub const DEFAULT_TABLE: usize = 4096;

/// The static table; the first entry has index 1.
pub const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

/// Both tables in one numbering: the static one, then the dynamic one with
/// its newest entry first.
#[derive(Debug, Clone)]
// ANCHOR: table
pub struct Table {
    entries: VecDeque<(Bytes, Bytes)>,
    size: usize,
    max: usize,
}

impl Table {
    /// A dynamic table that is empty, and holds at most `max` octets.
    pub fn new(max: usize) -> Table {
        Table {
            entries: VecDeque::new(),
            size: 0,
            max,
        }
    }

    /// Changes the most that it may hold, and drops what is too much.
    pub fn set_max(&mut self, max: usize) {
        self.max = max;
        self.evict(max);
    }

    /// Adds an entry, and drops the oldest until it fits. One that is larger
    /// than the whole table empties it, which is no error (section 4.4).
    pub fn insert(&mut self, name: Bytes, value: Bytes) {
        let size = name.len() + value.len() + ENTRY_OVERHEAD;
        self.evict(self.max.saturating_sub(size));
        if size <= self.max {
            self.size += size;
            self.entries.push_front((name, value));
        }
    }

    fn evict(&mut self, room: usize) {
        while self.size > room
            && let Some((name, value)) = self.entries.pop_back()
        {
            self.size -= name.len() + value.len() + ENTRY_OVERHEAD;
        }
    }
    // ANCHOR_END: table

    /// The entry at `index`, counted from 1 through both tables.
    pub fn get(&self, index: u32) -> Option<(Bytes, Bytes)> {
        let index = (index as usize).checked_sub(1)?;
        match STATIC.get(index) {
            Some((name, value)) => {
                let fixed = |s: &'static str| Bytes::from_static(s.as_bytes());
                Some((fixed(name), fixed(value)))
            }
            None => self.entries.get(index - STATIC.len()).cloned(),
        }
    }

    /// The index of a field, or else one of its name.
    pub fn find(&self, field: &Field) -> Found {
        let mut named = Found::Nothing;
        let fixed = STATIC.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()));
        let dynamic = self.entries.iter().map(|(n, v)| (&n[..], &v[..]));
        for (index, (name, value)) in (1..).zip(fixed.chain(dynamic)) {
            if name != field.name {
                continue;
            }
            if value == field.value {
                return Found::Field(index);
            }
            if named == Found::Nothing {
                named = Found::Name(index);
            }
        }
        named
    }

    /// Octets in the dynamic table, overhead included.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The most octets that it may hold.
    pub fn max(&self) -> usize {
        self.max
    }

    /// The dynamic entries, the newest first.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&Bytes, &Bytes)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }
}

/// What the tables have of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// All of it, at this index.
    Field(u32),
    /// Its name, with another value.
    Name(u32),
    /// Nothing.
    Nothing,
}
