//! The cases of the exercise.

/// The header of a recorded datagram from 192.0.2.1 to 192.0.2.2.
const HEADER: [u8; 20] = [
    0x45, 0x00, 0x00, 0x3d, 0xec, 0x7b, 0x40, 0x00, 0x40, 0x11, 0xca, 0x30,
    0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02,
];

/// The checksum of words, computed from all of them (RFC 1071).
fn whole(words: &[u16]) -> u16 {
    let mut sum: u64 = words.iter().map(|&word| u64::from(word)).sum();
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    !(sum as u16)
}

fn words(header: &[u8; 20]) -> Vec<u16> {
    let pairs = header.chunks(2);
    pairs.map(|p| u16::from_be_bytes([p[0], p[1]])).collect()
}

/// Numbers that look random and are the same each time.
fn numbers() -> impl Iterator<Item = u16> {
    let next = |n: &u32| Some(n.wrapping_mul(1_664_525) ^ 0x3c6e_f35f);
    std::iter::successors(Some(1), next).map(|n| (n >> 16) as u16)
}

book_exercise::cases! {
    for ex_checksum_update;

    fn the_example_of_the_rfc() {
        // RFC 1624 §4, where RFC 1141's formula gives 0xffff.
        assert_eq!(update(0xdd2f, 0x5555, 0x3285), 0x0000);
    }

    fn a_word_that_stays_changes_nothing() {
        assert_eq!(update(0xca30, 0x4011, 0x4011), 0xca30);
    }

    fn the_same_as_from_the_beginning() {
        let mut random = numbers();
        for _ in 0..10_000 {
            let mut words: Vec<u16> = random.by_ref().take(9).collect();
            words[0] |= 1; // all zeros have two checksums
            let before = whole(&words);
            let (old, new) = (words[4], random.next().unwrap());
            words[4] = new;
            assert_eq!(update(before, old, new), whole(&words), "{words:04x?}");
        }
    }

    fn carries_come_round() {
        for (old, new) in [(0, 0xffff), (0xffff, 0), (1, 0), (0, 1)] {
            let mut words = [0x8000, old, 0x7fff];
            let before = whole(&words);
            words[1] = new;
            assert_eq!(update(before, old, new), whole(&words));
        }
    }

    fn a_forwarded_header_still_adds_up() {
        for ttl in 2..=255 {
            let mut header = HEADER;
            header[8] = ttl;
            header[10..12].fill(0);
            let checksum = whole(&words(&header));
            header[10..12].copy_from_slice(&checksum.to_be_bytes());

            assert!(forward(&mut header));
            assert_eq!(header[8], ttl - 1);
            assert_eq!(whole(&words(&header)), 0, "from {ttl}");
        }
    }

    fn nothing_else_changes() {
        let mut header = HEADER;
        assert!(forward(&mut header));
        let mut expected = HEADER;
        expected[8] = 0x3f;
        expected[10..12].copy_from_slice(&[0xcb, 0x30]);
        assert_eq!(header, expected);
    }

    fn the_last_hop_was_the_last() {
        for ttl in [0, 1] {
            let mut header = HEADER;
            header[8] = ttl;
            let before = header;
            assert!(!forward(&mut header));
            assert_eq!(header, before);
        }
    }

    fn a_damaged_header_stays_damaged() {
        // Were the checksum computed afresh, it would vouch for the damage.
        let mut header = HEADER;
        header[15] ^= 0x10;
        assert!(forward(&mut header));
        assert_ne!(whole(&words(&header)), 0);
    }
}
