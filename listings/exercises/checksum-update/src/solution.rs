//! One way to do it.

/// See `yours`.
pub fn update(checksum: u16, old: u16, new: u16) -> u16 {
    // The checksum is the complement of a sum, and to add a complement is to
    // subtract.
    let mut sum = u32::from(!checksum) + u32::from(!old) + u32::from(new);
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    !sum as u16
}

/// See `yours`.
pub fn forward(header: &mut [u8; 20]) -> bool {
    if header[8] <= 1 {
        return false;
    }
    let word =
        |header: &[u8], at| u16::from_be_bytes([header[at], header[at + 1]]);
    let old = word(header, 8); // the time to live and the protocol
    header[8] -= 1;
    let new = word(header, 8);
    let checksum = update(word(header, 10), old, new);
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    true
}
