//! Five ways to write an address, and who takes which.

use std::net::{IpAddr, ToSocketAddrs};

fn main() {
    let texts = ["127.0.0.1", "127.1", "010.0.0.1", "0x7f.1", "2130706433"];
    println!("{:<12} {:<12} to_socket_addrs()", "text", "parse()");
    for text in texts {
        let parsed = match text.parse::<IpAddr>() {
            Ok(ip) => ip.to_string(),
            Err(_) => "refused".into(),
        };
        // Not an address in Rust's eyes, so it is taken for a name, and the
        // system's resolver is asked.
        let resolved = match (text, 80).to_socket_addrs() {
            Ok(mut addrs) => addrs
                .next()
                .map_or("nothing".into(), |addr| addr.ip().to_string()),
            Err(_) => "no such name".into(),
        };
        println!("{text:<12} {parsed:<12} {resolved}");
    }
}
