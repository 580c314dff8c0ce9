//! Integers and strings (RFC 7541 section 5).

use bytes::{BufMut, Bytes, BytesMut};

use crate::h2::hpack::{Error, huffman};

/// Takes an integer with a prefix of `bits` bits from the front of `src`: the
/// bits above the prefix are another field's.
///
/// Zeros at the end, which say nothing, are accepted as far as six octets go.
///
/// # Errors
/// [`Error::CutOff`] and [`Error::IntegerTooLarge`].
///
/// # Panics
/// If `bits` is not from 1 to 8.
// ANCHOR: decode_integer
pub fn decode_integer(src: &mut &[u8], bits: u32) -> Result<u32, Error> {
    assert!((1..=8).contains(&bits), "a prefix of 1 to 8 bits");
    let largest = (1u32 << bits) - 1;
    let prefix = u32::from(take_octet(src)?) & largest;
    if prefix < largest {
        return Ok(prefix);
    }
    let mut value = u64::from(prefix);
    // 32 bits, seven an octet: five octets behind the prefix.
    for shift in [0, 7, 14, 21, 28] {
        let octet = take_octet(src)?;
        value += u64::from(octet & 0x7f) << shift;
        if octet & 0x80 == 0 {
            return u32::try_from(value).map_err(|_| Error::IntegerTooLarge);
        }
    }
    Err(Error::IntegerTooLarge)
}
// ANCHOR_END: decode_integer

fn take_octet(src: &mut &[u8]) -> Result<u8, Error> {
    src.split_off_first().copied().ok_or(Error::CutOff)
}

/// Appends `value` with a prefix of `bits` bits; `above` has the bits of the
/// first octet that belong to something else.
///
/// # Panics
/// If `bits` is not from 1 to 8.
pub fn encode_integer(value: u32, bits: u32, above: u8, dst: &mut BytesMut) {
    assert!((1..=8).contains(&bits), "a prefix of 1 to 8 bits");
    let largest = (1u32 << bits) - 1;
    if value < largest {
        dst.put_u8(above | value as u8);
        return;
    }
    dst.put_u8(above | largest as u8);
    let mut rest = value - largest;
    while rest >= 0x80 {
        dst.put_u8(rest as u8 | 0x80);
        rest >>= 7;
    }
    dst.put_u8(rest as u8);
}

/// Takes a string from the front of `src`.
///
/// # Errors
/// Those of an integer and of a Huffman code, and [`Error::CutOff`] when the
/// string is longer than `src`: nothing is allocated for it.
// ANCHOR: decode_string
pub fn decode_string(src: &mut &[u8]) -> Result<Bytes, Error> {
    let coded = src.first().is_some_and(|octet| octet & 0x80 != 0);
    let length = decode_integer(src, 7)? as usize;
    let octets = src.split_off(..length).ok_or(Error::CutOff)?;
    if coded {
        huffman::decode(octets).map(Bytes::from)
    } else {
        Ok(Bytes::copy_from_slice(octets))
    }
}
// ANCHOR_END: decode_string

/// Appends a string, as Huffman code if that is shorter.
///
/// # Panics
/// If it is longer than 2^32 - 1 octets, which no frame can carry.
pub fn encode_string(string: &[u8], dst: &mut BytesMut) {
    let coded = huffman::encoded_len(string);
    let len = |len: usize| {
        u32::try_from(len).expect("a string fits in memory, and in a frame")
    };
    if coded < string.len() {
        encode_integer(len(coded), 7, 0x80, dst);
        huffman::encode(string, dst);
    } else {
        encode_integer(len(string.len()), 7, 0, dst);
        dst.put_slice(string);
    }
}
