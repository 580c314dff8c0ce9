//! A web site for one page, all of it on this machine: a DNS server, a link
//! with a length, and an HTTPS server behind it.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{
    IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket,
};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ch03_sockets::dns::zone::{Transport, Zone};
use ch03_sockets::dns::{Data, NameError};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    SupportedProtocolVersion,
};

use crate::distance::{Link, accept, carry_all};

/// The site's name. `.example` is reserved (RFC 2606 §2): no registry will
/// ever sell it.
pub const NAME: &str = "page.example";
/// The longest request that the server reads, in bytes.
const MAX_REQUEST: u64 = 8192;
/// How long the server waits for a client that says nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the site is, for those who come to see it.
#[derive(Debug, Clone)]
pub struct Site {
    /// The DNS server that knows [`NAME`], as far away as the page.
    pub resolver: SocketAddr,
    /// The port at the visitors' end of the link.
    pub port: u16,
    /// The link between the visitor and the site.
    pub link: Link,
    certificate: CertificateDer<'static>,
}

impl Site {
    /// Opens a site with a page of `page_len` bytes. A visitor at `address` has
    /// the length of `link` before them. The threads stay until the program
    /// ends.
    ///
    /// # Errors
    /// See [`SiteError`].
    pub fn open(
        address: &str,
        link: Link,
        page_len: usize,
    ) -> Result<Self, SiteError> {
        let own = rcgen::generate_simple_self_signed([NAME.to_owned()])?;
        let certificate = own.cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
        let tls = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(rustls::ALL_VERSIONS)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.into())?;

        let https = TcpListener::bind("127.0.0.1:0")?;
        let server = https.local_addr()?;
        let near_end = TcpListener::bind(address)?;
        let port = near_end.local_addr()?.port();
        let dns = UdpSocket::bind("127.0.0.1:0")?;
        let resolver = dns.local_addr()?;
        let zone = Zone::new(NAME.parse()?)
            .with(NAME.parse()?, Data::A(Ipv4Addr::LOCALHOST));

        thread::spawn(move || serve_dns(&dns, &zone, link));
        thread::spawn(move || carry_all(&near_end, server, link));
        thread::spawn(move || serve_https(&https, &Arc::new(tls), page_len));
        Ok(Site {
            resolver,
            port,
            link,
            certificate,
        })
    }

    /// What a visitor needs who trusts this site's certificate, has not been
    /// here before, and speaks this version of TLS. Sessions that the site
    /// hands out are kept in it: use it again to resume one.
    ///
    /// # Errors
    /// When the certificate or the version is of no use.
    pub fn visitor(
        &self,
        version: &'static SupportedProtocolVersion,
    ) -> Result<Arc<ClientConfig>, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone())?;
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }

    /// The address of the page, once the name is resolved.
    #[must_use]
    pub fn address(&self, ip: IpAddr) -> SocketAddr {
        SocketAddr::new(ip, self.port)
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn serve_dns(socket: &UdpSocket, zone: &Zone, link: Link) -> io::Result<()> {
    let mut query = [0; 512];
    loop {
        let (n, visitor) = socket.recv_from(&mut query)?;
        let Some(answer) = zone.reply(&query[..n], Transport::Udp) else {
            continue;
        };
        let socket = socket.try_clone()?;
        thread::spawn(move || {
            thread::sleep(link.rtt);
            socket.send_to(&answer, visitor)
        });
    }
}

fn serve_https(
    listener: &TcpListener,
    tls: &Arc<ServerConfig>,
    page_len: usize,
) -> io::Result<()> {
    loop {
        let (stream, _) = accept(listener)?;
        let tls = Arc::clone(tls);
        thread::spawn(move || serve_one(stream, tls, page_len));
    }
}

/// Answers each request on a connection with the page.
fn serve_one(
    stream: TcpStream,
    tls: Arc<ServerConfig>,
    page_len: usize,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let session = ServerConnection::new(tls).map_err(io::Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(session, stream));
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {page_len}\r\n\r\n");
    let page = vec![b'.'; page_len];
    while read_request(&mut stream)? {
        // The head is a TLS record of its own: a record can be read when the
        // last byte of it is there, and not before (RFC 8446 §5.2).
        stream.get_mut().write_all(head.as_bytes())?;
        stream.get_mut().write_all(&page)?;
        stream.get_mut().flush()?;
    }
    Ok(())
}

/// Reads up to the empty line that ends a request without a body; `false`
/// where the client has left instead.
fn read_request(stream: &mut impl BufRead) -> io::Result<bool> {
    let mut request = stream.take(MAX_REQUEST);
    let mut line = Vec::new();
    loop {
        line.clear();
        match request.read_until(b'\n', &mut line)? {
            0 => return Ok(false),
            _ if line == b"\r\n" => return Ok(true),
            _ => {}
        }
    }
}

/// Why a site cannot be opened.
#[derive(Debug)]
pub enum SiteError {
    /// A socket failed.
    Io(io::Error),
    /// There is no certificate.
    Certificate(rcgen::Error),
    /// The certificate is of no use to TLS.
    Tls(rustls::Error),
    /// The site's name is none.
    Name(NameError),
}

impl fmt::Display for SiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SiteError::Io(error) => error.fmt(f),
            SiteError::Certificate(error) => write!(f, "certificate: {error}"),
            SiteError::Tls(error) => write!(f, "TLS: {error}"),
            SiteError::Name(error) => write!(f, "{NAME}: {error}"),
        }
    }
}

impl std::error::Error for SiteError {}

macro_rules! from {
    ($($error:ty => $variant:ident,)+) => {$(
        impl From<$error> for SiteError {
            fn from(error: $error) -> Self {
                SiteError::$variant(error)
            }
        }
    )+};
}

from! {
    io::Error => Io,
    rcgen::Error => Certificate,
    rustls::Error => Tls,
    NameError => Name,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(request: &[u8]) -> Option<bool> {
        read_request(&mut BufReader::new(request)).ok()
    }

    #[test]
    fn a_request_ends_at_the_empty_line() {
        assert_eq!(ends(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Some(true));
        assert_eq!(ends(b""), Some(false));
        assert_eq!(ends(b"GET / HT"), Some(false));
    }

    #[test]
    fn a_request_that_never_ends_is_not_read_for_ever() {
        for endless in [vec![b'x'; 100_000], b"x\r\n".repeat(30_000)] {
            let mut left = &endless[..];
            assert!(!read_request(&mut left).unwrap());
            let read = endless.len() - left.len();
            assert!(read as u64 <= MAX_REQUEST, "{read} bytes were read");
        }
    }
}
