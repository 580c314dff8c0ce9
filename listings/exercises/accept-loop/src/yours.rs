//! Yours: replace the `todo!()`.

use std::io;
use std::time::Duration;

/// Serves what `accept` yields, until the listener is of no more use: then
/// it returns the error that said so.
///
/// - An error about one connection (`ECONNABORTED`, `EINTR`, `EHOSTUNREACH`
///   and the other errors of a network) is passed over at once.
/// - One about the listener (`EBADF`, `EINVAL`, `ENOTSOCK`) ends the loop.
/// - Any other calls `pause` before the next try: with 10 ms, twice as long
///   after each further failure, 1 s at most, and with 10 ms again once a
///   connection was accepted in between.
///
/// [`Errno::from_io_error`](rustix::io::Errno::from_io_error) tells which
/// error it is.
pub fn accept_loop<C>(
    accept: impl FnMut() -> io::Result<C>,
    serve: impl FnMut(C),
    pause: impl FnMut(Duration),
) -> io::Error {
    let _ = (accept, serve, pause);
    todo!("accept, and decide what each error means")
}
