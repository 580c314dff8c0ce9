//! One way to do it.

use mio::Token;

/// Bits of a token for the place; the others count.
const HALF: u32 = usize::BITS / 2;
const PLACE: usize = (1 << HALF) - 1;

#[derive(Debug)]
struct Place<T> {
    count: usize,
    peer: Option<T>,
}

/// See `yours`.
#[derive(Debug)]
pub struct Peers<T> {
    places: Vec<Place<T>>,
    free: Vec<usize>,
}

impl<T> Default for Peers<T> {
    fn default() -> Self {
        Peers {
            places: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> Peers<T> {
    /// Keeps `peer`, and gives it a token.
    ///
    /// # Panics
    /// When half of a `usize` does not number so many places.
    pub fn insert(&mut self, peer: T) -> Token {
        let number = self.free.pop().unwrap_or_else(|| {
            let (count, peer) = (0, None);
            self.places.push(Place { count, peer });
            self.places.len() - 1
        });
        // The last two would make the reserved tokens.
        assert!(number < PLACE - 1, "too many connections");
        let place = &mut self.places[number];
        place.peer = Some(peer);
        Token(place.count << HALF | number)
    }

    fn place(&mut self, token: Token) -> Option<&mut Place<T>> {
        let place = self.places.get_mut(token.0 & PLACE)?;
        (place.count == token.0 >> HALF).then_some(place)
    }

    /// The peer that has this token; none when it is gone.
    pub fn get_mut(&mut self, token: Token) -> Option<&mut T> {
        self.place(token)?.peer.as_mut()
    }

    /// Takes the peer out that has this token; none when it is gone.
    pub fn remove(&mut self, token: Token) -> Option<T> {
        let place = self.place(token)?;
        let peer = place.peer.take()?;
        place.count = (place.count + 1) & PLACE;
        self.free.push(token.0 & PLACE);
        Some(peer)
    }

    /// How many places there are, taken and free.
    pub fn places(&self) -> usize {
        self.places.len()
    }
}
