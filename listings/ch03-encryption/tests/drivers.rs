//! The channel over real sockets, by either driver, with an enemy between.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use ch03_encryption::channel::{
    ChannelError, Config, Identity, MAX_MESSAGE, Role,
};
use ch03_encryption::{asynchronous, blocking};
use tokio::time::timeout;

mod ends;

use ends::{ALICE, BOB, identity};

/// No test takes longer than this.
const DEADLINE: Duration = Duration::from_secs(10);

fn config(other: u8) -> Config {
    Config::new([identity(other).public()])
}

/// Two connected sockets that give up after a while.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    for stream in [&client, &server] {
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
    }
    (client, server)
}

type Blocking = blocking::SecureStream<TcpStream>;
type Result<T> = std::result::Result<T, blocking::SecureError>;

fn alice(stream: TcpStream) -> Result<Blocking> {
    let (me, config) = (identity(ALICE), config(BOB));
    Blocking::open(Role::Initiator, stream, &me, &config)
}

fn bob(stream: TcpStream) -> Result<Blocking> {
    let (me, config) = (identity(BOB), config(ALICE));
    Blocking::open(Role::Responder, stream, &me, &config)
}

fn echo(stream: TcpStream) -> Result<()> {
    let mut secure = bob(stream)?;
    while let Some(message) = secure.receive()? {
        secure.send(&message)?;
    }
    secure.close()
}

#[test]
fn the_two_drivers_talk_to_each_other() {
    let (client, server) = pair();
    let server = thread::spawn(|| echo(server));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client_side = async {
        client.set_nonblocking(true).unwrap();
        let client = tokio::net::TcpStream::from_std(client).unwrap();
        let (me, config) = (identity(ALICE), config(BOB));
        let mut secure = asynchronous::SecureStream::open(
            Role::Initiator,
            client,
            &me,
            &config,
        )
        .await
        .unwrap();
        assert_eq!(secure.peer(), Some(identity(BOB).public()));
        for len in [0, 1, 1000, MAX_MESSAGE] {
            let text = vec![b'x'; len];
            secure.send(&text).await.unwrap();
            assert_eq!(secure.receive().await.unwrap().unwrap(), text);
        }
        secure.close().await.unwrap();
        assert!(secure.receive().await.unwrap().is_none());
    };
    runtime.block_on(async { timeout(DEADLINE, client_side).await.unwrap() });
    server.join().unwrap().unwrap();
}

/// Passes bytes on in both directions; changes the one at `flip` of what the
/// client sends, and ends the stream after `keep` bytes of it.
fn between(
    client: TcpStream,
    server: TcpStream,
    flip: Option<usize>,
    keep: usize,
) {
    let (from_server, to_client) =
        (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || pass(from_server, to_client, None, usize::MAX));
    pass(client, server, flip, keep);
}

fn pass(
    mut from: TcpStream,
    mut to: TcpStream,
    flip: Option<usize>,
    keep: usize,
) {
    let (mut done, mut chunk) = (0, [0; 512]);
    while let Ok(n @ 1..) = from.read(&mut chunk) {
        let n = n.min(keep - done);
        let place = flip.and_then(|flip| flip.checked_sub(done));
        if let Some(byte) = place.and_then(|at| chunk[..n].get_mut(at)) {
            *byte ^= 0x10;
        }
        if to.write_all(&chunk[..n]).is_err() {
            break;
        }
        done += n;
        if done == keep {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}

/// Alice sends one message and closes, through the enemy's hands. What did
/// Bob get?
fn through(flip: Option<usize>, keep: usize) -> (Vec<String>, Result<()>) {
    let ((client, near), (far, server)) = (pair(), pair());
    let enemy = thread::spawn(move || between(near, far, flip, keep));
    let sender = thread::spawn(|| {
        let mut secure = alice(client)?;
        secure.send(b"pay 1000")?;
        secure.close()?;
        secure.receive().map(|_| ())
    });
    let mut messages = Vec::new();
    let result = bob(server).and_then(|mut secure| {
        while let Some(message) = secure.receive()? {
            messages.push(String::from_utf8(message.to_vec()).unwrap());
        }
        secure.close()
    });
    enemy.join().unwrap();
    let _ = sender.join().unwrap();
    (messages, result)
}

/// 36 and 68 bytes of handshake, and a record of 8 + 21.
const HANDSHAKE: usize = 36 + 68;
const RECORD: usize = 8 + 21;

#[test]
fn an_honest_relay_is_not_noticed() {
    let (messages, result) = through(None, usize::MAX);
    result.unwrap();
    assert_eq!(messages, ["pay 1000"]);
}

fn channel_error(result: Result<()>) -> ChannelError {
    match result.unwrap_err() {
        blocking::SecureError::Channel(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn a_flipped_bit_is_refused() {
    let (messages, result) = through(Some(HANDSHAKE + 6), usize::MAX);
    assert_eq!(channel_error(result), ChannelError::Refused);
    assert!(messages.is_empty());
}

#[test]
fn a_stream_cut_after_a_whole_record_is_cut_off() {
    let (messages, result) = through(None, HANDSHAKE + RECORD);
    assert_eq!(channel_error(result), ChannelError::Truncated);
    assert_eq!(messages, ["pay 1000"]);
}

#[test]
fn a_client_of_another_protocol_is_refused() {
    let (mut client, server) = pair();
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let error = bob(server).map(|_| ()).unwrap_err();
    let text = error.to_string();
    assert_eq!(text, "frame of 1195725856 bytes, the limit is 32");
}

#[test]
fn a_silent_client_meets_the_deadline() {
    let (_client, server) = pair();
    server
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    assert!(matches!(bob(server), Err(blocking::SecureError::Io(_))));
}

#[tokio::test]
async fn a_receive_that_was_dropped_loses_nothing() {
    let (one, two) = tokio::io::duplex(64);
    let end = |role, stream, me: Identity, config: Config| async move {
        asynchronous::SecureStream::open(role, stream, &me, &config).await
    };
    let opened = async {
        tokio::join!(
            end(Role::Initiator, one, identity(ALICE), config(BOB)),
            end(Role::Responder, two, identity(BOB), config(ALICE)),
        )
    };
    let (alice, bob) = timeout(DEADLINE, opened).await.unwrap();
    let (mut alice, mut bob) = (alice.unwrap(), bob.unwrap());
    // The pipe holds 64 bytes: a longer record is sent and received in parts,
    // and both futures are dropped in the middle, many times.
    let text = vec![b'x'; 5000];
    let short = Duration::from_millis(1);
    let first = timeout(short, alice.send(&text)).await;
    assert!(first.is_err(), "it cannot fit");
    let everything = async {
        loop {
            if let Ok(received) = timeout(short, bob.receive()).await {
                break received;
            }
            // Sends the rest, before it waits for an answer.
            let _ = timeout(short, alice.receive()).await;
        }
    };
    let received = timeout(DEADLINE, everything).await.unwrap();
    assert_eq!(received.unwrap().unwrap(), text);
}
