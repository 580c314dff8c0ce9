//! One picture under ECB and under CBC: how many blocks differ.
//!
//! With `--write FOLDER` it also writes `plain.png` and `ecb.png`.

use std::collections::HashSet;
use std::error::Error;
use std::path::Path;

use ch03_encryption::modes::{BLOCK, cbc_encrypt, ecb_encrypt};
use ch03_encryption::picture::Picture;

// ANCHOR: picture
fn main() -> Result<(), Box<dyn Error>> {
    let plain = Picture::padlock();
    let key = *b"an example, not a key: 32 bytes.";
    let mut ecb = plain.clone();
    ecb_encrypt(&key, &mut ecb.rgb);
    let iv = *b"not random here!";
    let cbc = cbc_encrypt(&key, &iv, &plain.rgb);

    println!("blocks that differ, of {}", plain.rgb.len() / BLOCK);
    println!("plain  {:>5}", different(&plain.rgb));
    println!("ECB    {:>5}", different(&ecb.rgb));
    println!("CBC    {:>5}", different(&cbc[..plain.rgb.len()]));
    // ANCHOR_END: picture
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--write") {
        let folder = arguments.next().ok_or("--write FOLDER")?;
        let write = |name: &str, picture: &Picture| {
            std::fs::write(Path::new(&folder).join(name), picture.to_png()?)?;
            Ok::<(), Box<dyn Error>>(())
        };
        write("plain.png", &plain)?;
        write("ecb.png", &ecb)?;
    }
    Ok(())
}

fn different(data: &[u8]) -> usize {
    data.as_chunks::<BLOCK>()
        .0
        .iter()
        .collect::<HashSet<_>>()
        .len()
}
