//! The Internet checksum step by step, and the errors that it does not see.

use ch02_concepts::packet::checksum::checksum;

const SENT: &[u8; 14] = b"PAY 001900 EUR";

/// What is done to the bytes on their way, and its name.
type Damage = (&'static str, fn(&mut Vec<u8>));

// ANCHOR: damage
const DAMAGE: [Damage; 7] = [
    ("nothing", |_| {}),
    ("a bit is flipped", |b| b[7] ^= 0x08),
    ("two neighbors change places", |b| b.swap(6, 7)),
    ("two bytes, two apart, do", |b| b.swap(5, 7)),
    ("two 16-bit words do", |b| {
        b.swap(4, 6);
        b.swap(5, 7);
    }),
    ("one more here, one less there", |b| {
        b[4] += 1;
        b[6] -= 1;
    }),
    ("a word of zeros is put in", |b| {
        b.splice(4..4, [0, 0]);
    }),
];
// ANCHOR_END: damage

fn main() {
    // ANCHOR: by_hand
    let mut sum: u32 = 0;
    for pair in SENT.chunks(2) {
        let word = u16::from_be_bytes([pair[0], pair[1]]);
        sum += u32::from(word);
        println!("{:<6} {word:04x}  sum {sum:5x}", pair.escape_ascii());
    }
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
        println!("carry  added in   {sum:5x}");
    }
    println!("complement       {:5x}", !sum as u16);
    // ANCHOR_END: by_hand
    let sent = checksum(SENT);
    println!("checksum()        {sent:4x}");
    println!();
    for (what, damage) in DAMAGE {
        let mut received = SENT.to_vec();
        damage(&mut received);
        let seen = match checksum(&received) == sent {
            true => "fits",
            false => "does not fit",
        };
        println!("{what:<29}  {:<22}  {seen}", received.escape_ascii());
    }
}
