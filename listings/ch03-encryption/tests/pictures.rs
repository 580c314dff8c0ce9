//! The pictures on the page are what the program makes.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::PathBuf;

use ch03_encryption::modes::{cbc_encrypt, ecb_encrypt};
use ch03_encryption::picture::Picture;

const KEY: [u8; 32] = *b"an example, not a key: 32 bytes.";

/// `BLESS=1` writes them anew.
#[test]
fn plain_and_ecb_are_the_ones_on_the_page() {
    let plain = Picture::padlock();
    let mut ecb = plain.clone();
    ecb_encrypt(&KEY, &mut ecb.rgb);
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for (name, made) in [("plain.png", plain), ("ecb.png", ecb)] {
        let path = here.join("../../src/ch03-encryption").join(name);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, made.to_png().unwrap()).unwrap();
        }
        // The pixels, since a compressor's next version may pack them
        // otherwise.
        let shown = Picture::from_png(&fs::read(&path).unwrap()).unwrap();
        assert!(shown == made, "{name} is not what ecb_picture makes");
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    let file = Picture::padlock().to_png().unwrap();
    for len in [0, 8, 20, 60, file.len() / 2] {
        assert!(Picture::from_png(&file[..len]).is_err(), "{len}");
    }
    let mut wrong = Picture::padlock();
    wrong.rgb.pop();
    assert!(wrong.to_png().is_err());
}

#[test]
fn rows_are_whole_blocks() {
    let picture = Picture::padlock();
    assert!((picture.width * 3).is_multiple_of(16));
    let size = picture.width * picture.height * 3;
    assert_eq!(picture.rgb.len(), size as usize);
    assert_ne!(cbc_encrypt(&KEY, &[0; 16], &picture.rgb), picture.rgb);
}
