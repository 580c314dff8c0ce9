//! A peer that does not read, and a queue without a limit.

use std::io::{self, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};

use socket2::SockRef;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let asleep = TcpStream::connect(listener.local_addr()?)?;
    let (mut socket, _) = listener.accept()?;
    socket.set_nonblocking(true)?;
    // Small buffers in the kernel, so that little is out of sight.
    SockRef::from(&asleep).set_recv_buffer_size(64 * 1024)?;
    SockRef::from(&socket).set_send_buffer_size(64 * 1024)?;

    let line = vec![b'x'; 1024];
    let mut queue: Vec<u8> = Vec::new();
    for said in 1..=64 * 1024_u32 {
        queue.extend_from_slice(&line);
        match socket.write(&queue) {
            Ok(count) => drop(queue.drain(..count)),
            Err(e) if e.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        let (mib, rest) = (said / 1024, said % 1024);
        if rest == 0 && mib.is_power_of_two() && mib >= 4 {
            let waiting = (queue.len() + 512 * 1024) / (1024 * 1024);
            println!("{mib:2} MiB said, {waiting:2} MiB waiting");
        }
    }
    Ok(())
}
