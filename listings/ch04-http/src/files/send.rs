//! A file's bytes go into a socket: on Linux without passing through the
//! program, by `sendfile(2)`; elsewhere by way of a buffer.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;

/// How much goes out in one call, in bytes: the others wait that long.
const MOST: u64 = 1 << 20;

// ANCHOR: file
/// Writes up to `len` bytes of a file, at least one, from place `from` on,
/// into a socket. Says how many it took.
///
/// # Errors
/// What the socket or the file says; [`ErrorKind::UnexpectedEof`] if the file
/// has no byte at `from`. It was longer when its length was promised.
pub fn file(
    socket: impl AsFd,
    file: &File,
    from: u64,
    len: u64,
) -> io::Result<u64> {
    match piece(socket, file, from, len.min(MOST) as usize)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        written => Ok(written as u64),
    }
}

#[cfg(target_os = "linux")]
fn piece(
    socket: impl AsFd,
    file: &File,
    mut from: u64,
    len: usize,
) -> io::Result<usize> {
    Ok(rustix::fs::sendfile(socket, file, Some(&mut from), len)?)
}
// ANCHOR_END: file

#[cfg(not(target_os = "linux"))]
fn piece(
    socket: impl AsFd,
    file: &File,
    from: u64,
    len: usize,
) -> io::Result<usize> {
    use std::os::unix::fs::FileExt;
    let mut buffer = vec![0; len.min(64 << 10)];
    let count = file.read_at(&mut buffer, from)?;
    Ok(rustix::io::write(socket, &buffer[..count])?)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn from_where_and_how_many_the_caller_says() {
        let mut source = tempfile::tempfile().unwrap();
        source.write_all(b"0123456789").unwrap();
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        assert_eq!(file(&ours, &source, 2, 3).unwrap(), 3);
        // A file that has become shorter gives what there is, then no more.
        assert_eq!(file(&ours, &source, 8, 100).unwrap(), 2);
        let end = file(&ours, &source, 10, 1).unwrap_err();
        assert_eq!(end.kind(), ErrorKind::UnexpectedEof);
        drop(ours);
        let mut said = String::new();
        theirs.read_to_string(&mut said).unwrap();
        assert_eq!(said, "23489");
    }

    #[test]
    fn a_full_socket_takes_a_part_and_then_nothing() {
        let source = tempfile::tempfile().unwrap();
        source.set_len(1 << 40).unwrap();
        let (ours, _theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let mut from = 0;
        let full = loop {
            match file(&ours, &source, from, 1 << 40) {
                Ok(written) => from += written,
                Err(error) => break error,
            }
            assert!(from < 1 << 30);
        };
        assert_eq!(full.kind(), ErrorKind::WouldBlock);
    }
}
