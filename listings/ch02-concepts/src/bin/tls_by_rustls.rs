//! TLS without a configuration file: a certificate authority, a server and
//! four clients, one of which gets an answer.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair,
};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig,
    ServerConnection, Stream,
};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;
type Authority = CertifiedIssuer<'static, KeyPair>;

// ANCHOR: certificates
/// A certificate authority with a key of its own, in memory only.
fn authority(name: &str) -> Result<Authority> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

/// What a server needs: a certificate for `name`, and its private key.
fn server_config(name: &str, ca: &Authority) -> Result<Arc<ServerConfig>> {
    let key = KeyPair::generate()?;
    let certificate =
        CertificateParams::new([name.to_owned()])?.signed_by(&key, ca)?;
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.into()], key)?;
    config.alpn_protocols = vec![b"http/1.1".into()];
    Ok(Arc::new(config))
}

/// What a client needs: whom to believe.
fn client_config(ca: &Authority) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone())?;
    let mut config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".into(), b"http/1.1".into()];
    Ok(Arc::new(config))
}
// ANCHOR_END: certificates

fn main() -> Result<()> {
    // ANCHOR: clients
    let ca = authority("Shop CA")?;
    let server = server_config("shop.example", &ca)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;

    let trusting = client_config(&ca)?;
    let stranger = client_config(&authority("Other CA")?)?;
    let fooled = client_config(&authority("Shop CA")?)?;
    for (who, config, name) in [
        ("trusts the CA", &trusting, "shop.example"),
        ("trusts another", &stranger, "shop.example"),
        ("trusts another of the same name", &fooled, "shop.example"),
        ("wants another server", &trusting, "bank.example"),
    ] {
        // ANCHOR_END: clients
        println!("a client that {who}");
        let (listener, server) = (listener.try_clone()?, server.clone());
        let server = thread::spawn(move || serve(&listener, server));
        match ask(address, config.clone(), name) {
            Ok(answer) => println!("  client: {answer}"),
            Err(error) => println!("  client: {error}"),
        }
        match server.join().expect("serve does not panic") {
            Ok(question) => println!("  server: {question}"),
            Err(error) => println!("  server: {error}"),
        }
    }
    Ok(())
}

// ANCHOR: client
fn ask(
    address: SocketAddr,
    config: Arc<ClientConfig>,
    name: &str,
) -> io::Result<String> {
    let mut socket = connected(TcpStream::connect(address)?)?;
    let name = ServerName::try_from(name.to_owned())
        .map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, e))?;
    let mut session =
        ClientConnection::new(config, name).map_err(io::Error::other)?;
    let mut stream = Stream::new(&mut session, &mut socket);
    stream.write_all(b"hello over TLS")?; // Shakes hands first.
    stream.conn.send_close_notify();
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;

    let alpn = session.alpn_protocol().unwrap_or(b"none");
    println!("  version {:?}", session.protocol_version());
    println!("  suite {:?}", session.negotiated_cipher_suite());
    println!("  ALPN {}", String::from_utf8_lossy(alpn));
    Ok(answer)
}
// ANCHOR_END: client

fn serve(
    listener: &TcpListener,
    config: Arc<ServerConfig>,
) -> io::Result<String> {
    let mut socket = connected(listener.accept()?.0)?;
    let mut session =
        ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = Stream::new(&mut session, &mut socket);
    let mut question = String::new();
    stream.read_to_string(&mut question)?;
    stream.write_all(question.to_uppercase().as_bytes())?;
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(question)
}

fn connected(socket: TcpStream) -> io::Result<TcpStream> {
    socket.set_read_timeout(Some(Duration::from_secs(2)))?;
    socket.set_write_timeout(Some(Duration::from_secs(2)))?;
    Ok(socket)
}
