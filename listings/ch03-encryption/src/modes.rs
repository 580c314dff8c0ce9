//! A block cipher on more than one block: ECB, CBC and CTR, with AES-256
//! ([NIST SP 800-38A](https://csrc.nist.gov/pubs/sp/800/38/a/final)).
//!
//! None of them notices a change. They are here to be broken.

use std::error::Error;
use std::fmt;

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

/// Bytes in a block of AES, whatever the length of the key.
pub const BLOCK: usize = 16;

/// What AES transforms at a time.
pub type Block = [u8; BLOCK];

/// Why a ciphertext could not be decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModeError {
    /// The length is not a positive multiple of [`BLOCK`].
    Length {
        /// The ciphertext's length, in bytes.
        len: usize,
    },
    /// What was decrypted does not end in a padding of PKCS #7.
    Padding,
}

impl fmt::Display for ModeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModeError::Length { len } => {
                write!(f, "{len} bytes are not whole blocks of {BLOCK}")
            }
            ModeError::Padding => f.write_str("the padding is not one"),
        }
    }
}

impl Error for ModeError {}

/// Appends `n` bytes of the value `n` until blocks are whole, at least one
/// ([RFC 5652, section 6.3](https://www.rfc-editor.org/rfc/rfc5652#section-6.3)).
fn pad(plaintext: &[u8]) -> Vec<u8> {
    let missing = BLOCK - plaintext.len() % BLOCK;
    let mut padded = plaintext.to_vec();
    let byte = u8::try_from(missing).expect("at most a block");
    padded.resize(plaintext.len() + missing, byte);
    padded
}

fn unpad(mut padded: Vec<u8>) -> Result<Vec<u8>, ModeError> {
    let count = usize::from(*padded.last().ok_or(ModeError::Padding)?);
    let rest = padded.len().checked_sub(count).ok_or(ModeError::Padding)?;
    let tail = &padded[rest..];
    if !(1..=BLOCK).contains(&count)
        || tail.iter().any(|&byte| usize::from(byte) != count)
    {
        return Err(ModeError::Padding);
    }
    padded.truncate(rest);
    Ok(padded)
}

fn xor_block(block: &mut Block, with: &Block) {
    for (byte, with) in block.iter_mut().zip(with) {
        *byte ^= with;
    }
}

/// Encrypts each block by itself, in place. Bytes behind the last whole
/// block stay as they are.
// ANCHOR: ecb
pub fn ecb_encrypt(key: &[u8; 32], data: &mut [u8]) {
    let aes = Aes256::new(key.into());
    for block in data.as_chunks_mut::<BLOCK>().0 {
        aes.encrypt_block(block.into());
    }
}
// ANCHOR_END: ecb

/// Pads `plaintext` and encrypts it, each block mixed with the one before;
/// the first with `iv`, which must not be predictable.
// ANCHOR: cbc_encrypt
pub fn cbc_encrypt(key: &[u8; 32], iv: &Block, plaintext: &[u8]) -> Vec<u8> {
    let aes = Aes256::new(key.into());
    let mut data = pad(plaintext);
    let mut previous = *iv;
    for block in data.as_chunks_mut::<BLOCK>().0 {
        xor_block(block, &previous);
        aes.encrypt_block(block.into());
        previous = *block;
    }
    data
}
// ANCHOR_END: cbc_encrypt

/// Decrypts what [`cbc_encrypt`] made, and takes the padding off.
///
/// # Errors
/// [`ModeError::Length`]; [`ModeError::Padding`], which a peer must never
/// learn of: told apart from any other error, it decrypts messages.
// ANCHOR: cbc_decrypt
pub fn cbc_decrypt(
    key: &[u8; 32],
    iv: &Block,
    ciphertext: &[u8],
) -> Result<Vec<u8>, ModeError> {
    let len = ciphertext.len();
    if len == 0 || !len.is_multiple_of(BLOCK) {
        return Err(ModeError::Length { len });
    }
    let aes = Aes256::new(key.into());
    let mut data = ciphertext.to_vec();
    let mut previous = *iv;
    for block in data.as_chunks_mut::<BLOCK>().0 {
        let encrypted = *block;
        aes.decrypt_block(block.into());
        xor_block(block, &previous);
        previous = encrypted;
    }
    unpad(data)
}
// ANCHOR_END: cbc_decrypt

/// Makes a stream cipher of AES: the encrypted values of a counter, which
/// begins at `first`, are combined with `data` by XOR. The same call again
/// undoes it.
// ANCHOR: ctr
pub fn ctr(key: &[u8; 32], first: &Block, data: &mut [u8]) {
    let aes = Aes256::new(key.into());
    let mut counter = u128::from_be_bytes(*first);
    for chunk in data.chunks_mut(BLOCK) {
        let mut keystream = counter.to_be_bytes();
        aes.encrypt_block((&mut keystream).into());
        for (byte, key) in chunk.iter_mut().zip(keystream) {
            *byte ^= key;
        }
        counter = counter.wrapping_add(1);
    }
}
// ANCHOR_END: ctr

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::{hex, unhex};

    // SP 800-38A, appendix F: the key of AES-256 and the four blocks.
    const KEY: &str = "603deb1015ca71be2b73aef0857d7781
        1f352c073b6108d72d9810a30914dff4";
    const TEXT: &str = "6bc1bee22e409f96e93d7e117393172a
        ae2d8a571e03ac9c9eb76fac45af8e51
        30c81c46a35ce411e5fbc1191a0a52ef
        f69f2445df4f9b17ad2b417be66c3710";

    fn key() -> [u8; 32] {
        unhex(KEY).unwrap().try_into().unwrap()
    }

    #[test]
    fn sp_800_38a_f_1_5_ecb() {
        let mut data = unhex(TEXT).unwrap();
        ecb_encrypt(&key(), &mut data);
        let expected = "f3eed1bdb5d2a03c064b5a7e3db181f8\
             591ccb10d410ed26dc5ba74a31362870\
             b6ed21b99ca6f4f9f153e7b1beafed1d\
             23304b7a39f9f3ff067d8d8f9e24ecc7";
        assert_eq!(hex(&data), expected);
    }

    #[test]
    fn sp_800_38a_f_2_5_cbc() {
        let iv = std::array::from_fn(|i| i as u8);
        let text = unhex(TEXT).unwrap();
        let data = cbc_encrypt(&key(), &iv, &text);
        let expected = "f58c4c04d6e5f1ba779eabfb5f7bfbd6\
             9cfc4e967edb808d679f777bc6702c7d\
             39f23369a9d9bacfa530e26304231461\
             b2eb05e2c39be9fcda6c19078c6a9d1b";
        assert_eq!(hex(&data[..64]), expected);
        assert_eq!(cbc_decrypt(&key(), &iv, &data).unwrap(), text);
    }

    #[test]
    fn sp_800_38a_f_5_5_ctr() {
        let first = std::array::from_fn(|i| 0xf0 + i as u8);
        let mut data = unhex(TEXT).unwrap();
        ctr(&key(), &first, &mut data);
        let expected = "601ec313775789a5b7a7f504bbf3d228\
             f443e3ca4d62b59aca84e990cacaf5c5\
             2b0930daa23de94ce87017ba2d84988d\
             dfc9c58db67aada613c2dd08457941a6";
        assert_eq!(hex(&data), expected);
        // Half a block takes half of its keystream.
        let mut half = unhex(TEXT).unwrap()[..24].to_vec();
        ctr(&key(), &first, &mut half);
        assert_eq!(hex(&half), expected[..48]);
    }

    #[test]
    fn every_length_comes_back() {
        for len in 0..=3 * BLOCK {
            let text = vec![b'x'; len];
            let data = cbc_encrypt(&[7; 32], &[9; BLOCK], &text);
            assert!(data.len() > len && data.len().is_multiple_of(BLOCK));
            let back = cbc_decrypt(&[7; 32], &[9; BLOCK], &data);
            assert_eq!(back.unwrap(), text);
        }
    }

    #[test]
    fn what_is_not_blocks_or_not_padded_is_refused() {
        for len in [0, 1, 15, 17] {
            let error = cbc_decrypt(&[7; 32], &[9; BLOCK], &vec![0; len]);
            assert_eq!(error, Err(ModeError::Length { len }));
        }
        for bad in [[0; BLOCK], [17; BLOCK]] {
            assert_eq!(unpad(bad.to_vec()), Err(ModeError::Padding));
        }
        assert_eq!(unpad(vec![3, 2, 3]), Err(ModeError::Padding));
        assert_eq!(unpad(vec![5, 5]), Err(ModeError::Padding));
        assert_eq!(unpad(Vec::new()), Err(ModeError::Padding));
    }
}
