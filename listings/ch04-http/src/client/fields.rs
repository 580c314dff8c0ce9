//! Fields that outlive the buffer they came in.

use std::fmt;

use crate::encode::{self, BadField};
use crate::head::{Fields, Repeated};

/// One field.
#[derive(Clone, PartialEq, Eq)]
struct Field {
    name: String,
    value: Vec<u8>,
    secret: bool,
}

/// Fields in order, names compared without regard to case.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FieldList(Vec<Field>);

impl FieldList {
    /// Adds a field; `secret` ones are not shown by `{:?}`.
    ///
    /// # Errors
    /// [`BadField`]: what could not be written as one line.
    pub(crate) fn push(
        &mut self,
        name: &str,
        value: &[u8],
        secret: bool,
    ) -> Result<(), BadField> {
        encode::field(&mut Vec::new(), name, value)?;
        self.0.push(Field {
            name: name.into(),
            value: value.into(),
            secret,
        });
        Ok(())
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for field in &self.0 {
            encode::field(out, &field.name, &field.value)
                .expect("checked when it was added");
        }
    }

    /// Takes out every field for which `drop` is true of its name and of
    /// whether it is secret.
    pub(crate) fn remove(&mut self, drop: impl Fn(&str, bool) -> bool) {
        self.0.retain(|field| !drop(&field.name, field.secret));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|f| (f.name.as_str(), f.value.as_slice()))
    }

    /// The values of every field called `name`, in order.
    pub fn all<'a>(
        &'a self,
        name: &'a str,
    ) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The value of the first field called `name`.
    pub fn first<'a>(&'a self, name: &'a str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The value of the field called `name`, if there is one.
    ///
    /// # Errors
    /// [`Repeated`] when there are more.
    pub fn only<'a>(
        &'a self,
        name: &'a str,
    ) -> Result<Option<&'a [u8]>, Repeated> {
        let mut all = self.all(name);
        match (all.next(), all.next()) {
            (value, None) => Ok(value),
            _ => Err(Repeated),
        }
    }
}

impl From<Fields<'_>> for FieldList {
    fn from(fields: Fields<'_>) -> Self {
        let field = |field: crate::head::Field<'_>| Field {
            name: field.name.into(),
            value: field.value.into(),
            secret: false,
        };
        FieldList(fields.iter().map(field).collect())
    }
}

impl fmt::Debug for FieldList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.0.iter().map(|field| {
            let value = match field.secret {
                true => "[secret]".into(),
                false => String::from_utf8_lossy(&field.value),
            };
            (&field.name, value)
        });
        f.debug_list().entries(fields).finish()
    }
}
