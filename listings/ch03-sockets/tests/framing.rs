//! The drivers over real sockets, against peers who are slow, broken or
//! hostile. A server that serves them all lives on.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use ch03_sockets::asynchronous;
use ch03_sockets::blocking::{Framed, FramedError};
use ch03_sockets::frame::{Codec, FrameError, LengthPrefixed, Lines};

const MAX: usize = 64;
const DEADLINE: Duration = Duration::from_secs(10);

/// What the server made of one connection.
type Served = Result<Vec<String>, FramedError>;

/// Serves connections one after another, on threads or on tokio, and reports
/// on each.
struct Server {
    address: SocketAddr,
    served: Receiver<Served>,
}

impl Server {
    fn on_threads(codec: impl Codec + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (report, served) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                stream.set_read_timeout(Some(DEADLINE)).unwrap();
                let mut framed = Framed::new(stream, codec.clone());
                let mut frames = Vec::new();
                let end = loop {
                    match framed.read_frame() {
                        Ok(Some(frame)) => frames.push(text(&frame)),
                        Ok(None) => break Ok(frames),
                        Err(error) => break Err(error),
                    }
                };
                if report.send(end).is_err() {
                    return;
                }
            }
        });
        Server { address, served }
    }

    fn on_tokio(codec: impl Codec + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let (report, served) = mpsc::channel();
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let mut framed =
                    asynchronous::Framed::new(stream, codec.clone());
                let mut frames = Vec::new();
                let end = loop {
                    match framed.read_frame().await {
                        Ok(Some(frame)) => frames.push(text(&frame)),
                        Ok(None) => break Ok(frames),
                        Err(error) => break Err(error),
                    }
                };
                if report.send(end).is_err() {
                    return;
                }
            }
        };
        thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(serve);
        });
        Server { address, served }
    }

    fn both(codec: impl Codec + Clone + Send + 'static) -> [Self; 2] {
        [Self::on_threads(codec.clone()), Self::on_tokio(codec)]
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// Sends `bytes`, ends the stream, and says what the server made of it.
    fn sent(&self, bytes: &[u8]) -> Served {
        let mut client = self.connect();
        client.write_all(bytes).unwrap();
        let _ = client.shutdown(Shutdown::Write);
        self.report()
    }

    fn report(&self) -> Served {
        self.served.recv_timeout(DEADLINE).unwrap()
    }
}

fn text(frame: &[u8]) -> String {
    String::from_utf8_lossy(frame).into_owned()
}

fn frame_error(served: Served) -> FrameError {
    match served {
        Err(FramedError::Frame(error)) => error,
        other => panic!("not a frame error: {other:?}"),
    }
}

#[test]
fn a_hostile_length_is_refused_before_the_stream_ends() {
    for server in Server::both(LengthPrefixed::new(MAX)) {
        let mut client = server.connect();
        client.write_all(&[0xff; 4]).unwrap();
        let error = frame_error(server.report());
        let len = u32::MAX as usize;
        assert_eq!(error, FrameError::TooLong { len, max: MAX });
        assert_eq!(server.sent(b"\0\0\0\x02ok").unwrap(), ["ok"]);
    }
}

#[test]
fn an_endless_line_is_refused_while_it_goes_on() {
    for server in Server::both(Lines::new(MAX)) {
        let mut client = server.connect();
        // The server closes in the middle of it, so writing fails in the end.
        while client.write_all(&[b'x'; 4096]).is_ok() {}
        let error = frame_error(server.report());
        assert!(matches!(error, FrameError::TooLong { max: MAX, .. }));
        assert_eq!(server.sent(b"ok\r\n").unwrap(), ["ok"]);
    }
}

#[test]
fn one_byte_at_a_time_gives_the_same_frames() {
    for server in Server::both(LengthPrefixed::new(MAX)) {
        let mut client = server.connect();
        for byte in b"\0\0\0\x05hello\0\0\0\0\0\0\0\x01!" {
            client.write_all(&[*byte]).unwrap();
        }
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(server.report().unwrap(), ["hello", "", "!"]);
    }
}

#[test]
fn a_stream_that_ends_inside_a_frame_is_not_a_clean_end() {
    for server in Server::both(LengthPrefixed::new(MAX)) {
        for have in 1..7 {
            let error = frame_error(server.sent(&b"\0\0\0\x03abc"[..have]));
            assert_eq!(error, FrameError::CutOff { have });
        }
        assert_eq!(server.sent(b"").unwrap(), [""; 0]);
    }
    for server in Server::both(Lines::new(MAX)) {
        let served = server.sent(b"whole\nPAY 1000");
        assert_eq!(frame_error(served), FrameError::CutOff { have: 8 });
    }
}

#[test]
fn a_reset_inside_a_frame_is_named() {
    for server in Server::both(LengthPrefixed::new(MAX)) {
        let mut client = server.connect();
        client.write_all(b"\0\0\0\x05he").unwrap();
        let client = socket2::Socket::from(client);
        client.set_linger(Some(Duration::ZERO)).unwrap();
        drop(client);
        match server.report() {
            Err(FramedError::Io(error)) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(server.sent(b"\0\0\0\x02ok").unwrap(), ["ok"]);
    }
}

fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client.set_write_timeout(Some(DEADLINE)).unwrap();
    (client, listener.accept().unwrap().0)
}

#[test]
fn after_a_deadline_the_bytes_that_came_are_still_there() {
    let (mut client, server) = pair();
    let short = Duration::from_millis(20);
    server.set_read_timeout(Some(short)).unwrap();
    let mut framed = Framed::new(server, LengthPrefixed::new(MAX));
    client.write_all(b"\0\0\0\x05he").unwrap();
    match framed.read_frame() {
        Err(FramedError::Io(error)) => assert!(matches!(
            error.kind(),
            ErrorKind::WouldBlock | ErrorKind::TimedOut
        )),
        other => panic!("{other:?}"),
    }
    framed.stream().set_read_timeout(Some(DEADLINE)).unwrap();
    client.write_all(b"llo").unwrap();
    assert_eq!(framed.read_frame().unwrap().unwrap(), "hello");
}

#[tokio::test]
async fn a_cancelled_read_loses_nothing_at_any_byte() {
    let (mut near, far) = tokio::io::duplex(64);
    let mut framed = asynchronous::Framed::new(far, LengthPrefixed::new(MAX));
    let (&last, before) = b"\0\0\0\x05hello".split_last().unwrap();
    for &byte in before {
        tokio::io::AsyncWriteExt::write_u8(&mut near, byte)
            .await
            .unwrap();
        // Polls once, takes the byte, finds no frame, and is dropped.
        tokio::select! {
            biased;
            frame = framed.read_frame() => panic!("{frame:?}"),
            () = std::future::ready(()) => {}
        }
    }
    tokio::io::AsyncWriteExt::write_u8(&mut near, last)
        .await
        .unwrap();
    let frame = tokio::time::timeout(DEADLINE, framed.read_frame()).await;
    assert_eq!(frame.unwrap().unwrap().unwrap(), "hello");
}

#[test]
fn a_frame_that_the_codec_refuses_puts_nothing_on_the_wire() {
    let (client, mut server) = pair();
    let mut framed = Framed::new(client, Lines::new(MAX));
    for bad in [&b"two\nlines"[..], &[b'x'; MAX + 1]] {
        assert!(matches!(
            framed.write_frame(bad),
            Err(FramedError::Frame(_))
        ));
    }
    framed.write_frame(b"good").unwrap();
    drop(framed);
    server.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut sent = Vec::new();
    server.read_to_end(&mut sent).unwrap();
    assert_eq!(sent, b"good\n");
}

/// Ends the program when the test does, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn frame_echo_serves_until_it_is_stopped() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_frame_echo"))
        .args(["--serve", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let _running = Running(child);
    let first = said.next().unwrap().unwrap();
    let address = first.strip_prefix("listening on ").unwrap();

    for (bytes, answer) in [
        (&b"\0\0\0\x05hello"[..], &b"\0\0\0\x05hello"[..]),
        (b"GET ", b""),
        (b"\0\0\0\x01!\0\0\0\0", b"\0\0\0\x01!\0\0\0\0"),
    ] {
        let mut client = TcpStream::connect(address).unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        client.write_all(bytes).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let mut back = Vec::new();
        client.read_to_end(&mut back).unwrap();
        assert_eq!(back, answer);
    }
    let complaint = said.next().unwrap().unwrap();
    assert!(
        complaint.ends_with("frame of 1195725856 bytes, the limit is 1024"),
        "{complaint}"
    );
}
