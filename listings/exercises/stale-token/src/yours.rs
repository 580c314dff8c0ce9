//! Yours: replace each `todo!()`, and the structure's field by what you need.

use std::marker::PhantomData;

use mio::Token;

/// Connections, each under the token that it is registered with.
///
/// A [`Token`] is a `usize`: let its lower half be a place in a `Vec`, and its
/// upper half count how often that place has been given away. So an event
/// that comes late, for a connection that is gone, does not find the one that
/// has its place now. (The count begins anew when it is full; an event is not
/// that late.)
///
/// There are never more places than there were connections at once.
/// `Token(usize::MAX)` and the one before it are for a listener and a
/// [`Waker`](mio::Waker): no connection has them.
#[derive(Debug)]
pub struct Peers<T>(PhantomData<T>);

impl<T> Default for Peers<T> {
    fn default() -> Self {
        todo!("nobody")
    }
}

impl<T> Peers<T> {
    /// Keeps `peer`, and gives it a token.
    ///
    /// # Panics
    /// When half of a `usize` does not number so many places.
    pub fn insert(&mut self, peer: T) -> Token {
        let _ = peer;
        todo!("a place that is free, or a new one")
    }

    /// The peer that has this token; none when it is gone.
    pub fn get_mut(&mut self, token: Token) -> Option<&mut T> {
        let _ = token;
        todo!("the right place, and the right count")
    }

    /// Takes the peer out that has this token; none when it is gone.
    pub fn remove(&mut self, token: Token) -> Option<T> {
        let _ = token;
        todo!("the place is free; its token is not valid any more")
    }

    /// How many places there are, taken and free.
    pub fn places(&self) -> usize {
        todo!("how many there were at once")
    }
}
