//! One way to do it.

pub use crate::yours::Place;

/// See `yours`.
pub fn places(one: &[u8], two: &[u8], word: &str) -> Vec<Place> {
    if word.is_empty() {
        return Vec::new();
    }
    let both: Vec<u8> = one.iter().zip(two).map(|(a, b)| a ^ b).collect();
    let place = |(at, window): (usize, &[u8])| {
        let other: String = window
            .iter()
            .zip(word.as_bytes())
            .map(|(a, b)| char::from(a ^ b))
            .collect();
        other
            .chars()
            .all(|c| c == ' ' || c.is_ascii_lowercase())
            .then_some(Place { at, other })
    };
    both.windows(word.len())
        .enumerate()
        .filter_map(place)
        .collect()
}
