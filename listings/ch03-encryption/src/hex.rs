//! Bytes as two hexadecimal digits each.

use std::fmt::Write;

/// `bytes` in lower case, without spaces.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    text
}

/// The bytes that `text` spells; white space between them is skipped. `None`
/// if anything else is in it, or half a byte.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| u8::try_from(c.to_digit(16)?).ok())
        .collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(hex(&[0, 0x0f, 0xff]), "000fff");
        assert_eq!(unhex("00 0F\nff").unwrap(), [0, 0x0f, 0xff]);
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("0g"), None);
    }
}
