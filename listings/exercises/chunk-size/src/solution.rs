//! One way to do it.

/// See `yours`.
pub fn chunk_size(line: &[u8]) -> Option<u64> {
    let end = line.iter().position(|byte| !byte.is_ascii_hexdigit());
    let (digits, rest) = line.split_at(end.unwrap_or(line.len()));
    if !matches!(digits.len(), 1..=16) {
        return None;
    }
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let blanks = rest.iter().take_while(|byte| is_blank(byte)).count();
    match &rest[blanks..] {
        [] if blanks == 0 => {}
        [b';', extension @ ..] => {
            let is_bad = |b: &u8| b.is_ascii_control() && *b != b'\t';
            if extension.iter().any(is_bad) {
                return None;
            }
        }
        _ => return None,
    }
    // Digits alone are ASCII, and sixteen fit into 64 bits.
    u64::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}
