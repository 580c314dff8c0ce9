//! A message under a repeating key, read without the key.

use ch03_encryption::xor::{find_key, key_length, xor};

// ANCHOR: message
const MESSAGE: &str = "\
The pumps of the lower station will be switched off on Thursday at ten in \
the evening, and the night shift is to leave by the eastern gate. Nobody is \
to touch the valves before the water in the basin has fallen below the mark. \
When the work is done, send a word to the control room and wait for the \
answer; if there is none within the hour, open the bypass by hand and write \
down the time at which you did so. The new tables are in the drawer of the \
desk under the window, together with the keys of the pump house.";

fn main() {
    let mut intercepted = MESSAGE.as_bytes().to_vec();
    xor(&mut intercepted, b"not-a-secret");

    // From here on, the program has the ciphertext alone.
    let length = key_length(&intercepted, 32);
    let key = find_key(&intercepted, length);
    xor(&mut intercepted, &key);
    // ANCHOR_END: message
    println!("{} bytes, key of {length} bytes", intercepted.len());
    println!("key:  {}", String::from_utf8_lossy(&key));
    println!("text: {}…", String::from_utf8_lossy(&intercepted[..60]));
}
