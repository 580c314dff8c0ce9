//! Every byte of a DNS query by its name: a recorded frame or, with
//! `--capture`, one sent just now (Linux; needs root or CAP_NET_RAW).

use std::env;
use std::io;
use std::process::ExitCode;

use ch02_concepts::packet::{Dissector, Field};

// ANCHOR: recorded
/// What `tcpdump -i va -xx udp port 53` printed while one host asked another
/// with `nc -u 192.0.2.2 53`. The hosts are two network namespaces joined by
/// a veth pair, `va` one end of it: tests/captures/record.sh has every step.
const RECORDED: &str = "
    0200 0000 000b 0200 0000 000a 0800 4500
    003d ec7b 4000 4011 ca30 c000 0201 c000
    0202 af94 0035 0029 5748 2a2a 0100 0001
    0000 0000 0000 0377 7777 0765 7861 6d70
    6c65 0363 6f6d 0000 0100 01
";
// ANCHOR_END: recorded

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let captured = match &arguments[..] {
        [] => {
            print(&bytes(RECORDED), Dissector::default());
            Ok(())
        }
        [flag] if flag == "--capture" => capture(),
        _ => Err(io::Error::other("usage: hexdump_datagram [--capture]")),
    };
    match captured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

// ANCHOR: print
fn print(frame: &[u8], dissector: Dissector) {
    let mut layer = None;
    for field in dissector.frame(frame) {
        if layer.replace(field.layer) != Some(field.layer) {
            println!("{}", field.layer);
        }
        print_field(&field, frame);
    }
}

fn print_field(field: &Field, frame: &[u8]) {
    let octets = field.octets(frame);
    let octets: Vec<_> = octets.split(' ').collect();
    let mut lines = octets.chunks(6).map(|line| line.join(" "));
    let first = lines.next().unwrap_or_default();
    print!("{:>4}  {first:<18} ", field.bytes.start);
    print!("{}: {}", field.name, field.value);
    if !field.note.is_empty() {
        print!(" ({})", field.note);
    }
    match &field.problem {
        Some(problem) => println!("  <-- {problem}"),
        None => println!(),
    }
    for line in lines {
        println!("      {line}");
    }
}
// ANCHOR_END: print

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|d| (d[0] << 4 | d[1]) as u8).collect()
}

#[cfg(not(target_os = "linux"))]
fn capture() -> io::Result<()> {
    Err(io::Error::other("only Linux has packet sockets"))
}

/// Sends a query to a server of our own on the loopback interface, and reads
/// the frame that carried it from a packet socket (`man 7 packet`).
#[cfg(target_os = "linux")]
fn capture() -> io::Result<()> {
    use std::io::Read;
    use std::net::UdpSocket;
    use std::time::{Duration, Instant};

    use ch02_concepts::packet::{Parsed, Transport};
    use ch03_sockets::dns::{Message, Type};
    use socket2::{Domain, Protocol, Socket};

    // ANCHOR: packet_socket
    let only_ipv4 = Protocol::from(i32::from(0x0800_u16.to_be()));
    let packets =
        Socket::new(Domain::PACKET, socket2::Type::RAW, Some(only_ipv4))
            .map_err(|error| {
                io::Error::new(
                    error.kind(),
                    format!("a packet socket needs CAP_NET_RAW: {error}"),
                )
            })?;
    // ANCHOR_END: packet_socket
    packets.set_read_timeout(Some(Duration::from_millis(200)))?;

    let server = UdpSocket::bind("127.0.0.1:0")?;
    let client = UdpSocket::bind("127.0.0.1:0")?;
    let to = server.local_addr()?;
    let name = "www.example.com".parse().expect("a name");
    let query = Message::query(0x2a2a, name, Type::A);
    let octets = query.encode().expect("a query of one question");

    let deadline = Instant::now() + Duration::from_secs(1);
    let mut buf = [0; 2048];
    client.send_to(&octets, to)?;
    while Instant::now() < deadline {
        // Others' packets come by, too; ours may not, if those are too many.
        let Ok(n) = (&packets).read(&mut buf) else {
            client.send_to(&octets, to)?;
            continue;
        };
        let parsed = Parsed::frame(&buf[..n]).map(|p| p.transport);
        if let Ok(Transport::Udp(udp)) = parsed
            && udp.destination_port() == to.port()
        {
            let dns_port = to.port();
            print(&buf[..n], Dissector { dns_port });
            return Ok(());
        }
    }
    Err(io::Error::other("the query did not come by in a second"))
}
