//! One way to do it.

use std::io;
use std::time::Duration;

use rustix::io::Errno;

const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

/// See `yours`.
pub fn accept_loop<C>(
    mut accept: impl FnMut() -> io::Result<C>,
    mut serve: impl FnMut(C),
    mut pause: impl FnMut(Duration),
) -> io::Error {
    let mut wait = FIRST;
    loop {
        let error = match accept() {
            Ok(connection) => {
                wait = FIRST;
                serve(connection);
                continue;
            }
            Err(error) => error,
        };
        match Errno::from_io_error(&error) {
            Some(
                Errno::CONNABORTED
                | Errno::INTR
                | Errno::PROTO
                | Errno::NETDOWN
                | Errno::NETUNREACH
                | Errno::HOSTDOWN
                | Errno::HOSTUNREACH
                | Errno::TIMEDOUT,
            ) => {}
            Some(Errno::BADF | Errno::INVAL | Errno::NOTSOCK) => {
                return error;
            }
            _ => {
                pause(wait);
                wait = (wait * 2).min(LONGEST);
            }
        }
    }
}
