//! One way to do it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub use crate::yours::{Rejected, TOLERANCE};

/// See `yours`.
///
/// # Errors
/// See [`Rejected`].
pub fn verify(
    key: &[u8],
    header: &str,
    body: &[u8],
    now: u64,
) -> Result<(), Rejected> {
    let (sent, signatures) = fields(header).ok_or(Rejected::Malformed)?;
    let time: u64 = sent.parse().map_err(|_| Rejected::Malformed)?;

    let mac = Hmac::<Sha256>::new_from_slice(key)
        .expect("HMAC takes a key of any length")
        .chain_update(sent)
        .chain_update(".")
        .chain_update(body);
    let right = |tag: &[u8; 32]| mac.clone().verify_slice(tag).is_ok();
    if !signatures.iter().any(right) {
        return Err(Rejected::WrongSignature);
    }
    match time.abs_diff(now) {
        0..=TOLERANCE => Ok(()),
        _ => Err(Rejected::NotFresh),
    }
}

/// The digits of `t`, and every `v1`.
fn fields(header: &str) -> Option<(&str, Vec<[u8; 32]>)> {
    let (mut sent, mut signatures) = (None, Vec::new());
    for field in header.split(',') {
        match field.split_once('=')? {
            ("t", digits) if sent.is_none() => sent = Some(digits),
            ("t", _) => return None,
            ("v1", tag) => signatures.push(from_hex(tag)?),
            _ => {}
        }
    }
    let digits = |text: &&str| text.bytes().all(|b| b.is_ascii_digit());
    let sent = sent.filter(digits)?;
    (!signatures.is_empty()).then_some((sent, signatures))
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut tag = [0; 32];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != tag.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in tag.iter_mut().zip(pairs) {
        let digit = |c: u8| char::from(c).to_digit(16);
        *byte = (digit(*high)? << 4 | digit(*low)?) as u8;
    }
    Some(tag)
}
