//! X25519 and HKDF: two strangers get a key, and so does whoever stands
//! between them.

use ch03_encryption::hex::hex;
use hkdf::Hkdf;
use sha2::Sha256;
use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};

// ANCHOR: agree
/// The key of one direction, out of the secret that both sides share.
fn key(shared: &SharedSecret, direction: &str) -> String {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, shared.as_bytes())
        .expand(direction.as_bytes(), &mut key)
        .expect("32 bytes are not too many");
    hex(&key[..4])
}

fn main() {
    // Constants, so that the output stays; random in earnest.
    let [alice, bob, eve] = [1, 2, 3].map(|n| StaticSecret::from([n; 32]));
    // These cross the wire.
    let [to_alice, to_bob, to_eve] = [&alice, &bob, &eve].map(PublicKey::from);

    let one = alice.diffie_hellman(&to_bob);
    let two = bob.diffie_hellman(&to_alice);
    for direction in ["to Bob", "to Alice"] {
        let keys = [&one, &two].map(|shared| key(shared, direction));
        println!("{direction:<8}  {}…  {}…", keys[0], keys[1]);
    }
    // ANCHOR_END: agree

    // ANCHOR: between
    // Eve hands each of them her own public key.
    let with_alice = alice.diffie_hellman(&to_eve);
    let with_bob = bob.diffie_hellman(&to_eve);
    println!(
        "Alice and Eve: {}",
        key(&with_alice, "") == key(&eve.diffie_hellman(&to_alice), "")
    );
    println!(
        "Bob and Eve:   {}",
        key(&with_bob, "") == key(&eve.diffie_hellman(&to_bob), "")
    );
    // ANCHOR_END: between
}
