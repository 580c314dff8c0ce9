//! The field of 2¹²⁸ elements in which GCM computes its tags
//! ([NIST SP 800-38D](https://csrc.nist.gov/pubs/sp/800/38/d/final), sections
//! 6.3 and 6.4).
//!
//! Sixteen bytes are a polynomial whose coefficients are bits. Addition is
//! XOR; multiplication is modulo x¹²⁸ + x⁷ + x² + x + 1. The time it takes
//! depends on the values: good enough for an attack, never for a cipher.

use std::ops::{Add, Mul};

use crate::modes::{BLOCK, Block};

/// A block, read as an element of the field. The first bit of the first byte
/// is the coefficient of x⁰: the highest bit of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element(u128);

/// x⁷ + x² + x + 1, which x¹²⁸ is equal to.
const REDUCTION: u128 = 0xe1 << 120;

impl Element {
    /// Nothing added.
    pub const ZERO: Element = Element(0);
    /// The polynomial 1.
    pub const ONE: Element = Element(1 << 127);

    /// The element that multiplies with this one to 1; zero for zero.
    ///
    /// The field has 2¹²⁸ − 1 elements other than zero, so a²^¹²⁸⁻¹ is 1 and
    /// the inverse is a to the power of 2¹²⁸ − 2.
    #[must_use]
    pub fn inverse(self) -> Element {
        let mut result = Element::ONE;
        let mut power = self;
        for _ in 1..128 {
            power = power * power;
            result = result * power;
        }
        result
    }

    /// The only element whose square this is.
    ///
    /// Squaring 128 times is the identity here, so 127 times is the root.
    // ANCHOR: sqrt
    #[must_use]
    pub fn sqrt(self) -> Element {
        (0..127).fold(self, |power, _| power * power)
    }
    // ANCHOR_END: sqrt
}

impl From<Block> for Element {
    fn from(block: Block) -> Self {
        Element(u128::from_be_bytes(block))
    }
}

impl From<Element> for Block {
    fn from(element: Element) -> Self {
        element.0.to_be_bytes()
    }
}

#[expect(
    clippy::suspicious_arithmetic_impl,
    reason = "XOR is this field's addition"
)]
impl Add for Element {
    type Output = Element;

    fn add(self, other: Element) -> Element {
        Element(self.0 ^ other.0)
    }
}

impl Mul for Element {
    type Output = Element;

    // ANCHOR: mul
    fn mul(self, other: Element) -> Element {
        let (mut product, mut shifted) = (0, self.0);
        for power in 0..128 {
            if (other.0 >> (127 - power)) & 1 == 1 {
                product ^= shifted;
            }
            // Times x, and x¹²⁸ is replaced by what it equals.
            let carry = shifted & 1;
            shifted = (shifted >> 1) ^ (carry * REDUCTION);
        }
        Element(product)
    }
    // ANCHOR_END: mul
}

/// GHASH of `aad` and `text`, each filled up with zeros to whole blocks, and
/// of their lengths in bits.
// ANCHOR: ghash
pub fn ghash(key: Element, aad: &[u8], text: &[u8]) -> Element {
    let mut hash = Element::ZERO;
    for chunk in aad.chunks(BLOCK).chain(text.chunks(BLOCK)) {
        let mut block = [0; BLOCK];
        block[..chunk.len()].copy_from_slice(chunk);
        hash = (hash + block.into()) * key;
    }
    let lengths = ((aad.len() as u128) << 64) + text.len() as u128;
    (hash + Element(8 * lengths)) * key
}
// ANCHOR_END: ghash

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn element() -> impl Strategy<Value = Element> {
        any::<u128>().prop_map(Element)
    }

    proptest! {
        #[test]
        fn it_is_a_field(a in element(), b in element(), c in element()) {
            prop_assert_eq!(a * b, b * a);
            prop_assert_eq!(a * (b * c), (a * b) * c);
            prop_assert_eq!(a * (b + c), a * b + a * c);
            prop_assert_eq!(a * Element::ONE, a);
            prop_assert_eq!(a * Element::ZERO, Element::ZERO);
            if a != Element::ZERO {
                prop_assert_eq!(a * a.inverse(), Element::ONE);
            }
            prop_assert_eq!(a.sqrt() * a.sqrt(), a);
        }
    }
}
