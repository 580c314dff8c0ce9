//! Finding the byte where something ends, eight and more at a time.
//!
//! Most bytes of a head are in values and targets, and almost none of them
//! matters: what is looked for is the first that does. Eight bytes fit into a
//! register, and a subtraction tells for all of them at once which are below
//! a bound.

use ch02_concepts::fields::is_token_byte;

// ANCHOR: below
/// Eight times the same byte.
pub const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

const HIGH: u64 = splat(0x80);

/// The high bit of each byte that is below `bound`, which is at most 0x80.
/// What stands above the lowest such byte may be wrong: the subtraction
/// borrows from there.
pub const fn below(word: u64, bound: u8) -> u64 {
    word.wrapping_sub(splat(bound)) & !word & HIGH
}

/// The high bit of each byte that is `byte`; as with [`below`], only the
/// lowest is certain.
pub const fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ splat(byte), 1)
}
// ANCHOR_END: below

// ANCHOR: scan
/// The first place from `at` on where a byte is one that `stops`, or the
/// length. `stops_among` tells the same of eight: the lowest high bit that it
/// sets is that of the first one.
#[inline]
fn scan(
    bytes: &[u8],
    mut at: usize,
    stops: impl Fn(u8) -> bool,
    stops_among: impl Fn(u64) -> u64,
) -> usize {
    // Four words by four, as long as nothing stops: independent of each
    // other, they become vector instructions.
    while let Some(many) = bytes.get(at..).and_then(<[u8]>::first_chunk::<32>) {
        let words = many.as_chunks().0.iter().copied();
        let found = words.map(u64::from_le_bytes).map(&stops_among);
        if found.fold(0, |all, word| all | word) != 0 {
            break;
        }
        at += 32;
    }
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let found = stops_among(u64::from_le_bytes(*eight));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while at < bytes.len() && !stops(bytes[at]) {
        at += 1;
    }
    at
}
// ANCHOR_END: scan

/// Counts the bytes that were looked at, in tests.
#[inline]
fn looked_at(_from: usize, end: usize) -> usize {
    #[cfg(test)]
    LOOKED.set(LOOKED.get() + end.saturating_sub(_from) + 1);
    end
}

#[cfg(test)]
thread_local! {
    static LOOKED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many bytes this thread has looked at, stops included.
#[cfg(test)]
pub(crate) fn looked() -> usize {
    LOOKED.get()
}

// ANCHOR: value
/// Where a value ends: at the first control byte but TAB.
#[inline]
pub fn value(bytes: &[u8], start: usize) -> usize {
    let stops = |byte: u8| byte < b' ' || byte == 0x7f;
    let mut at = start;
    loop {
        at = scan(bytes, at, stops, |word| {
            below(word, b' ') | equal(word, 0x7f)
        });
        if bytes.get(at) != Some(&b'\t') {
            return looked_at(start, at);
        }
        at += 1;
    }
}

// ANCHOR_END: value

/// Where a target ends: at the first byte that is not visible ASCII.
#[inline]
pub fn target(bytes: &[u8], at: usize) -> usize {
    let stops = |byte: u8| !byte.is_ascii_graphic();
    let end = scan(bytes, at, stops, |word| {
        below(word, b'!') | equal(word, 0x7f) | (word & HIGH)
    });
    looked_at(at, end)
}

/// Says of each byte whether it may be in a token, …
static TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = is_token_byte(byte as u8);
        byte += 1;
    }
    table
};

/// … or in a host's name: `reg-name` of [RFC 3986, section
/// 3.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2).
pub static HOST: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let others = b"-._~%!$&'()*+,;=";
    let mut n = 0;
    while n < others.len() {
        table[others[n] as usize] = true;
        n += 1;
    }
    table
};

/// Where a token ends.
#[inline]
pub fn token(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < bytes.len() && TOKEN[usize::from(bytes[at])] {
        at += 1;
    }
    looked_at(start, at)
}

/// As [`token`], and looks no further than one byte behind the longest that
/// is wanted.
#[inline]
pub fn token_within(bytes: &[u8], at: usize, longest: usize) -> usize {
    let end = at.saturating_add(longest).saturating_add(1);
    token(&bytes[..end.min(bytes.len())], at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slow(bytes: &[u8], at: usize, goes_on: fn(u8) -> bool) -> usize {
        let rest = bytes[at..].iter();
        at + rest.take_while(|byte| goes_on(**byte)).count()
    }

    fn check(bytes: &[u8], at: usize) {
        let in_value = |b: u8| b == b'\t' || (b >= b' ' && b != 0x7f);
        assert_eq!(value(bytes, at), slow(bytes, at, in_value));
        let graphic = |b: u8| b.is_ascii_graphic();
        assert_eq!(target(bytes, at), slow(bytes, at, graphic));
        assert_eq!(token(bytes, at), slow(bytes, at, is_token_byte));
    }

    #[test]
    fn each_byte_at_each_place() {
        for byte in 0..=255 {
            for place in 0..44 {
                let mut bytes = [b'x'; 44];
                bytes[place] = byte;
                check(&bytes, 0);
                // A borrow out of the first must not hide the second.
                for second in place + 1..44.min(place + 12) {
                    let mut bytes = bytes;
                    bytes[second] = b'\r';
                    check(&bytes, 0);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn as_a_byte_at_a_time(
            bytes in prop::collection::vec(
                prop_oneof![any::<u8>(), 0x1e_u8..0x22, 0x7d_u8..0x82],
                0..128,
            ),
            at in 0_usize..128,
        ) {
            check(&bytes, at.min(bytes.len()));
        }
    }
}
