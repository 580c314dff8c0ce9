//! `httpd` as a process, with each driver: honest clients, bad ones, and both
//! at once.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;

const DRIVERS: &[&str] = if cfg!(target_os = "linux") {
    &["threads", "epoll", "tokio"]
} else {
    &["threads", "tokio"]
};
/// What nothing here should take.
const LONG: Duration = Duration::from_secs(20);
const GET: &[u8] = b"GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server in a process of its own, killed when dropped.
struct Httpd {
    child: Child,
    address: SocketAddr,
    lines: Mutex<mpsc::Receiver<String>>,
}

impl Httpd {
    fn start(driver: &str, options: &[&str]) -> Self {
        Httpd::start_with("exec \"$0\" \"$@\"", driver, options)
    }

    /// Through a shell that may set limits first.
    fn start_with(script: &str, driver: &str, options: &[&str]) -> Self {
        let mut child = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_httpd")])
            .args(["--serve", "127.0.0.1:0", "--driver", driver])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (send, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        let first = lines.recv_timeout(LONG).unwrap();
        let address = first
            .strip_prefix("httpd: http://")
            .and_then(|rest| rest.strip_suffix('/'))
            .unwrap_or_else(|| panic!("{first}"));
        let address = address.parse().unwrap();
        Httpd {
            child,
            address,
            lines: Mutex::new(lines),
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.set_write_timeout(Some(LONG)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// Sends, and reads to the end of the stream.
    fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        read_all(&mut stream)
    }

    fn signal(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)
            .unwrap();
    }

    /// Asks it to stop, and waits until it has, without complaint.
    fn stop(mut self) -> Vec<String> {
        self.signal();
        let until = Instant::now() + LONG;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it does not stop");
            thread::sleep(Duration::from_millis(10));
        };
        assert!(status.success(), "{status}");
        self.lines.lock().unwrap().try_iter().collect()
    }

    /// The next line that it writes.
    fn line(&self) -> String {
        self.lines.lock().unwrap().recv_timeout(LONG).unwrap()
    }

    /// The most memory it ever had, in KiB.
    #[cfg(target_os = "linux")]
    fn peak(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(status).unwrap();
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let number = line.unwrap().trim().trim_end_matches(" kB");
        number.parse().unwrap()
    }
}

impl Drop for Httpd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(e) if e.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}"),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads one response with `Content-Length`: its head and content.
fn response(stream: &mut impl BufRead) -> io::Result<(String, String)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
        head += &line;
    }
    let mut content = vec![0; length];
    stream.read_exact(&mut content)?;
    Ok((head, String::from_utf8(content).unwrap()))
}

fn ask(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<(String, String)> {
    stream.write_all(bytes)?;
    response(&mut BufReader::new(stream))
}

// Bad clients. Each does its worst and returns when the server has ended it.

/// A byte of a head now and then, for ever.
fn slow_head(server: &Httpd) {
    let mut stream = server.connect();
    let until = Instant::now() + LONG;
    while stream.write_all(b"G").is_ok() {
        assert!(Instant::now() < until, "a slow head is let be");
        thread::sleep(Duration::from_millis(50));
    }
}

/// A head without an end.
fn endless_head(server: &Httpd) {
    let mut stream = server.connect();
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n");
    for _ in 0..100_000 {
        if stream.write_all(&[b'a'; 1000]).is_err() {
            return;
        }
    }
    panic!("100 MB of head are taken");
}

/// Chunks without an end.
fn endless_chunks(server: &Httpd) {
    let mut stream = server.connect();
    let head = "POST /count HTTP/1.1\r\nHost: a\r\n\
        Transfer-Encoding: chunked\r\n\r\n";
    let _ = stream.write_all(head.as_bytes());
    let chunk = [&b"3e8\r\n"[..], &[b'a'; 1000], b"\r\n"].concat();
    for _ in 0..100_000 {
        if stream.write_all(&chunk).is_err() {
            return;
        }
    }
    panic!("100 MB of content are taken");
}

/// Asks for much and takes nothing.
fn never_reads(server: &Httpd) {
    let mut stream = server.connect();
    let request = b"GET /lines?4000000000 HTTP/1.1\r\nHost: a\r\n\r\n";
    stream
        .set_write_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let until = Instant::now() + LONG;
    loop {
        assert!(Instant::now() < until, "who never reads is let be");
        match stream.write_all(&request.repeat(1000)) {
            Err(e) if e.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return,
            Ok(()) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Half a request, and a reset.
fn reset(server: &Httpd) {
    for bytes in [&GET[..10], GET, b"POST /count HTTP/1.1\r\n"] {
        for _ in 0..20 {
            let mut stream = server.connect();
            let _ = stream.write_all(bytes);
            let linger = Some(Duration::ZERO);
            SockRef::from(&stream).set_linger(linger).unwrap();
        }
    }
}

/// Half a request, and the end.
fn early_close(server: &Httpd) {
    for cut in 1..GET.len() {
        let mut stream = server.connect();
        let _ = stream.write_all(&GET[..cut]);
    }
}

#[test]
fn honest_clients_are_answered_while_bad_ones_do_their_worst() {
    for driver in DRIVERS {
        let options = ["--head-timeout", "1", "--write-timeout", "1"];
        let server = Httpd::start(driver, &options);
        let bad: [fn(&Httpd); 6] = [
            slow_head,
            endless_head,
            endless_chunks,
            never_reads,
            reset,
            early_close,
        ];
        thread::scope(|scope| {
            for _ in 0..3 {
                for bad in bad {
                    let server = &server;
                    scope.spawn(move || bad(server));
                }
            }
            for _ in 0..20 {
                let mut stream = server.connect();
                for _ in 0..10 {
                    let (head, content) = ask(&mut stream, GET).unwrap();
                    assert!(head.starts_with("HTTP/1.1 200 OK"), "{driver}");
                    assert_eq!(content, "Hello, world!");
                }
            }
        });
        #[cfg(target_os = "linux")]
        {
            let peak = server.peak();
            assert!(peak < 64 << 10, "{driver} took {peak} KiB");
        }
        server.stop();
    }
}

#[test]
fn a_client_that_is_refused_gets_to_know_why() {
    for driver in DRIVERS {
        let server = Httpd::start(driver, &["--head-timeout", "1"]);
        for (bytes, status) in [
            (&b"GET / HTTP/1.1\r\n\r\n"[..], "400 Bad Request"),
            (b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", "400 "),
            (b"GET / HTTP/1.1\r\nHost: a", "408 "),
            (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", "505 "),
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", "413 "),
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400 "),
            (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501 "),
            (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\nConnection: close\r\n\r\n", "417 "),
        ] {
            let answer = server.say(bytes);
            let want = format!("HTTP/1.1 {status}");
            let text = String::from_utf8_lossy(bytes);
            assert!(answer.starts_with(&want), "{driver}: {text}: {answer}");
        }
        let target = "a".repeat(9000);
        let answer = server.say(format!("GET /{target}").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 414 "), "{driver}: {answer:?}");
        let field = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {target}");
        let answer = server.say(field.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 431 "), "{driver}: {answer:?}");
        server.stop();
    }
}

#[test]
fn a_client_that_ends_its_side_gets_its_answer() {
    for driver in DRIVERS {
        let server = Httpd::start(driver, &[]);
        let mut stream = server.connect();
        let request = "GET /lines?20000 HTTP/1.1\r\nHost: a\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = read_all(&mut stream);
        assert!(answer.contains("line 20000\n"), "{driver}");
        assert!(answer.ends_with("0\r\n\r\n"), "{driver}");
        server.stop();
    }
}

#[test]
fn one_byte_at_a_time_and_all_at_once() {
    for driver in DRIVERS {
        let server = Httpd::start(driver, &[]);
        let upload = "POST /count HTTP/1.1\r\nHost: a\r\n\
            Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        let mut stream = server.connect();
        for byte in upload.bytes() {
            stream.write_all(&[byte]).unwrap();
        }
        let (_, content) = response(&mut BufReader::new(&stream)).unwrap();
        assert_eq!(content, "5\n", "{driver}");
        stream.write_all(&GET.repeat(500)).unwrap();
        let mut reader = BufReader::new(&stream);
        for _ in 0..500 {
            let (_, content) = response(&mut reader).unwrap();
            assert_eq!(content, "Hello, world!");
        }
        server.stop();
    }
}

#[test]
fn there_are_only_so_many_connections() {
    for driver in DRIVERS {
        let server = Httpd::start(driver, &["--per-address", "2"]);
        let mut held = [server.connect(), server.connect()];
        for stream in &mut held {
            ask(stream, GET).unwrap();
        }
        let answer = read_all(&mut server.connect());
        assert!(answer.starts_with("HTTP/1.1 503 "), "{driver}: {answer:?}");
        drop(held);
        let until = Instant::now() + LONG;
        while ask(&mut server.connect(), GET)
            .is_ok_and(|(head, _)| !head.contains(" 200 "))
        {
            assert!(Instant::now() < until, "{driver}: no place comes free");
            thread::sleep(Duration::from_millis(10));
        }
        let lines = server.stop();
        let refused = "refused: its address has 2 connections";
        assert!(lines.iter().any(|l| l.contains(refused)), "{lines:?}");
    }
}

#[test]
fn without_descriptors_the_server_waits_for_some() {
    for driver in DRIVERS {
        let limited = "ulimit -n 32; exec \"$0\" \"$@\"";
        let server = Httpd::start_with(limited, driver, &[]);
        let held: Vec<TcpStream> = (0..60).map(|_| server.connect()).collect();
        let fails = "httpd: accept fails: ";
        let line = server.line();
        assert!(line.starts_with(fails), "{driver}: {line}");
        drop(held);
        let (head, _) = ask(&mut server.connect(), GET).unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{driver}");
        server.stop();
    }
}

#[test]
fn what_was_begun_is_finished_when_the_server_stops() {
    for driver in DRIVERS {
        let server = Httpd::start(driver, &[]);
        let mut idle = server.connect();
        ask(&mut idle, GET).unwrap();
        let mut upload = server.connect();
        let head = "POST /count HTTP/1.1\r\nHost: a\r\n\
            Expect: 100-continue\r\nContent-Length: 5\r\n\r\n";
        let (go, _) = ask(&mut upload, head.as_bytes()).unwrap();
        assert!(go.starts_with("HTTP/1.1 100 "), "{driver}: {go}");
        server.signal();
        // Who is idle is let go, and that is how we know that it has heard.
        assert_eq!(read_all(&mut idle), "", "{driver}");
        let (head, content) = ask(&mut upload, b"hello").unwrap();
        assert!(head.contains("Connection: close"), "{driver}: {head}");
        assert_eq!(content, "5\n");
        assert_eq!(read_all(&mut upload), "");
        let refused = TcpStream::connect(server.address);
        assert!(refused.is_err(), "{driver}");
        drop((idle, upload));
        server.stop();
    }
}

/// A client of a megabyte a second is honest, however little of that the
/// kernel's buffers show at a time.
#[test]
fn a_steady_reader_gets_all_of_it() {
    for driver in DRIVERS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.bin");
        fs::write(&path, vec![b'x'; 12_000_000]).unwrap();
        let root = folder.path().to_str().unwrap();
        let options = ["--root", root, "--write-timeout", "2"];
        let server = Httpd::start(driver, &options);
        let mut stream = server.connect();
        let request = "GET /large.bin HTTP/1.1\r\nHost: a\r\n\
            Connection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut buffer = vec![0; 50_000];
        let (mut got, mut ended) = (0, false);
        for _ in 0..80 {
            thread::sleep(Duration::from_millis(50));
            match stream.read(&mut buffer).unwrap() {
                0 => ended = true,
                count => got += count,
            }
        }
        assert!(!ended, "{driver}: cut off after {got} bytes");
        got += read_all(&mut stream).len();
        assert!(got > 12_000_000, "{driver}: {got} bytes");
        server.stop();
    }
}

#[test]
fn who_waits_in_the_queue_is_answered_when_the_server_stops() {
    for driver in DRIVERS {
        let server = Httpd::start(driver, &[]);
        let mut held: Vec<TcpStream> =
            (0..30).map(|_| server.connect()).collect();
        server.signal();
        for stream in &mut held {
            stream.write_all(GET).unwrap();
        }
        let answered = held.iter_mut().filter_map(|stream| {
            let answer = read_all(stream);
            answer.contains("Hello, world!").then_some(())
        });
        assert_eq!(answered.count(), 30, "{driver}");
        server.stop();
    }
}

#[test]
fn what_is_not_finished_in_time_is_cut_off() {
    for driver in DRIVERS {
        let server = Httpd::start(driver, &["--drain", "1"]);
        let mut stuck = server.connect();
        let head = "POST /count HTTP/1.1\r\nHost: a\r\n\
            Expect: 100-continue\r\nContent-Length: 5\r\n\r\n";
        ask(&mut stuck, head.as_bytes()).unwrap();
        let lines = server.stop();
        assert!(
            lines.contains(&"httpd: 1 connections cut off".into()),
            "{driver}: {lines:?}"
        );
    }
}

#[test]
fn files_and_the_log() {
    for driver in DRIVERS {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        fs::create_dir(&root).unwrap();
        let bytes: Vec<u8> =
            (0..3_000_000_u32).map(|i| (i * 7) as u8).collect();
        fs::write(root.join("large.bin"), &bytes).unwrap();
        let log = folder.path().join("log");
        let server = Httpd::start(
            driver,
            &[
                "--root",
                root.to_str().unwrap(),
                "--access-log",
                log.to_str().unwrap(),
            ],
        );
        let mut stream = server.connect();
        let request = |range: &str| {
            format!(
                "GET /large.bin HTTP/1.1\r\nHost: a\r\n{range}\
                 Connection: close\r\n\r\n"
            )
        };
        stream.write_all(request("").as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.ends_with(&bytes), "{driver}");
        let mut stream = server.connect();
        let range = "Range: bytes=1000000-1999999\r\n";
        stream.write_all(request(range).as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.ends_with(&bytes[1_000_000..2_000_000]), "{driver}");
        server.say(b"GET /\"\x1b[2J HTTP/1.1\r\n\r\n");
        server.stop();
        let log = fs::read_to_string(&log).unwrap();
        let lines: Vec<&str> = log.lines().collect();
        let get = "\"GET /large.bin HTTP/1.1\"";
        assert!(lines[0].ends_with(&format!("{get} 200 3000000")), "{log}");
        assert!(lines[1].ends_with(&format!("{get} 206 1000000")), "{log}");
        assert!(lines[2].contains("\" 400 "), "{log}");
        assert!(log.is_ascii() && !log.contains('\x1b'));
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_sent_ends_the_response_early() {
    for driver in DRIVERS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.bin");
        fs::write(&path, vec![b'x'; 50_000_000]).unwrap();
        let root = folder.path().to_str().unwrap();
        let server = Httpd::start(driver, &["--root", root]);
        let mut stream = server.connect();
        let request = "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        stream.read_exact(&mut [0; 1000]).unwrap();
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(10)
            .unwrap();
        let rest = read_all(&mut stream);
        assert!(rest.len() < 49_000_000, "{driver}: {}", rest.len());
        ask(&mut server.connect(), GET).unwrap();
        server.stop();
    }
}

#[test]
fn curl_is_content() {
    let curl = |arguments: &[&str]| {
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "10"])
            .args(arguments)
            .output();
        let output = output.unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: curl is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("digits.txt"), "0123456789").unwrap();
    let root = folder.path().to_str().unwrap();
    for driver in DRIVERS {
        let server = Httpd::start(driver, &["--root", root]);
        let url = |path: &str| format!("http://{}{path}", server.address);
        assert_eq!(curl(&[&url("/digits.txt")]), "0123456789");
        assert_eq!(curl(&["-r", "2-4", &url("/digits.txt")]), "234");
        let head = curl(&["-I", &url("/digits.txt")]);
        assert!(head.contains("Content-Length: 10\r\n"), "{head}");
        let expect = "Expect: 100-continue";
        let data = ["-d", "hello", "-H", expect];
        assert_eq!(curl(&[&data[..], &[&url("/count")]].concat()), "5\n");
        let chunked = "Transfer-Encoding: chunked";
        let data = ["-d", "hello", "-H", chunked];
        assert_eq!(curl(&[&data[..], &[&url("/count")]].concat()), "5\n");
        let two = curl(&[&url("/plaintext"), &url("/lines?2"), "--http1.0"]);
        assert_eq!(two, "Hello, world!line 1\nline 2\n", "{driver}");
        server.stop();
    }
}

#[test]
fn hyper_is_content() {
    use http_body_util::{BodyExt, Full, StreamBody};
    use hyper::body::{Bytes, Frame};
    use hyper::client::conn::http1::handshake;
    use hyper_util::rt::TokioIo;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for driver in DRIVERS {
        let server = Httpd::start(driver, &[]);
        let talk = async {
            let stream = tokio::net::TcpStream::connect(server.address);
            let stream = TokioIo::new(stream.await.unwrap());
            let (mut sender, connection) = handshake(stream).await.unwrap();
            tokio::spawn(connection);
            for round in 1..20_usize {
                let pieces = (0..round).map(|_| {
                    let frame = Frame::data(Bytes::from(vec![b'x'; 1000]));
                    Ok::<_, std::convert::Infallible>(frame)
                });
                let body = StreamBody::new(tokio_stream(pieces));
                let request = hyper::Request::post("/count")
                    .header("host", "a")
                    .body(BodyExt::boxed(body))
                    .unwrap();
                let response = sender.send_request(request).await.unwrap();
                let content = response.into_body().collect().await.unwrap();
                let want = format!("{}\n", round * 1000);
                assert_eq!(content.to_bytes(), want.as_bytes(), "{driver}");
                let request = hyper::Request::get("/lines?3")
                    .header("host", "a")
                    .body(BodyExt::boxed(Full::new(Bytes::new())))
                    .unwrap();
                let response = sender.send_request(request).await.unwrap();
                let content = response.into_body().collect().await.unwrap();
                let want = "line 1\nline 2\nline 3\n";
                assert_eq!(content.to_bytes(), want.as_bytes(), "{driver}");
            }
        };
        runtime.block_on(async {
            tokio::time::timeout(LONG, talk).await.expect("in time");
        });
        server.stop();
    }
}

/// An iterator as a stream that is always ready.
fn tokio_stream<I: Iterator + Unpin>(
    items: I,
) -> impl futures_core::Stream<Item = I::Item> {
    struct Ready<I>(I);
    impl<I: Iterator + Unpin> futures_core::Stream for Ready<I> {
        type Item = I::Item;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<I::Item>> {
            std::task::Poll::Ready(self.0.next())
        }
    }
    Ready(items)
}
