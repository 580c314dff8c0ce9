//! Fields to field blocks (RFC 7541 section 6).

use bytes::BytesMut;

use super::{
    DEFAULT_TABLE, Field, Found, Table, encode_integer, encode_string,
};

/// Whether a field may enter the peer's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexing {
    /// Yes: if it comes again, it costs an index.
    Incremental,
    /// Not from us; whoever forwards it may decide otherwise.
    Without,
    /// No, and nobody may who forwards it: a secret.
    Never,
}

/// Fields to field blocks, for one direction of one connection.
#[derive(Debug, Clone)]
pub struct Encoder {
    table: Table,
    // Size updates that the next block begins with: the smallest size since
    // the last block, and the present one (section 4.2).
    smallest: Option<u32>,
}

impl Default for Encoder {
    fn default() -> Self {
        Encoder::new()
    }
}

impl Encoder {
    /// The encoder of a new connection, with a table of [`DEFAULT_TABLE`].
    pub fn new() -> Encoder {
        Encoder {
            table: Table::new(DEFAULT_TABLE),
            smallest: None,
        }
    }

    /// Uses a table of `size` octets from the next block on: at most what the
    /// peer's SETTINGS_HEADER_TABLE_SIZE says.
    pub fn set_table(&mut self, size: u32) {
        let smallest = self.smallest.map_or(size, |least| least.min(size));
        self.smallest = Some(smallest);
        self.table.set_max(size as usize);
    }

    /// The table that the peer will have after the next block.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Appends a block for `fields` to `dst`. Sensitive fields are never
    /// indexed; all others are.
    pub fn encode<'a>(
        &mut self,
        fields: impl IntoIterator<Item = &'a Field>,
        dst: &mut BytesMut,
    ) {
        self.put_size_updates(dst);
        for field in fields {
            let indexing = match field.sensitive {
                true => Indexing::Never,
                false => Indexing::Incremental,
            };
            self.put_field(field, indexing, dst);
        }
    }

    /// Appends one field.
    // ANCHOR: put_field
    pub fn put_field(
        &mut self,
        field: &Field,
        indexing: Indexing,
        dst: &mut BytesMut,
    ) {
        self.put_size_updates(dst);
        let found = self.table.find(field);
        // A secret is spelled out even when it stands in the table.
        if let Found::Field(index) = found
            && indexing != Indexing::Never
        {
            return encode_integer(index, 7, 0x80, dst);
        }
        let name = match found {
            Found::Field(index) | Found::Name(index) => index,
            Found::Nothing => 0,
        };
        match indexing {
            Indexing::Incremental => encode_integer(name, 6, 0x40, dst),
            Indexing::Without => encode_integer(name, 4, 0x00, dst),
            Indexing::Never => encode_integer(name, 4, 0x10, dst),
        }
        if name == 0 {
            encode_string(&field.name, dst);
        }
        encode_string(&field.value, dst);
        if indexing == Indexing::Incremental {
            self.table.insert(field.name.clone(), field.value.clone());
        }
    }
    // ANCHOR_END: put_field

    fn put_size_updates(&mut self, dst: &mut BytesMut) {
        let Some(smallest) = self.smallest.take() else {
            return;
        };
        let now = u32::try_from(self.table.max()).expect("set from 32 bits");
        if smallest < now {
            encode_integer(smallest, 5, 0x20, dst);
        }
        encode_integer(now, 5, 0x20, dst);
    }
}
