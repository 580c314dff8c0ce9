//! Field blocks to fields (RFC 7541 sections 3 and 6).

use std::ops::Range;

use bytes::Bytes;

use crate::h2::hpack::{
    DEFAULT_TABLE, Error, Field, Table, decode_integer, decode_string,
};

/// The size that a list of fields may have unless you say otherwise.
pub const DEFAULT_LIST: usize = 1 << 14;

/// The first bits of an instruction say which it is (section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `1`: a field of the tables. Its index.
    Indexed(u32),
    /// `01`: a field that enters the table. The index of its name, or 0.
    Incremental(u32),
    /// `0000`: one that does not.
    Without(u32),
    /// `0001`: one that must not, here or further on.
    Never(u32),
    /// `001`: the table's new size.
    SizeUpdate(u32),
}

/// One instruction of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its place in the block.
    pub octets: Range<usize>,
    /// What it is.
    pub form: Form,
    /// The field that it stands for; a size update stands for none.
    pub field: Option<Field>,
}

/// The fields of a block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// The fields that fit within the decoder's limit.
    pub fields: Vec<Field>,
    /// The size of all of them, also of those that did not fit.
    pub size: usize,
}

/// Field blocks to fields, for one direction of one connection.
#[derive(Debug, Clone)]
pub struct Decoder {
    max_list: usize,
    table: Table,
    // What we allow the table to grow to.
    max_table: usize,
    // The table was made smaller, and the peer has to say so first.
    owed: bool,
    failed: bool,
}

impl Decoder {
    /// The decoder of a new connection. A list of fields takes up to
    /// `max_list`, as [`Field::size`] counts: our
    /// SETTINGS_MAX_HEADER_LIST_SIZE. The table takes up to [`DEFAULT_TABLE`].
    pub fn new(max_list: usize) -> Decoder {
        Decoder {
            max_list,
            table: Table::new(DEFAULT_TABLE),
            max_table: DEFAULT_TABLE,
            owed: false,
            failed: false,
        }
    }

    /// The peer has acknowledged another SETTINGS_HEADER_TABLE_SIZE. If its
    /// table may hold more than that now, its next block has to begin with a
    /// size update (section 4.2).
    pub fn set_table(&mut self, limit: usize) {
        self.max_table = limit;
        self.owed = self.table.max() > limit;
    }

    /// The table as the blocks so far have left it.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The most that a list of fields may count.
    pub fn max_list(&self) -> usize {
        self.max_list
    }

    /// Decodes a block: the fragments of HEADERS and CONTINUATION, joined.
    ///
    /// A list that is too long is no error, because every block has to be
    /// decoded to its end: the next one refers to the table that this one
    /// leaves. Fields beyond the limit are counted and dropped. Answer with
    /// status 431, or reset the stream.
    ///
    /// # Errors
    /// [`Error`], which ends the connection: further calls fail.
    // ANCHOR: decode
    pub fn decode(&mut self, block: &[u8]) -> Result<List, Error> {
        let max = self.max_list;
        let mut list = List::default();
        self.steps(block, |step| {
            if let Some(field) = step.field {
                list.size = list.size.saturating_add(field.size());
                if list.size <= max {
                    list.fields.push(field);
                }
            }
        })?;
        Ok(list)
    }
    // ANCHOR_END: decode

    /// Decodes a block, and hands `each` its instructions one by one.
    ///
    /// # Errors
    /// [`Error`], which ends the connection: further calls fail.
    pub fn steps(
        &mut self,
        block: &[u8],
        mut each: impl FnMut(Step),
    ) -> Result<(), Error> {
        if self.failed {
            return Err(Error::Failed);
        }
        // Set until the end is reached, whichever way this function is left.
        self.failed = true;
        let mut rest = block;
        let mut begun = false;
        while !rest.is_empty() {
            let start = block.len() - rest.len();
            let (form, field) = self.step(&mut rest, begun)?;
            begun |= field.is_some();
            let octets = start..block.len() - rest.len();
            each(Step {
                octets,
                form,
                field,
            });
        }
        if self.owed {
            return Err(Error::NoSizeUpdate);
        }
        self.failed = false;
        Ok(())
    }

    // ANCHOR: step
    fn step(
        &mut self,
        rest: &mut &[u8],
        begun: bool,
    ) -> Result<(Form, Option<Field>), Error> {
        let first = rest.first().copied().ok_or(Error::CutOff)?;
        if first & 0xe0 == 0x20 {
            let size = decode_integer(rest, 5)?;
            self.resize(size, begun)?;
            return Ok((Form::SizeUpdate(size), None));
        }
        if self.owed {
            return Err(Error::NoSizeUpdate);
        }
        if first & 0x80 != 0 {
            let index = decode_integer(rest, 7)?;
            let (name, value) = self.entry(index)?;
            return Ok((Form::Indexed(index), Some(Field::new(name, value))));
        }
        let bits = if first & 0x40 != 0 { 6 } else { 4 };
        let index = decode_integer(rest, bits)?;
        let name = match index {
            0 => decode_string(rest)?,
            index => self.entry(index)?.0,
        };
        let value = decode_string(rest)?;
        let field = Field::new(name, value);
        let (form, sensitive) = match first >> 4 {
            0 => (Form::Without(index), false),
            1 => (Form::Never(index), true),
            _ => {
                self.table.insert(field.name.clone(), field.value.clone());
                (Form::Incremental(index), false)
            }
        };
        Ok((form, Some(Field { sensitive, ..field })))
    }
    // ANCHOR_END: step

    fn resize(&mut self, size: u32, begun: bool) -> Result<(), Error> {
        if begun {
            return Err(Error::LateSizeUpdate);
        }
        if size as usize > self.max_table {
            return Err(Error::TableTooLarge(size));
        }
        self.table.set_max(size as usize);
        self.owed = false;
        Ok(())
    }

    fn entry(&self, index: u32) -> Result<(Bytes, Bytes), Error> {
        self.table.get(index).ok_or(Error::NoSuchIndex(index))
    }
}
