//! The Huffman code of HPACK (RFC 7541 section 5.2 and appendix B).
//!
//! The code is canonical: codes of one length are consecutive numbers, in the
//! order of their symbols, and begin where the shorter ones end. So the
//! lengths say all, and the 257 codes of the appendix follow from them.

use bytes::{BufMut, BytesMut};

use crate::h2::hpack::Error;

/// The symbol that no string contains; its first bits are the padding.
const EOS: usize = 256;
const LONGEST: usize = 30;

/// How many bits each octet's code has; that of EOS comes last.
// ANCHOR: lengths
const LENGTHS: [u8; EOS + 1] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28,
    28, // control
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, //
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, // " " to "/"
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, // 0 to ?
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, // @ to O
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, // P to _
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, // ` to o
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, // p to DEL
    // ANCHOR_END: lengths
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, //
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, //
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, //
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, //
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, //
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, //
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, //
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, //
    30,
];

/// What follows from the lengths.
struct Code {
    /// Each symbol's code, in the low bits.
    codes: [u32; EOS + 1],
    /// The symbols in the order of their codes.
    symbols: [u16; EOS + 1],
    /// For each length, its first code.
    first: [u32; LONGEST + 1],
    /// For each length, where its symbols begin in `symbols`.
    start: [usize; LONGEST + 2],
}

static CODE: Code = Code::from_lengths();

impl Code {
    // ANCHOR: canonical
    const fn from_lengths() -> Code {
        let mut code = Code {
            codes: [0; EOS + 1],
            symbols: [0; EOS + 1],
            first: [0; LONGEST + 1],
            start: [0; LONGEST + 2],
        };
        let (mut next, mut placed, mut length) = (0, 0, 1);
        while length <= LONGEST {
            code.first[length] = next;
            code.start[length] = placed;
            let mut symbol = 0;
            while symbol <= EOS {
                if LENGTHS[symbol] as usize == length {
                    code.codes[symbol] = next;
                    code.symbols[placed] = symbol as u16;
                    next += 1;
                    placed += 1;
                }
                symbol += 1;
            }
            next <<= 1;
            length += 1;
        }
        code.start[length] = placed;
        code
    }
    // ANCHOR_END: canonical

    /// The symbol of a code of `length` bits.
    fn symbol(&self, code: u32, length: usize) -> Option<usize> {
        let nth = code.checked_sub(self.first[length])? as usize;
        let at = self.start[length] + nth;
        (at < self.start[length + 1]).then(|| usize::from(self.symbols[at]))
    }
}

/// A string from its code.
///
/// # Errors
/// [`Error::HuffmanPadding`] and [`Error::HuffmanEos`].
// ANCHOR: decode
pub fn decode(octets: &[u8]) -> Result<Vec<u8>, Error> {
    let mut string = Vec::with_capacity(octets.len() * 8 / 5);
    let (mut code, mut length) = (0u32, 0);
    for octet in octets {
        for bit in (0..8).rev() {
            code = code << 1 | u32::from(octet >> bit & 1);
            length += 1;
            match CODE.symbol(code, length) {
                Some(EOS) => return Err(Error::HuffmanEos),
                Some(symbol) => {
                    string.push(symbol as u8);
                    (code, length) = (0, 0);
                }
                None => {}
            }
        }
    }
    // What is left are the first bits of EOS, which are all 1.
    if length > 7 || code != (1 << length) - 1 {
        return Err(Error::HuffmanPadding);
    }
    Ok(string)
}
// ANCHOR_END: decode

/// How many octets the code of `string` has.
pub fn encoded_len(string: &[u8]) -> usize {
    let bits: usize = string
        .iter()
        .map(|octet| usize::from(LENGTHS[usize::from(*octet)]))
        .sum();
    bits.div_ceil(8)
}

/// Appends the code of `string`.
pub fn encode(string: &[u8], dst: &mut BytesMut) {
    let (mut bits, mut waiting) = (0u64, 0);
    for octet in string {
        let symbol = usize::from(*octet);
        bits = bits << LENGTHS[symbol] | u64::from(CODE.codes[symbol]);
        waiting += u32::from(LENGTHS[symbol]);
        while waiting >= 8 {
            waiting -= 8;
            dst.put_u8((bits >> waiting) as u8);
        }
    }
    if waiting > 0 {
        let padding = 8 - waiting;
        dst.put_u8((bits << padding) as u8 | ((1 << padding) - 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_complete_and_ends_with_eos() {
        // Kraft's sum is 1: every sequence of bits begins with some code.
        let sum: u64 = LENGTHS.iter().map(|l| 1u64 << (30 - l)).sum();
        assert_eq!(sum, 1 << 30);
        assert_eq!(CODE.codes[EOS], (1 << 30) - 1);
        // RFC 7541, appendix B.
        assert_eq!(CODE.codes[usize::from(b'0')], 0);
        assert_eq!(CODE.codes[usize::from(b'&')], 0xf8);
        assert_eq!(CODE.codes[0xff], 0x3ffffee);
    }

    #[test]
    fn every_octet_survives() {
        let all: Vec<u8> = (0..=255).collect();
        let mut coded = BytesMut::new();
        encode(&all, &mut coded);
        assert_eq!(coded.len(), encoded_len(&all));
        assert_eq!(decode(&coded), Ok(all));
    }

    #[test]
    fn padding_is_up_to_seven_ones() {
        assert_eq!(decode(&[]), Ok(vec![]));
        // '0' is 00000: three bits of padding.
        assert_eq!(decode(&[0b0000_0111]), Ok(b"0".to_vec()));
        for bad in [&[0b0000_0110][..], &[0b0000_0000], &[0xff]] {
            assert_eq!(decode(bad), Err(Error::HuffmanPadding), "{bad:x?}");
        }
        assert_eq!(decode(&[0b0000_0111, 0xff]), Err(Error::HuffmanPadding));
        // 'a' is 00011, 'X' is 11111100: a whole octet of padding is refused
        // even behind a whole code.
        assert_eq!(decode(&[0xfc, 0xff]), Err(Error::HuffmanPadding));
        assert_eq!(decode(&[0xfc]), Ok(b"X".to_vec()));
    }

    #[test]
    fn eos_is_refused() {
        assert_eq!(decode(&[0xff; 4]), Err(Error::HuffmanEos));
    }
}
