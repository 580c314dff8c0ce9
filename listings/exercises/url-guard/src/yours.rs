//! Yours: replace the `todo!()`.

use std::net::{IpAddr, SocketAddr};

use url::Url;

/// Where to connect, and what to ask for there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What was parsed and judged. Its host is the one for the `Host` field
    /// and for the certificate: who parses the text again, with another
    /// parser, may find another.
    pub url: Url,
    /// Connect to these, not to the name: a second lookup may have another
    /// answer, which is called DNS rebinding.
    pub addresses: Vec<SocketAddr>,
}

/// Why a URL is not fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is no URL, or has no host.
    NotAUrl,
    /// The scheme is neither `http` nor `https`.
    Scheme,
    /// It has a user name or a password.
    Credentials,
    /// The port is neither 80 nor 443.
    Port,
    /// The name has no address.
    NoAddress,
    /// This address, or this one among those of the name, is not public.
    NotPublic(IpAddr),
}

/// Says where to connect for `url`, which a stranger gave us. The crate url
/// parses it.
///
/// `resolve` looks a name up. A host that is an address, in whichever way it
/// is written, is not looked up. The answer holds the addresses in the order
/// in which `resolve` gave them.
///
/// One address that is not public is enough to refuse the URL; the first one
/// is named as `resolve` gave it. Checks are made in the order of
/// [`Refused`].
///
/// A redirect is a stranger's URL too: join it to the one before and ask here
/// again.
///
/// # Errors
/// See [`Refused`].
pub fn allowed(
    url: &str,
    resolve: impl FnOnce(&str) -> Vec<IpAddr>,
) -> Result<Target, Refused> {
    let _ = (url, resolve);
    todo!("parse, check scheme, user and port, then every address")
}

/// Says whether `address` is one that anybody on the Internet may be asked at.
/// It cannot know which of these are yours: a host of your own that trusts
/// your network, or your cloud's (in Azure 168.63.129.16), has to be kept from
/// the fetching program by a firewall.
///
/// Not public, of IPv4
/// ([IANA's registry](https://www.iana.org/assignments/iana-ipv4-special-registry)):
/// 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16,
/// 172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, 192.168.0.0/16,
/// 198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24, and all from 224.0.0.0 on.
///
/// Of IPv6, public is what is in 2000::/3 but not in 2001::/23, 2001:db8::/32,
/// 2002::/16 or 3fff::/20, and an IPv4-mapped address (`::ffff:…`) whose IPv4
/// address is public.
pub fn is_public(address: IpAddr) -> bool {
    let _ = address;
    todo!("compare with each block")
}
