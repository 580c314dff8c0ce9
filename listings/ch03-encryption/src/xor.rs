//! XOR with a key that repeats, and the way to find the key.

/// Combines every byte of `data` with a byte of `key`, which is repeated as
/// often as needed. The same call again undoes it.
// ANCHOR: xor
pub fn xor(data: &mut [u8], key: &[u8]) {
    for (byte, key) in data.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}
// ANCHOR_END: xor

/// How often two bytes that `length` columns put into one column are equal, in
/// parts of one.
///
/// Two bytes under the same key byte are equal when their plaintext bytes are:
/// in English text about once in fifteen. Under two key bytes it is chance.
// ANCHOR: length
fn coincidence(data: &[u8], length: usize) -> f64 {
    let (mut equal, mut pairs) = (0, 0);
    for column in 0..length {
        let mut counts = [0u64; 256];
        for &byte in data.iter().skip(column).step_by(length) {
            counts[usize::from(byte)] += 1;
        }
        let all: u64 = counts.iter().sum();
        pairs += all * all.saturating_sub(1);
        equal += counts.iter().map(|n| n * n.saturating_sub(1)).sum::<u64>();
    }
    equal as f64 / pairs.max(1) as f64
}

/// The likeliest length of the key, from 1 to `longest` bytes: the shortest
/// at which nearly as many bytes coincide as at any.
pub fn key_length(ciphertext: &[u8], longest: usize) -> usize {
    let rates: Vec<f64> = (1..=longest)
        .map(|length| coincidence(ciphertext, length))
        .collect();
    let best = rates.iter().copied().fold(0.0, f64::max);
    // Multiples of the key's length coincide as often: take the shortest.
    let first = rates.iter().position(|&rate| rate >= 0.8 * best);
    first.map_or(1, |index| index + 1)
}
// ANCHOR_END: length

/// How likely `byte` is in English text, as a score that adds up.
fn score(byte: u8) -> i32 {
    // The most frequent first; the order is the usual one of English.
    const ORDER: &[u8] = b" etaoinshrdlcumwfgypbvkjxqz";
    match ORDER
        .iter()
        .position(|&letter| letter == byte.to_ascii_lowercase())
    {
        Some(place) if byte == b' ' || byte.is_ascii_lowercase() => {
            30 - place as i32
        }
        Some(_) => 2,
        None if byte == b'\n' || byte.is_ascii_graphic() => 1,
        None => -40,
    }
}

/// The key of `length` bytes under which `ciphertext` reads most like
/// English.
// ANCHOR: break
pub fn find_key(ciphertext: &[u8], length: usize) -> Vec<u8> {
    let column_key = |column: usize| {
        let bytes = ciphertext.iter().skip(column).step_by(length);
        (0..=u8::MAX)
            .max_by_key(|key| {
                bytes.clone().map(|byte| score(byte ^ key)).sum::<i32>()
            })
            .unwrap_or_default()
    };
    (0..length).map(column_key).collect()
}
// ANCHOR_END: break

#[cfg(test)]
mod tests {
    use super::*;

    /// Enough English for a key of twelve bytes.
    const TEXT: &str = include_str!("../../../LICENSE-MIT");

    #[test]
    fn twice_is_nothing() {
        let mut data = *b"a message";
        xor(&mut data, b"key");
        assert_ne!(&data, b"a message");
        xor(&mut data, b"key");
        assert_eq!(&data, b"a message");
    }

    #[test]
    fn an_empty_key_changes_nothing_and_short_input_does_not_panic() {
        let mut data = *b"abc";
        xor(&mut data, b"");
        assert_eq!(&data, b"abc");
        assert_eq!(key_length(b"", 20), 1);
        assert_eq!(key_length(b"a", 20), 1);
        assert_eq!(find_key(b"", 3).len(), 3);
    }

    #[test]
    fn keys_of_every_length_up_to_twelve_are_found() {
        for length in 2..=12 {
            let key = &b"Zq7!x,Bm0pW~"[..length];
            let mut data = TEXT.as_bytes().to_vec();
            xor(&mut data, key);
            assert_eq!(key_length(&data, 20), length);
            assert_eq!(find_key(&data, length), key);
        }
    }
}
