//! What one repeated nonce gives away under AES-GCM: the key of its tags.
//!
//! Antoine Joux described the attack in his comments on the draft of the
//! standard: *Authentication Failures in NIST version of GCM*, 2006.

use crate::gf128::{Element, ghash};
use crate::modes::{BLOCK, Block};

/// A message of one block as it crossed the wire, without additional data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intercepted {
    /// The encrypted block.
    pub text: Block,
    /// Its tag.
    pub tag: Block,
}

/// The authentication key H of GCM, from two messages under one nonce; `None`
/// if they are the same message, which says nothing.
///
/// With C the ciphertext, L the block of lengths and E the mask that the
/// nonce stands for, the tag is C·H² + L·H + E. Two messages of one length
/// under one nonce share L and E: added up, these vanish.
// ANCHOR: hash_key
pub fn hash_key(one: &Intercepted, two: &Intercepted) -> Option<Element> {
    let texts = Element::from(one.text) + two.text.into();
    let tags = Element::from(one.tag) + two.tag.into();
    if texts == Element::ZERO {
        return None;
    }
    // tags = texts · H², and every element has one square root.
    Some((tags * texts.inverse()).sqrt())
}
// ANCHOR_END: hash_key

/// The mask E of a nonce: what is left of the tag without its hash.
// ANCHOR: forge
pub fn mask(key: Element, aad: &[u8], text: &[u8], tag: Block) -> Element {
    Element::from(tag) + ghash(key, aad, text)
}

/// The tag that a receiver expects for `text` and `aad` under the nonce
/// whose `mask` is known.
pub fn forge(key: Element, mask: Element, aad: &[u8], text: &[u8]) -> Block {
    (ghash(key, aad, text) + mask).into()
}
// ANCHOR_END: forge

/// `text` with `known` taken out and `wanted` put in: the keystream stays.
pub fn replace(text: &Block, known: &Block, wanted: &Block) -> Block {
    let mut out = [0; BLOCK];
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = text[i] ^ known[i] ^ wanted[i];
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::aead::{Aead, Aes256Gcm};

    fn seal(key: &[u8; 32], text: &Block) -> Intercepted {
        let mut text = *text;
        let tag = Aes256Gcm::new(key).seal(&[1; 12], b"", &mut text);
        let tag = tag.unwrap();
        Intercepted { text, tag }
    }

    proptest! {
        #[test]
        fn any_pair_gives_a_tag_that_is_accepted(
            key in any::<[u8; 32]>(),
            one in any::<Block>(),
            two in any::<Block>(),
            wanted in any::<Block>(),
            aad in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            prop_assume!(one != two);
            let (first, second) = (seal(&key, &one), seal(&key, &two));
            let h = hash_key(&first, &second).unwrap();
            let e = mask(h, b"", &first.text, first.tag);
            prop_assert_eq!(e, mask(h, b"", &second.text, second.tag));
            let mut text = replace(&first.text, &one, &wanted);
            let tag = forge(h, e, &aad, &text);
            let opened =
                Aes256Gcm::new(&key).open(&[1; 12], &aad, &mut text, &tag);
            prop_assert!(opened.is_ok());
            prop_assert_eq!(text, wanted);
        }
    }

    #[test]
    fn a_message_sent_twice_says_nothing() {
        let once = seal(&[3; 32], b"the same message");
        assert_eq!(hash_key(&once, &once), None);
    }
}
