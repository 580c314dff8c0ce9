//! Whom a URL is at: scheme, host and port.

use std::fmt;

use url::{Host, Url};

use crate::client::request::BadRequest;
use crate::head;

/// Scheme, host and port of a URL. Two URLs with the same origin may share
/// connections and secrets, two others neither ([RFC 9110, section
/// 4.3.1](https://www.rfc-editor.org/rfc/rfc9110#section-4.3.1), [RFC 6454,
/// section 4](https://www.rfc-editor.org/rfc/rfc6454#section-4)).
// ANCHOR: origin
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    tls: bool,
    host: Host,
    port: u16,
}
// ANCHOR_END: origin

impl Origin {
    /// Of a URL.
    ///
    /// # Errors
    /// [`BadRequest`] when nobody can be asked for it: another scheme than
    /// `http` and `https`, no host, port 0, or a user's name, which would
    /// look like a host to a hasty reader ([RFC 9110, section
    /// 4.2.4](https://www.rfc-editor.org/rfc/rfc9110#section-4.2.4)).
    pub fn of(url: &Url) -> Result<Self, BadRequest> {
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(BadRequest::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadRequest::Credentials);
        }
        let host = url.host().ok_or(BadRequest::Host)?.to_owned();
        let port = url.port_or_known_default();
        let port = port.filter(|port| *port > 0).ok_or(BadRequest::Host)?;
        let origin = Origin { tls, host, port };
        match head::is_authority(origin.authority().as_bytes()) {
            true => Ok(origin),
            false => Err(BadRequest::Host),
        }
    }

    /// Whether it is reached through TLS: `https`.
    pub fn is_https(&self) -> bool {
        self.tls
    }

    /// The host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What goes into `Host`: the port only if it is not the scheme's own.
    pub fn authority(&self) -> String {
        let usual = if self.tls { 443 } else { 80 };
        match self.port == usual {
            true => self.host.to_string(),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}
