//! Yours: give the types their fields, and replace each `todo!()`.

/// Counts a server's clients. Its threads share it by reference.
#[derive(Debug, Default)]
pub struct Attendance {}

/// A client that is being served. It has left when this is dropped, on
/// whichever way out of its thread: an early `return`, a `?`, a panic.
#[derive(Debug)]
pub struct Visit<'a> {
    /// Which client this is: 1 for the first, and no number twice.
    pub number: u64,
    /// The count it belongs to.
    pub attendance: &'a Attendance,
}

impl Attendance {
    /// A client has come.
    pub fn enter(&self) -> Visit<'_> {
        todo!("count it, and give it its number")
    }

    /// How many clients are being served at the moment.
    pub fn present(&self) -> u64 {
        todo!("those who have come and not left")
    }

    /// How many were being served at once, at most.
    pub fn most(&self) -> u64 {
        todo!("the largest number that `present` ever had")
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        // Yours too: the client has left.
    }
}
