//! The channel on sockets: a server on tokio, clients that block, one of them
//! a stranger.

use std::error::Error;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use ch03_encryption::blocking::{self, entropy};
use ch03_encryption::channel::{Config, Identity, Role};
use ch03_encryption::{asynchronous, blocking::SecureError};
use tokio::net::TcpListener;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(5);

// ANCHOR: server
async fn serve(
    listener: TcpListener,
    me: Identity,
    config: Config,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    for _ in 0..2 {
        let (stream, _) = listener.accept().await?;
        let open = asynchronous::SecureStream::open(
            Role::Responder,
            stream,
            &me,
            &config,
        );
        match timeout(DEADLINE, open).await? {
            Ok(stream) => timeout(DEADLINE, echo(stream)).await??,
            Err(SecureError::Channel(error)) => {
                println!("server: {}", before_key(&error.to_string()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn echo(
    mut secure: asynchronous::SecureStream<tokio::net::TcpStream>,
) -> Result<(), SecureError> {
    while let Some(message) = secure.receive().await? {
        secure.send(&message.to_ascii_uppercase()).await?;
    }
    secure.close().await
}
// ANCHOR_END: server

// ANCHOR: client
fn talk(
    to: SocketAddr,
    me: &Identity,
    config: &Config,
) -> Result<(), SecureError> {
    let stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    let mut secure =
        blocking::SecureStream::open(Role::Initiator, stream, me, config)?;
    secure.send(b"hello")?;
    secure.close()?;
    while let Some(answer) = secure.receive()? {
        println!("client: {}", String::from_utf8_lossy(&answer));
    }
    println!("client: closed by both");
    Ok(())
}
// ANCHOR_END: client

// ANCHOR: main
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let alice = Identity::from_entropy(&entropy()?);
    let bob = Identity::from_entropy(&entropy()?);
    let stranger = Identity::from_entropy(&entropy()?);
    // Who trusts whom: exchanged beforehand, by another way than this one.
    let bobs = Config::new([alice.public()]);
    let clients = Config::new([bob.public()]);

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let to = listener.local_addr()?;
    let server = tokio::spawn(serve(listener, bob, bobs));
    let both = tokio::task::spawn_blocking(move || {
        let known = talk(to, &alice, &clients);
        (known, talk(to, &stranger, &clients))
    });
    let (known, stranger) = both.await?;
    known?;
    server.await??;
    println!(
        "stranger: {}",
        if stranger.is_err() { "shown out" } else { "in" }
    );
    Ok(())
}
// ANCHOR_END: main

/// Without the key at the end, which differs from run to run.
fn before_key(text: &str) -> &str {
    text.split(':').next().unwrap_or(text)
}
