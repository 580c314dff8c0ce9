//! A stranger answers ahead of the server: who believes it?

use std::net::UdpSocket;

fn main() -> std::io::Result<()> {
    let server = UdpSocket::bind("127.0.0.1:0")?;
    let stranger = UdpSocket::bind("127.0.0.1:0")?;
    let mut buf = [0; 1500];

    // ANCHOR: plain
    let plain = UdpSocket::bind("127.0.0.1:0")?;
    plain.send_to(b"balance?", server.local_addr()?)?;
    both_answer(&stranger, &server, &plain)?;
    let (n, _from) = plain.recv_from(&mut buf)?;
    println!("plain: {}", String::from_utf8_lossy(&buf[..n]));
    // ANCHOR_END: plain

    // ANCHOR: checked
    let checked = UdpSocket::bind("127.0.0.1:0")?;
    checked.send_to(b"balance?", server.local_addr()?)?;
    both_answer(&stranger, &server, &checked)?;
    let n = loop {
        let (n, from) = checked.recv_from(&mut buf)?;
        if from == server.local_addr()? {
            break n;
        }
        println!("checked: ignored {n} bytes from another address");
    };
    println!("checked: {}", String::from_utf8_lossy(&buf[..n]));
    // ANCHOR_END: checked

    // ANCHOR: connected
    let connected = UdpSocket::bind("127.0.0.1:0")?;
    connected.connect(server.local_addr()?)?;
    connected.send(b"balance?")?;
    both_answer(&stranger, &server, &connected)?;
    let n = connected.recv(&mut buf)?;
    println!("connected: {}", String::from_utf8_lossy(&buf[..n]));
    // ANCHOR_END: connected
    Ok(())
}

/// The stranger is quicker than the server, who waits for the question.
fn both_answer(
    stranger: &UdpSocket,
    server: &UdpSocket,
    client: &UdpSocket,
) -> std::io::Result<()> {
    stranger.send_to(b"1000000, says the stranger", client.local_addr()?)?;
    let mut buf = [0; 1500];
    if client.peer_addr().is_err() {
        // Not connected: the stranger's datagram is to be there first.
        client.peek_from(&mut buf)?;
    }
    let (_n, from) = server.recv_from(&mut buf)?;
    server.send_to(b"12, says the server", from)?;
    Ok(())
}
