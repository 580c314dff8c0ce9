//! CBC: one bit changed in one block, and what becomes of the next.

use std::error::Error;

use ch03_encryption::modes::{BLOCK, cbc_decrypt, cbc_encrypt};

fn main() -> Result<(), Box<dyn Error>> {
    // ANCHOR: flip
    let key = *b"an example, not a key: 32 bytes.";
    let iv = *b"sixteen random b";
    let cookie = b"name=mallory;id=1234567;admin=0;theme=dark";
    let mut sealed = cbc_encrypt(&key, &iv, cookie);

    // `admin=0` stands in the second block, so the first one is changed.
    let at = cookie.iter().position(|&b| b == b'0').ok_or("no field")?;
    sealed[at - BLOCK] ^= b'0' ^ b'1';

    let received = cbc_decrypt(&key, &iv, &sealed)?;
    // ANCHOR_END: flip
    for block in received.chunks(BLOCK) {
        let text = block.iter().map(|&byte| match byte {
            b' '..=b'~' => char::from(byte),
            _ => '·',
        });
        println!("{}", text.collect::<String>());
    }

    // ANCHOR: iv
    // And the first block, which has none before it, but the IV.
    let mut iv = iv;
    iv[5] ^= b'm' ^ b'M';
    let sealed = cbc_encrypt(&key, b"sixteen random b", cookie);
    let received = cbc_decrypt(&key, &iv, &sealed)?;
    println!("{}", String::from_utf8_lossy(&received));
    // ANCHOR_END: iv
    Ok(())
}
