//! hyper as we have set it up, and our codecs against its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use ch04_http::h2::frame::{ErrorCode, Frame};
use ch04_http::h2::hpack::{DEFAULT_LIST, Decoder, Encoder, Field};
use ch04_http::h2::peer::Peer;
use ch04_http::h2::serve::{Config, in_memory, run};
use http::{Request, Response};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(20);

/// Runs a test, in one thread, and not for ever.
fn within<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(async { timeout(DEADLINE, test).await })
        .expect("the deadline has passed")
}

fn block(encoder: &mut Encoder, fields: &[Field]) -> Bytes {
    let mut block = BytesMut::new();
    encoder.encode(fields, &mut block);
    block.freeze()
}

fn get(more: &[Field]) -> Vec<Field> {
    let mut fields = vec![
        Field::new(":method", "GET"),
        Field::new(":scheme", "http"),
        Field::new(":path", "/"),
        Field::new(":authority", "x"),
    ];
    fields.extend_from_slice(more);
    fields
}

/// Answers with the fields that came.
async fn echo(request: Request<Incoming>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    for (name, value) in request.headers() {
        if name != "host" {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}

#[test]
fn hyper_decodes_what_we_encode_and_we_what_it_encodes() {
    within(async {
        let server = in_memory(Config::default(), echo);
        let mut client = Peer::connect(server, &[]).await.unwrap();
        let (mut encoder, mut decoder) =
            (Encoder::new(), Decoder::new(DEFAULT_LIST));
        for n in 0..200u32 {
            let sent = [
                Field::new("x-number", (n / 3).to_string()),
                Field::new("x-long", "abc;,~^ ".repeat(n as usize % 50) + "."),
                Field::secret("authorization", format!("PIN {n:04}")),
                Field::new("etag", "\"same\""),
            ];
            let stream = 2 * n + 1;
            let block = block(&mut encoder, &get(&sent));
            let frame = Frame::headers(stream, block, true);
            client.send(&[frame]).await.unwrap();
            let is_head = |f: &Frame| matches!(f, Frame::Headers { .. });
            let head = client.until(is_head).await.unwrap();
            let Frame::Headers { block, .. } = head else {
                unreachable!()
            };
            let fields = decoder.decode(&block).unwrap().fields;
            assert_eq!(fields[0], Field::new(":status", "200"));
            for field in sent {
                let found = fields.iter().find(|f| f.name == field.name);
                assert_eq!(found.unwrap().value, field.value);
            }
        }
    });
}

#[test]
fn a_second_request_of_hyper_costs_a_few_octets() {
    within(async {
        let (client, server) = tokio::io::duplex(1 << 16);
        let requests = tokio::spawn(async move {
            let executor = TokioExecutor::new();
            let (mut sender, connection) =
                http2::handshake(executor, TokioIo::new(client))
                    .await
                    .unwrap();
            tokio::spawn(connection);
            let mut secret = http::HeaderValue::from_static("PIN 7351");
            secret.set_sensitive(true);
            for _ in 0..3 {
                let request = Request::get("http://www.example.com/a/path")
                    .header("user-agent", "a browser with a long name/1.0")
                    .header("accept", "text/html")
                    .header("authorization", secret.clone())
                    .body(Empty::<Bytes>::new())
                    .unwrap();
                let response = sender.send_request(request).await.unwrap();
                assert_eq!(response.status(), 204);
            }
        });
        let mut server = Peer::accept(server).await.unwrap();
        let mut decoder = Decoder::new(DEFAULT_LIST);
        let mut encoder = Encoder::new();
        let mut seen = Vec::new();
        for _ in 0..3 {
            let is_head = |f: &Frame| matches!(f, Frame::Headers { .. });
            let head = server.until(is_head).await.unwrap();
            let Frame::Headers {
                stream, block: b, ..
            } = head
            else {
                unreachable!()
            };
            seen.push((b.len(), decoder.decode(&b).unwrap().fields));
            let status = [Field::new(":status", "204")];
            let answer = block(&mut encoder, &status);
            let frame = Frame::headers(stream, answer, true);
            server.send(&[frame]).await.unwrap();
        }
        requests.await.unwrap();
        assert_eq!(seen[0].1, seen[1].1);
        assert_eq!(seen[0].1, seen[2].1);
        assert!(seen[0].0 > 60, "{}", seen[0].0);
        assert!(seen[1].0 < 30, "{}", seen[1].0);
        let secrets = seen.iter().flat_map(|(_, f)| f).filter(|f| f.sensitive);
        let names: Vec<_> = secrets.map(|f| f.name.clone()).collect();
        assert_eq!(names, ["authorization"; 3]);
    });
}

async fn stop_with(
    config: Config,
    notify: Arc<Notify>,
) -> (
    SocketAddr,
    oneshot::Sender<()>,
    JoinHandle<std::io::Result<usize>>,
) {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let (stop, stopped) = oneshot::channel();
    let shutdown = async {
        let _ = stopped.await;
    };
    let handler = move |_| {
        let notify = Arc::clone(&notify);
        async move {
            notify.notified().await;
            Response::new(Full::from("done"))
        }
    };
    let server = tokio::spawn(run(listener, shutdown, config, handler));
    (address, stop, server)
}

#[test]
fn who_asks_for_nothing_is_shown_out() {
    within(async {
        let config = Config {
            patience: Duration::from_millis(200),
            ..Config::default()
        };
        let (address, stop, server) =
            stop_with(config, Arc::new(Notify::new())).await;
        let whole = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
        for beginning in
            [&b""[..], b"PRI * HT", b"GET / HTTP/1.1\r\nHost", whole]
        {
            let start = Instant::now();
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(beginning).await.unwrap();
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            let waited = start.elapsed();
            assert!(waited >= config.patience, "{waited:?}");
        }
        drop(stop);
        assert_eq!(server.await.unwrap().unwrap(), 0);
    });
}

#[test]
fn a_request_that_has_begun_is_answered_and_the_server_stops() {
    within(async {
        let notify = Arc::new(Notify::new());
        let (address, stop, server) =
            stop_with(Config::default(), Arc::clone(&notify)).await;
        // One that is idle, and would keep a server that waits for it.
        let idle = TcpStream::connect(address).await.unwrap();
        let mut idle = Peer::connect(idle, &[]).await.unwrap();
        let is_settings = |f: &Frame| matches!(f, Frame::Settings { .. });
        idle.until(is_settings).await.unwrap();
        let busy = TcpStream::connect(address).await.unwrap();
        let (mut sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(busy))
                .await
                .unwrap();
        tokio::spawn(connection);
        let request = Request::get("http://x/").body(Empty::<Bytes>::new());
        let response = tokio::spawn(async move {
            let response = sender.send_request(request.unwrap()).await;
            response.unwrap().collect().await.unwrap().to_bytes()
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(stop);
        let is_go_away = |f: &Frame| matches!(f, Frame::GoAway { .. });
        let Frame::GoAway { code, .. } = idle.until(is_go_away).await.unwrap()
        else {
            unreachable!()
        };
        assert_eq!(code, ErrorCode::NO_ERROR);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!server.is_finished(), "it waits for the answer");
        drop(idle);
        notify.notify_one();
        assert_eq!(response.await.unwrap(), "done");
        assert_eq!(server.await.unwrap().unwrap(), 0);
    });
}

#[test]
fn who_does_not_end_is_cut() {
    within(async {
        let config = Config {
            drain: Duration::from_millis(200),
            ..Config::default()
        };
        let (address, stop, server) =
            stop_with(config, Arc::new(Notify::new())).await;
        let stream = TcpStream::connect(address).await.unwrap();
        let mut client = Peer::connect(stream, &[]).await.unwrap();
        let block = block(&mut Encoder::new(), &get(&[]));
        client
            .send(&[Frame::headers(1, block, true)])
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(stop);
        assert_eq!(server.await.unwrap().unwrap(), 1);
        while let Ok(Some(_)) = client.recv().await {}
    });
}

/// Asks 300 times, and cancels what is not answered. Whether the connection
/// lasts.
async fn lasts(cancel: bool) -> bool {
    let hour = Duration::from_secs(3600);
    let config = Config {
        resets: (50, hour),
        ..Config::default()
    };
    let server = in_memory(config, move |_| async move {
        if cancel {
            std::future::pending::<()>().await;
        }
        Response::new(Full::from("done"))
    });
    let mut client = Peer::connect(server, &[]).await.expect("it greets");
    let mut encoder = Encoder::new();
    for n in 0..300 {
        let stream = 2 * n + 1;
        let block = block(&mut encoder, &get(&[]));
        let mut frames = vec![Frame::headers(stream, block, true)];
        if cancel {
            client.send(&frames).await.expect("hyper reads");
            client.quiet().await.expect("hyper writes");
            let code = ErrorCode::CANCEL;
            frames = vec![Frame::RstStream { stream, code }];
        }
        if client.send(&frames).await.is_err() {
            return false;
        }
        let _ = client.quiet().await;
        if client.ended() {
            return false;
        }
    }
    true
}

#[test]
fn cancelled_requests_are_counted_and_answered_ones_are_not() {
    within(async {
        assert!(lasts(false).await);
        assert!(!lasts(true).await);
    });
}

/// A server process that is ended with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    fn start() -> (Server, BufReader<std::process::ChildStdout>, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_h2_both"))
            .args(["--serve", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it was built");
        let mut output =
            BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("it prints");
        let address = line
            .trim()
            .strip_prefix("listening on ")
            .expect("an address");
        (Server(child), output, address.to_owned())
    }

    fn stop(
        &mut self,
        signal: Signal,
        output: &mut impl BufRead,
    ) -> (bool, String) {
        let pid = Pid::from_child(&self.0);
        kill_process(pid, signal).expect("it runs");
        let start = Instant::now();
        let status = loop {
            if let Some(status) =
                self.0.try_wait().expect("it can be waited for")
            {
                break status;
            }
            assert!(start.elapsed() < DEADLINE, "it goes on");
            std::thread::sleep(Duration::from_millis(10));
        };
        let mut line = String::new();
        output.read_line(&mut line).expect("it prints");
        (status.success(), line)
    }
}

#[test]
fn a_signal_stops_the_server() {
    for signal in [Signal::INT, Signal::TERM] {
        let (mut server, mut output, _) = Server::start();
        let (success, line) = server.stop(signal, &mut output);
        assert!(success);
        assert_eq!(line, "stopped, 0 connections cut\n");
    }
}

#[test]
fn curl_speaks_both_versions_to_it() {
    let has_http2 = Command::new("curl")
        .arg("--version")
        .output()
        .is_ok_and(|o| String::from_utf8_lossy(&o.stdout).contains("HTTP2"));
    if !has_http2 {
        println!("skipped: no curl here that speaks HTTP/2");
        return;
    }
    let (mut server, mut output, address) = Server::start();
    for (option, version) in [
        ("--http1.1", "HTTP/1.1"),
        ("--http2-prior-knowledge", "HTTP/2.0"),
    ] {
        let curl = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "10", option])
            .args(["--noproxy", "*", &format!("http://{address}/page")])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&curl.stdout);
        assert_eq!(text, format!("/page by {version}\n"), "{curl:?}");
    }
    assert!(server.stop(Signal::TERM, &mut output).0);
}
