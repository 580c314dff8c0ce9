//! Eight bytes in one subtraction, and what it gets wrong.

use ch04_http::scan::{below, splat};

// ANCHOR: main
fn main() {
    for text in [b"cookies!", b"ab\tcdefg", b"ab\r\nHost", b"ab\r !\" c"] {
        let word = u64::from_le_bytes(*text);
        let less = word.wrapping_sub(splat(b' '));
        let found = below(word, b' ');
        println!("{}", text.escape_ascii());
        for (what, word) in
            [("bytes", word), ("- 0x20", less), ("found", found)]
        {
            let bytes = word.to_le_bytes().map(|byte| format!("{byte:02x}"));
            println!("    {what:<7} {}", bytes.join(" "));
        }
        match found {
            0 => println!("    none is below 0x20"),
            _ => println!("    the first is {}", found.trailing_zeros() / 8),
        }
    }
}
// ANCHOR_END: main
