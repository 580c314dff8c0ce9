//! What the library knows about an address, and what it does not.

use std::net::{AddrParseError, IpAddr, SocketAddr};

fn main() -> Result<(), AddrParseError> {
    let texts = [
        "127.0.0.1",
        "::1",
        "0.0.0.0",
        "::",
        "10.1.2.3",
        "fd00::1",
        "169.254.0.1",
        "fe80::1",
        "192.0.2.1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
    ];
    for text in texts {
        let ip: IpAddr = text.parse()?;
        println!("{text:<17} {}", kind(ip));
    }
    println!();
    for text in ["127.0.0.1:80", "[::1]:80", "::1:80", "[fe80::1%2]:80"] {
        match text.parse::<SocketAddr>() {
            Ok(SocketAddr::V6(addr)) => {
                println!("{text:<17} {}, scope {}", addr.ip(), addr.scope_id());
            }
            Ok(SocketAddr::V4(addr)) => println!("{text:<17} {}", addr.ip()),
            Err(error) => println!("{text:<17} {error}"),
        }
    }
    Ok(())
}

// ANCHOR: kind
fn kind(ip: IpAddr) -> String {
    match ip {
        _ if ip.is_loopback() => "loopback: this host".into(),
        _ if ip.is_unspecified() => "unspecified: any address".into(),
        IpAddr::V4(v4) if v4.is_private() => "private".into(),
        IpAddr::V6(v6) if v6.is_unique_local() => "unique local".into(),
        IpAddr::V4(v4) if v4.is_link_local() => "link-local".into(),
        IpAddr::V6(v6) if v6.is_unicast_link_local() => "link-local".into(),
        IpAddr::V4(v4) if v4.is_documentation() => "documentation".into(),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => format!("IPv4-mapped: {v4} in disguise"),
            None => "no method on stable Rust".into(),
        },
        IpAddr::V4(_) => "a public address, perhaps".into(),
    }
}
// ANCHOR_END: kind
