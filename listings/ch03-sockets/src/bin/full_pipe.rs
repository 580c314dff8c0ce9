//! How much the two kernels hold for a peer that does not read, with the
//! default buffers and with small ones.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};

// ANCHOR: main
/// How many bytes the kernel takes for a peer that reads none.
fn capacity(buffer: Option<usize>) -> io::Result<usize> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let sender = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    if let Some(bytes) = buffer {
        listener.set_recv_buffer_size(bytes)?; // Accepted sockets inherit it.
        sender.set_send_buffer_size(bytes)?;
        println!("set {bytes}, read back {}", sender.send_buffer_size()?);
    }
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    listener.listen(1)?;
    sender.connect(&listener.local_addr()?)?;
    let _receiver = listener.accept()?;

    let mut sender = TcpStream::from(sender);
    sender.set_nonblocking(true)?;
    let mut taken = 0;
    loop {
        match sender.write(&[0; 4096]) {
            Ok(n) => taken += n,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                return Ok(taken);
            }
            Err(e) => return Err(e),
        }
    }
}

fn main() -> io::Result<()> {
    let small = capacity(Some(32_768))?;
    println!("small buffers: full before 256 KiB: {}", small < 262_144);
    let default = capacity(None)?;
    println!("default buffers hold more: {}", default > small);
    println!("but not 64 MiB: {}", default < 64 << 20);
    Ok(())
}
// ANCHOR_END: main
