//! One way to do it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

pub use crate::yours::{Refused, Target};

/// See `yours`.
///
/// # Errors
/// See [`Refused`].
pub fn allowed(
    url: &str,
    resolve: impl FnOnce(&str) -> Vec<IpAddr>,
) -> Result<Target, Refused> {
    let url = Url::parse(url).map_err(|_| Refused::NotAUrl)?;
    let host = url.host().ok_or(Refused::NotAUrl)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Credentials);
    }
    let port = url.port_or_known_default();
    let port = port
        .filter(|port| matches!(port, 80 | 443))
        .ok_or(Refused::Port)?;
    let addresses = match host {
        Host::Domain(name) => resolve(name),
        Host::Ipv4(address) => vec![address.into()],
        Host::Ipv6(address) => vec![address.into()],
    };
    if addresses.is_empty() {
        return Err(Refused::NoAddress);
    }
    if let Some(address) = addresses.iter().find(|a| !is_public(**a)) {
        return Err(Refused::NotPublic(*address));
    }
    let at_port = |address| SocketAddr::new(address, port);
    let addresses = addresses.into_iter().map(at_port).collect();
    Ok(Target { url, addresses })
}

/// See `yours`.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let blocks = [
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        ([224, 0, 0, 0], 3),
    ];
    let bits = address.to_bits();
    let is_in = |(block, length): &([u8; 4], u32)| {
        (bits ^ u32::from_be_bytes(*block)) >> (32 - length) == 0
    };
    !blocks.iter().any(is_in)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    match (first, second) {
        (0x2001, 0..0x200) => false,
        (0x2001, 0xdb8) => false,
        (0x2002, _) => false,
        (0x3fff, 0..0x1000) => false,
        _ => (0x2000..0x4000).contains(&first),
    }
}
