//! Signs a message with a hash of key and message, forges that signature
//! without the key, and fails to forge an HMAC.

use hmac::{Hmac, KeyInit, Mac};
use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

const KEY: &[u8] = b"known to both ends, not to us";

// ANCHOR: naive
/// The obvious way to sign: hash the key and the message.
fn naive(key: &[u8], message: &[u8]) -> [u8; 32] {
    Sha256::new_with_prefix(key)
        .chain_update(message)
        .finalize()
        .into()
}
// ANCHOR_END: naive

// ANCHOR: forge
/// What SHA-256 appends to `length` bytes: a bit, zeros, the length in bits.
fn padding(length: usize) -> Vec<u8> {
    let mut padding = vec![0x80];
    while (length + padding.len()) % 64 != 56 {
        padding.push(0);
    }
    padding.extend((8 * length as u64).to_be_bytes());
    padding
}

/// The naive signature of `key ‖ message ‖ padding ‖ more`, from that of
/// `message` and the number of bytes that it signs, key included.
fn forge(signature: [u8; 32], signed: usize, more: &[u8]) -> [u8; 32] {
    // The signature is what SHA-256 remembered after its last block.
    let mut state = [0; 8];
    for (word, bytes) in state.iter_mut().zip(signature.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    // So go on from there: hash `more`, and pad for the whole length.
    let before = signed + padding(signed).len();
    let rest = [more, &padding(before + more.len())].concat();
    compress256(&mut state, rest.as_chunks().0);

    let mut forged = [0; 32];
    for (bytes, word) in forged.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    forged
}
// ANCHOR_END: forge

// ANCHOR: attack
fn main() {
    let message = b"to=bob&amount=10";
    let (hash, mac) = (naive(KEY, message), hmac(KEY, message));
    println!(
        "signed  {}\n  hash {}\n  HMAC {}",
        text(message),
        hex(&hash),
        hex(&mac)
    );

    // From here on we have the message, its signature, and the key's length.
    let signed = KEY.len() + message.len();
    let more = b"&amount=9999";
    let longer = [message, &padding(signed)[..], more].concat();
    let (hash, mac) = (forge(hash, signed, more), forge(mac, signed, more));
    println!(
        "forged  {}\n  hash {}\n  HMAC {}",
        text(&longer),
        hex(&hash),
        hex(&mac)
    );

    // The server has the key, and checks.
    println!("the server accepts");
    println!("  hash {}", naive(KEY, &longer) == hash);
    println!("  HMAC {}", hmac_verifies(KEY, &longer, &mac));
}
// ANCHOR_END: attack

// ANCHOR: hmac
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mac = Hmac::<Sha256>::new_from_slice(key)
        .expect("HMAC takes a key of any length");
    mac.chain_update(message).finalize().into_bytes().into()
}

/// Whether `tag` is right, in a time that does not depend on how much of it is.
fn hmac_verifies(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    let mac = Hmac::<Sha256>::new_from_slice(key)
        .expect("HMAC takes a key of any length");
    mac.chain_update(message).verify_slice(tag).is_ok()
}
// ANCHOR_END: hmac

fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// The first four bytes, to tell one from another.
fn hex(tag: &[u8; 32]) -> String {
    let bytes = tag[..4].iter().map(|byte| format!("{byte:02x}"));
    bytes.collect::<String>() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test cases 1 to 4, 6 and 7 of RFC 4231, section 4.
    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let counted: Vec<u8> = (1..=25).collect();
        let cases: [(&[u8], &[u8], &str); 6] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b\
                 881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c7\
                 5a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 20],
                &[0xdd; 50],
                "773ea91e36800e46854db8ebd09181a7\
                 2959098b3ef8c122d9635514ced565fe",
            ),
            (
                &counted,
                &[0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a\
                 85f0faa3e578f8077a2e3ff46729665b",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f\
                 8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a \
                  larger than block-size data. The key needs to be hashed \
                  before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944\
                 bfdc63644f0713938a7f51535c3a35e2",
            ),
        ];
        for (key, message, expected) in cases {
            let tag = hmac(key, message);
            let hex: String = tag.iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(hex, expected);
            assert!(hmac_verifies(key, message, &tag));
        }
    }

    #[test]
    fn a_tag_with_one_bit_changed_or_cut_off_is_refused() {
        let tag = hmac(KEY, b"message");
        for bit in 0..256 {
            let mut wrong = tag;
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(!hmac_verifies(KEY, b"message", &wrong), "bit {bit}");
        }
        for length in 0..32 {
            assert!(!hmac_verifies(KEY, b"message", &tag[..length]));
        }
    }

    #[test]
    fn every_length_of_message_is_extended() {
        for length in 0..200 {
            let message = vec![b'm'; length];
            let signed = KEY.len() + length;
            let more = &message[..length / 2];
            let longer = [&message, &padding(signed)[..], more].concat();
            let forged = forge(naive(KEY, &message), signed, more);
            assert_eq!(forged, naive(KEY, &longer), "{length}");
            let forged = forge(hmac(KEY, &message), signed, more);
            assert!(!hmac_verifies(KEY, &longer, &forged), "{length}");
        }
    }
}
