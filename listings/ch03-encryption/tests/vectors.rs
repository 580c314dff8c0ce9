//! The ciphers against the vectors of their specifications and against the
//! whole of Wycheproof's, for every library.

#![allow(clippy::unwrap_used, reason = "tests")]

use ch03_encryption::aead::{
    Aead, AeadError, Aes256Gcm, ChaCha20Poly1305, Key, Ring,
};
use ch03_encryption::hex::{hex, unhex};
use hkdf::Hkdf;
use sha2::Sha256;
use wycheproof::TestResult;
use wycheproof::aead::TestName;
use x25519_dalek::{PublicKey, StaticSecret};

type New = fn(&Key) -> Box<dyn Aead>;

const CHACHA: [(&str, New); 2] = [
    ("RustCrypto", |key| Box::new(ChaCha20Poly1305::new(key))),
    ("ring", |key| Box::new(Ring::chacha20_poly1305(key))),
];
const GCM: [(&str, New); 2] = [
    ("RustCrypto", |key| Box::new(Aes256Gcm::new(key))),
    ("ring", |key| Box::new(Ring::aes_256_gcm(key))),
];

fn array<const N: usize>(text: &str) -> [u8; N] {
    unhex(text).unwrap().try_into().unwrap()
}

/// One vector, in hexadecimal.
struct Vector<'a> {
    key: &'a str,
    nonce: &'a str,
    aad: &'a str,
    text: &'a str,
    sealed: &'a str,
    tag: &'a str,
}

fn check(libraries: [(&str, New); 2], vector: &Vector<'_>) {
    for (name, new) in libraries {
        let cipher = new(&array(vector.key));
        let (nonce, aad) = (array(vector.nonce), unhex(vector.aad).unwrap());
        let mut text = unhex(vector.text).unwrap();
        let tag = cipher.seal(&nonce, &aad, &mut text).unwrap();
        assert_eq!(text, unhex(vector.sealed).unwrap(), "{name}");
        assert_eq!(hex(&tag), vector.tag, "{name}");
        cipher.open(&nonce, &aad, &mut text, &tag).unwrap();
        assert_eq!(text, unhex(vector.text).unwrap(), "{name}");
    }
}

#[test]
fn rfc_8439_section_2_8_2() {
    let text = "Ladies and Gentlemen of the class of '99: If I could offer \
                you only one tip for the future, sunscreen would be it.";
    check(
        CHACHA,
        &Vector {
            key: "808182838485868788898a8b8c8d8e8f
                  909192939495969798999a9b9c9d9e9f",
            nonce: "070000004041424344454647",
            aad: "50515253c0c1c2c3c4c5c6c7",
            text: &hex(text.as_bytes()),
            sealed: "d31a8d34648e60db7b86afbc53ef7ec2
                     a4aded51296e08fea9e2b5a736ee62d6
                     3dbea45e8ca9671282fafb69da92728b
                     1a71de0a9e060b2905d6a5b67ecd3b36
                     92ddbd7f2d778b8c9803aee328091b58
                     fab324e4fad675945585808b4831d7bc
                     3ff4def08e4b7a9de576d26586cec64b
                     6116",
            tag: "1ae10b594f09e26a7e902ecbd0600691",
        },
    );
}

/// *The Galois/Counter Mode of Operation*, McGrew and Viega, appendix B.
#[test]
fn gcm_test_cases_13_to_16() {
    let key = "feffe9928665731c6d6a8f9467308308
               feffe9928665731c6d6a8f9467308308";
    let text = "d9313225f88406e5a55909c5aff5269a
                86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525
                b16aedf5aa0de657ba637b391aafd255";
    let sealed = "522dc1f099567d07f47f37a32a84427d
                  643a8cdcbfe5c0c97598a2bd2555d1aa
                  8cb08e48590dbb3da7b08b1056828838
                  c5f61e6393ba7a0abcc9f662898015ad";
    let shorter = |text: &str| hex(&unhex(text).unwrap()[..60]);
    let zeros = "00".repeat(32);
    let zero_nonce = "00".repeat(12);
    let vectors = [
        Vector {
            key: &zeros,
            nonce: &zero_nonce,
            aad: "",
            text: "",
            sealed: "",
            tag: "530f8afbc74536b9a963b4f1c4cb738b",
        },
        Vector {
            key: &zeros,
            nonce: &zero_nonce,
            aad: "",
            text: &"00".repeat(16),
            sealed: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919",
        },
        Vector {
            key,
            nonce: "cafebabefacedbaddecaf888",
            aad: "",
            text,
            sealed,
            tag: "b094dac5d93471bdec1a502270e3cc6c",
        },
        Vector {
            key,
            nonce: "cafebabefacedbaddecaf888",
            aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            text: &shorter(text),
            sealed: &shorter(sealed),
            tag: "76fc6ece0f4e1768cddf8853bb2d551b",
        },
    ];
    for vector in &vectors {
        check(GCM, vector);
    }
}

/// How many vectors of a set were sealed and opened, refused as they must
/// be, or have sizes that this chapter's ciphers do not take.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    sealed: usize,
    refused: usize,
    other_sizes: usize,
}

fn wycheproof(name: TestName, new: New) -> Counts {
    let set = wycheproof::aead::TestSet::load(name).unwrap();
    let mut counts = Counts::default();
    for group in &set.test_groups {
        let sizes = (group.key_size, group.nonce_size, group.tag_size);
        for test in &group.tests {
            if sizes != (256, 96, 128) {
                counts.other_sizes += 1;
                continue;
            }
            let cipher = new(&test.key[..].try_into().unwrap());
            let nonce = test.nonce[..].try_into().unwrap();
            let tag = test.tag[..].try_into().unwrap();
            let mut text = test.ct.to_vec();
            let opened = cipher.open(&nonce, &test.aad, &mut text, &tag);
            if test.result == TestResult::Invalid {
                assert_eq!(opened, Err(AeadError::Refused), "{test:?}");
                counts.refused += 1;
                continue;
            }
            assert_eq!(opened, Ok(()), "{test:?}");
            assert_eq!(text, test.pt[..], "{test:?}");
            let made = cipher.seal(&nonce, &test.aad, &mut text).unwrap();
            assert_eq!((text, made), (test.ct.to_vec(), tag), "{test:?}");
            counts.sealed += 1;
        }
    }
    let all = counts.sealed + counts.refused + counts.other_sizes;
    assert_eq!(all, set.number_of_tests);
    counts
}

#[test]
fn wycheproof_chacha20_poly1305() {
    for (name, new) in CHACHA {
        let counts = wycheproof(TestName::ChaCha20Poly1305, new);
        let expected = Counts {
            sealed: 256,
            refused: 60,
            other_sizes: 9,
        };
        assert_eq!(counts, expected, "{name}");
    }
}

#[test]
fn wycheproof_aes_256_gcm() {
    for (name, new) in GCM {
        let counts = wycheproof(TestName::AesGcm, new);
        let expected = Counts {
            sealed: 39,
            refused: 27,
            other_sizes: 250,
        };
        assert_eq!(counts, expected, "{name}");
    }
}

#[test]
fn wycheproof_x25519() {
    let name = wycheproof::xdh::TestName::X25519;
    let set = wycheproof::xdh::TestSet::load(name).unwrap();
    let (mut agreed, mut weak) = (0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let secret: [u8; 32] = test.private_key[..].try_into().unwrap();
        let public: [u8; 32] = test.public_key[..].try_into().unwrap();
        let shared = StaticSecret::from(secret).diffie_hellman(&public.into());
        // Nothing here is invalid; what is acceptable is not canonical, or
        // of small order, and that is what we refuse.
        assert_ne!(test.result, TestResult::Invalid, "{test:?}");
        assert_eq!(shared.as_bytes()[..], test.shared_secret[..], "{test:?}");
        if shared.was_contributory() {
            agreed += 1;
        } else {
            weak += 1;
        }
    }
    assert_eq!(agreed + weak, set.number_of_tests);
    assert_eq!((agreed, weak), (487, 31));
}

#[test]
fn wycheproof_hkdf_sha_256() {
    let name = wycheproof::hkdf::TestName::HkdfSha256;
    let set = wycheproof::hkdf::TestSet::load(name).unwrap();
    let (mut derived, mut refused) = (0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut okm = vec![0; test.size];
        let result = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm)
            .expand(&test.info, &mut okm);
        if test.result == TestResult::Invalid {
            assert!(result.is_err(), "{test:?}");
            refused += 1;
        } else {
            result.unwrap();
            assert_eq!(okm, test.okm[..], "{test:?}");
            derived += 1;
        }
    }
    assert_eq!(derived + refused, set.number_of_tests);
    assert_eq!((derived, refused), (83, 3));
}

#[test]
fn rfc_7748_section_6_1() {
    let alice = StaticSecret::from(array::<32>(
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
    ));
    let bob = StaticSecret::from(array::<32>(
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
    ));
    let (to_alice, to_bob) = (PublicKey::from(&alice), PublicKey::from(&bob));
    assert_eq!(
        hex(to_alice.as_bytes()),
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    );
    assert_eq!(
        hex(to_bob.as_bytes()),
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    );
    let shared = alice.diffie_hellman(&to_bob);
    assert_eq!(shared.as_bytes(), bob.diffie_hellman(&to_alice).as_bytes());
    assert_eq!(
        hex(shared.as_bytes()),
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    );
}

#[test]
fn rfc_5869_appendix_a_1() {
    let salt = unhex("000102030405060708090a0b0c").unwrap();
    let info = unhex("f0f1f2f3f4f5f6f7f8f9").unwrap();
    let mut okm = [0; 42];
    Hkdf::<Sha256>::new(Some(&salt), &[0x0b; 22])
        .expand(&info, &mut okm)
        .unwrap();
    assert_eq!(
        hex(&okm),
        "3cb25f25faacd57a90434f64d0362f2a\
         2d2d0a90cf1a5a4c5db02d56ecc4c5bf\
         34007208d5b887185865"
    );
}

#[test]
fn a_refused_text_is_not_the_plaintext() {
    for (name, new) in CHACHA.into_iter().chain(GCM) {
        let cipher = new(&[7; 32]);
        let mut text = *b"thirty-two bytes of a plain text";
        let mut tag = cipher.seal(&[0; 12], b"", &mut text).unwrap();
        tag[15] ^= 1;
        let opened = cipher.open(&[0; 12], b"", &mut text, &tag);
        assert_eq!(opened, Err(AeadError::Refused), "{name}");
        assert!(!text.starts_with(b"thirty"), "{name}");
    }
}
