//! The client against a good server, hyper's, and against bad ones, with both
//! drivers.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ch03_sockets::happy_eyeballs::black_hole::BlackHole;
use ch04_http::client::request::Request;
use ch04_http::client::stage::{Body, Stage, read_head, respond};
use ch04_http::client::{
    Config, Error, Origin, ResponseHead, Timeout, Timers, asynchronous,
    blocking, pool,
};
use ch04_http::limits::Limits;
use http_body_util::{BodyExt, Full};
use hyper::body::{Frame, Incoming};
use tokio::runtime::Runtime;

const MS: Duration = Duration::from_millis(1);

/// What a response came to.
#[derive(Debug)]
struct Got {
    head: ResponseHead,
    content: Vec<u8>,
    trailers: usize,
    redirects: usize,
}

impl Got {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }
}

/// Either driver.
enum Client {
    Blocking(blocking::Client),
    Tokio(asynchronous::Client, Runtime),
}

impl Client {
    fn fetch(&self, request: Request) -> Result<Got, Error> {
        self.fetch_from(request, &[])
    }

    fn fetch_from(
        &self,
        request: Request,
        source: &[u8],
    ) -> Result<Got, Error> {
        let source = io::Cursor::new(source.to_vec());
        match self {
            Client::Blocking(client) => {
                let source = Box::new(source);
                let mut response = client.send_from(request, source)?;
                let content = response.content()?;
                Ok(Got {
                    head: response.head().clone(),
                    content,
                    trailers: response.trailers().len(),
                    redirects: response.redirects(),
                })
            }
            Client::Tokio(client, runtime) => runtime.block_on(async {
                let source = Box::new(source);
                let mut response = client.send_from(request, source).await?;
                let content = response.content().await?;
                Ok(Got {
                    head: response.head().clone(),
                    content,
                    trailers: response.trailers().len(),
                    redirects: response.redirects(),
                })
            }),
        }
    }

    fn get(&self, stage: &Stage, path: &str) -> Result<Got, Error> {
        self.fetch(get(stage, path))
    }

    fn connections(&self) -> (usize, usize) {
        match self {
            Client::Blocking(client) => client.connections(),
            Client::Tokio(client, _) => client.connections(),
        }
    }
}

fn ask(method: &str, stage: &Stage, path: &str) -> Request {
    Request::new(method, stage.url(path)).unwrap()
}

fn get(stage: &Stage, path: &str) -> Request {
    ask("GET", stage, path)
}

/// Runs `test` with each driver, each within ten seconds.
fn both<F>(config: Config, test: F)
where
    F: Fn(Client) + Send + Sync + 'static,
{
    let test = Arc::new(test);
    for driver in ["blocking", "tokio"] {
        let (done, wait) = mpsc::channel();
        let test = Arc::clone(&test);
        let thread = thread::spawn(move || {
            test(match driver {
                "blocking" => Client::Blocking(blocking::Client::new(config)),
                _ => {
                    let runtime = tokio::runtime::Builder::new_multi_thread()
                        .worker_threads(1)
                        .enable_all()
                        .build()
                        .unwrap();
                    let client = asynchronous::Client::new(config);
                    Client::Tokio(client, runtime)
                }
            });
            done.send(()).unwrap();
        });
        match wait.recv_timeout(Duration::from_secs(10)) {
            Err(mpsc::RecvTimeoutError::Timeout) => {
                panic!("{driver}: not done in time")
            }
            _ => thread.join().unwrap_or_else(|_| panic!("with {driver}")),
        }
    }
}

/// Times that a test can wait for.
fn quick() -> Config {
    Config {
        timers: Timers {
            connect: 300 * MS,
            answer: 300 * MS,
            silence: 200 * MS,
            whole: 700 * MS,
        },
        ..Config::default()
    }
}

fn full(status: u16, content: impl Into<Bytes>) -> http::Response<Body> {
    let body = Full::new(content.into()).boxed();
    http::Response::builder().status(status).body(body).unwrap()
}

/// Answers by the path; see the tests.
async fn answer(request: http::Request<Incoming>) -> http::Response<Body> {
    let (head, body) = request.into_parts();
    match head.uri.path() {
        "/echo" => {
            let all = body.collect().await.unwrap().to_bytes();
            let mut response = full(200, all);
            for (name, value) in &head.headers {
                let name = format!("x-{name}");
                let name = http::HeaderName::try_from(name).unwrap();
                response.headers_mut().append(name, value.clone());
            }
            response
        }
        "/chunks" => {
            let mut trailers = http::HeaderMap::new();
            trailers.insert("x-sum", "6".parse().unwrap());
            let frames = [
                Frame::data(Bytes::from_static(b"abc")),
                Frame::data(Bytes::from_static(b"def")),
                Frame::trailers(trailers),
            ];
            let body = Frames(frames.into()).boxed();
            let response = http::Response::builder().header("trailer", "x-sum");
            response.body(body).unwrap()
        }
        "/full" => full(413, "no"),
        "/empty" => full(204, ""),
        _ => full(200, "hello"),
    }
}

/// Content in frames.
struct Frames(VecDeque<Frame<Bytes>>);

impl hyper::body::Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }
}

#[test]
fn one_connection_serves_them_all() {
    both(Config::default(), |client| {
        let stage = Stage::hyper(answer).unwrap();
        for path in ["/", "/chunks", "/empty", "/", "/chunks"] {
            let got = client.get(&stage, path).unwrap();
            let text = match path {
                "/chunks" => "abcdef",
                "/empty" => "",
                _ => "hello",
            };
            assert_eq!(got.text(), text);
        }
        let head = client.fetch(ask("HEAD", &stage, "/")).unwrap();
        assert_eq!(head.head.fields.first("content-length"), Some(&b"5"[..]));
        assert_eq!(head.content, b"");
        let got = client.get(&stage, "/").unwrap();
        assert_eq!(got.text(), "hello");
        assert_eq!(stage.connections(), 1);
        assert_eq!(client.connections(), (1, 1));
        let last = client.fetch(get(&stage, "/").close()).unwrap();
        assert_eq!(last.text(), "hello");
        assert_eq!(client.connections(), (0, 0));
    });
}

#[test]
fn trailers_arrive() {
    both(Config::default(), |client| {
        let stage = Stage::hyper(answer).unwrap();
        let ask = get(&stage, "/chunks").field("X-Any", "y").unwrap();
        let got = client.fetch(ask).unwrap();
        // hyper sends them only to who says `TE: trailers`, which we do not.
        assert_eq!((got.text(), got.trailers), ("abcdef".into(), 0));
        let stage = Stage::script(|_, mut stream| {
            read_head(&mut stream)?;
            stream.write_all(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                  1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n",
            )
        });
        let got = client.get(&stage.unwrap(), "/").unwrap();
        assert_eq!((got.text(), got.trailers), ("a".into(), 1));
    });
}

#[test]
fn content_goes_out_in_each_framing() {
    both(Config::default(), |client| {
        let stage = Stage::hyper(answer).unwrap();
        let large: Vec<u8> = (0..300_000u32).map(|n| n as u8).collect();
        let post = || ask("POST", &stage, "/echo");
        let known = post().content(large.clone()).unwrap();
        let n = large.len() as u64;
        let length = post().stream(Some(n)).unwrap();
        let chunked = post().stream(None).unwrap();
        for (request, source, field) in [
            (known, &large[..0], "x-content-length"),
            (length, &large[..], "x-content-length"),
            (chunked, &large[..], "x-transfer-encoding"),
        ] {
            let held = request.clone().expect_continue(MS * 5000);
            let got = client.fetch_from(request, source).unwrap();
            assert_eq!(got.content, large);
            assert!(got.head.fields.first(field).is_some(), "{field}");
            let begun = Instant::now();
            let got = client.fetch_from(held, source).unwrap();
            assert_eq!(got.content, large);
            assert!(got.head.fields.first("x-expect").is_some());
            assert!(begun.elapsed() < 4000 * MS, "hyper said 100");
        }
        assert_eq!(stage.connections(), 1);
    });
}

#[test]
fn an_early_answer_is_heard() {
    both(Config::default(), |client| {
        let stage = Stage::hyper(answer).unwrap();
        // More than all buffers between us hold.
        let large = vec![0; 64 << 20];
        let post = ask("POST", &stage, "/full").content(large).unwrap();
        let got = client.fetch(post.clone()).unwrap();
        assert_eq!((got.head.status, got.text()), (413, "no".into()));
        assert_eq!(client.connections(), (0, 0), "the request is not whole");
        let held = post.expect_continue(MS * 5000);
        let got = client.fetch(held).unwrap();
        assert_eq!((got.head.status, got.text()), (413, "no".into()));
    });
}

#[test]
fn content_that_is_too_short_is_an_error() {
    both(quick(), |client| {
        let stage = Stage::hyper(answer).unwrap();
        let post = ask("POST", &stage, "/echo").stream(Some(10)).unwrap();
        let error = client.fetch_from(post, b"short").unwrap_err();
        assert!(matches!(error, Error::ContentShort(5)), "{error}");
        assert_eq!(client.connections(), (0, 0));
    });
}

/// A server that answers every request on a connection alike.
fn saying(bytes: &'static [u8]) -> Stage {
    Stage::script(move |_, mut stream| {
        while !read_head(&mut stream)?.is_empty() {
            stream.write_all(bytes)?;
        }
        Ok(())
    })
    .unwrap()
}

/// A server that answers once and closes.
fn closing(bytes: &'static [u8]) -> Stage {
    Stage::script(move |_, mut stream| {
        read_head(&mut stream)?;
        stream.write_all(bytes)
    })
    .unwrap()
}

#[test]
fn content_may_end_with_the_connection_and_must_not_end_before_its_length() {
    both(quick(), |client| {
        let got = client.get(&closing(b"HTTP/1.1 200 OK\r\n\r\nall"), "/");
        assert_eq!(got.unwrap().text(), "all");
        for cut in [
            &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot all"[..],
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc",
            b"HTTP/1.1 200 OK\r\nContent-Le",
        ] {
            let error = client.get(&closing(cut), "/").unwrap_err();
            let text = "bad response: the stream ends within a message";
            assert_eq!(error.to_string(), text);
        }
        let error = client.get(&closing(b""), "/").unwrap_err();
        assert!(matches!(error, Error::Closed), "{error}");
    });
}

#[test]
fn a_reset_within_content_is_an_error() {
    both(quick(), |client| {
        for head in ["", "Content-Length: 9\r\n"] {
            let stage = Stage::script(move |_, mut stream| {
                read_head(&mut stream)?;
                let text = format!("HTTP/1.1 200 OK\r\n{head}\r\nabc");
                stream.write_all(text.as_bytes())?;
                thread::sleep(50 * MS);
                let stream = socket2::Socket::from(stream);
                stream.set_linger(Some(Duration::ZERO)) // close is a reset
            });
            let error = client.get(&stage.unwrap(), "/").unwrap_err();
            assert!(matches!(error, Error::Io(_)), "{error}");
            assert_eq!(client.connections(), (0, 0));
        }
    });
}

#[test]
fn endless_answers_end() {
    // Not the time ends them, but a limit.
    let limits = Limits {
        body: 10_000,
        ..Limits::default()
    };
    let config = Config {
        limits,
        ..Config::default()
    };
    both(config, |client| {
        for (first, again, error) in [
            (
                "HTTP/1.1 200 OK\r\n",
                "X: y\r\n",
                "bad response: too many fields",
            ),
            ("HTTP/1.1 200 ", "x", "bad response: target too long"),
            (
                "HTTP/1.1 200 OK\r\nX: ",
                "y",
                "bad response: field line too long",
            ),
            (
                "",
                "HTTP/1.1 103 Early Hints\r\n\r\n",
                "too many interim responses",
            ),
            (
                "HTTP/1.1 200 OK\r\n\r\n",
                "content",
                "bad response: content too long",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "1\r\nx\r\n",
                "bad response: content too long",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "1;extension=",
                "bad response: chunk's extensions too long",
            ),
        ] {
            let stage = Stage::script(move |_, mut stream| {
                read_head(&mut stream)?;
                stream.write_all(first.as_bytes())?;
                let many = again.repeat(1000);
                loop {
                    stream.write_all(many.as_bytes())?;
                }
            });
            let found = client.get(&stage.unwrap(), "/").unwrap_err();
            assert_eq!(found.to_string(), error, "{first:?} {again:?}");
        }
    });
}

#[test]
fn stray_bytes_poison_a_connection() {
    both(quick(), |client| {
        // With the response, …
        let stage = saying(
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngoodHTTP/1.1 200 \
              OK\r\nContent-Length: 4\r\n\r\nevil",
        );
        for _ in 0..3 {
            assert_eq!(client.get(&stage, "/").unwrap().text(), "good");
            assert_eq!(client.connections(), (0, 0));
        }
        assert_eq!(stage.connections(), 3);
        // … or later, on the idle connection.
        let (stage, say) = provoked();
        for _ in 0..3 {
            assert_eq!(client.get(&stage, "/").unwrap().text(), "good");
            assert_eq!(client.connections(), (1, 1));
            say();
        }
        assert_eq!(stage.connections(), 3);
    });
}

/// A server that answers well, and then, when told to, once more.
fn provoked() -> (Stage, impl Fn()) {
    let (tell, told) = mpsc::channel::<()>();
    let (done, wait) = mpsc::channel::<()>();
    let ends = Mutex::new((told, done));
    let stage = Stage::script(move |_, mut stream| {
        let ends = ends.lock().unwrap();
        read_head(&mut stream)?;
        respond(&mut stream, 200, "good")?;
        let _ = ends.0.recv();
        respond(&mut stream, 200, "evil")?;
        let _ = ends.1.send(());
        drop(ends);
        read_head(&mut stream).map(drop)
    });
    let say = move || {
        tell.send(()).unwrap();
        wait.recv().unwrap(); // on the loopback, it has arrived
    };
    (stage.unwrap(), say)
}

#[test]
fn stray_bytes_are_seen_before_the_reactor_sees_them() {
    both(quick(), |client| {
        let Client::Tokio(client, _) = client else {
            return;
        };
        let (stage, say) = provoked();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            for _ in 0..3 {
                let mut got = client.send(get(&stage, "/")).await.unwrap();
                assert_eq!(got.content().await.unwrap(), b"good");
                say(); // blocks the thread, and the reactor with it
            }
        });
        assert_eq!(stage.connections(), 3);
    });
}

#[test]
fn each_deadline_is_kept() {
    both(quick(), |client| {
        let timeout = |ask: Request| {
            let begun = Instant::now();
            let error = client.fetch(ask).unwrap_err();
            assert!(begun.elapsed() < 2000 * MS, "{error}");
            assert_eq!(client.connections(), (0, 0), "{error}");
            match error {
                Error::Timeout(which) => which,
                error => panic!("{error}"),
            }
        };
        // Nothing; a head by the byte; content that stops; that never does.
        let silent = Stage::script(|_, mut stream| {
            read_head(&mut stream)?;
            stream.read(&mut [0]).map(drop)
        });
        let silent = silent.unwrap();
        assert_eq!(timeout(get(&silent, "/")), Timeout::Answer);
        let drip = |before: &'static str| {
            let stage = Stage::script(move |_, mut stream| {
                read_head(&mut stream)?;
                stream.write_all(before.as_bytes())?;
                loop {
                    thread::sleep(20 * MS);
                    stream.write_all(b"x")?;
                }
            });
            get(&stage.unwrap(), "/")
        };
        assert_eq!(timeout(drip("HTTP/1.1 200 ")), Timeout::Answer);
        assert_eq!(timeout(drip("HTTP/1.1 200 OK\r\n\r\n")), Timeout::Whole);
        let stops = Stage::script(|_, mut stream| {
            read_head(&mut stream)?;
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nx")?;
            stream.read(&mut [0]).map(drop)
        });
        assert_eq!(timeout(get(&stops.unwrap(), "/")), Timeout::Silence);
        // Nobody reads what we send.
        let deaf = Stage::script(|_, stream| {
            thread::sleep(1500 * MS);
            drop(stream);
            Ok(())
        });
        let post = ask("POST", &deaf.unwrap(), "/");
        let post = post.content(vec![0; 64 << 20]).unwrap();
        assert_eq!(timeout(post), Timeout::Silence);
    });
}

#[test]
fn connecting_has_a_deadline() {
    both(quick(), |client| {
        let hole = BlackHole::open(([127, 0, 0, 1], 0).into()).unwrap();
        let url = format!("http://{}/", hole.addr());
        let error = client.fetch(Request::get(&url).unwrap()).unwrap_err();
        let which = matches!(error, Error::Timeout(Timeout::Connect));
        assert!(which, "{error}");
        assert_eq!(client.connections(), (0, 0));
    });
    both(quick(), |client| {
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let url = format!("http://127.0.0.1:{port}/");
        let error = client.fetch(Request::get(&url).unwrap()).unwrap_err();
        assert!(matches!(error, Error::Connect(_)), "{error}");
        let tls = Request::get("https://127.0.0.1/").unwrap();
        let error = client.fetch(tls).unwrap_err();
        assert_eq!(error.to_string(), "no connection: no TLS here");
    });
}

#[test]
fn one_deadline_holds_for_all_redirects() {
    both(quick(), |client| {
        // Each step takes a third of the time for an answer, and leads on.
        let steps = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&steps);
        let stage = Stage::script(move |_, mut stream| {
            while !read_head(&mut stream)?.is_empty() {
                thread::sleep(150 * MS);
                let n = count.fetch_add(1, Ordering::Relaxed);
                write!(
                    stream,
                    "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\
                     Location: /{n}\r\n\r\n"
                )?;
            }
            Ok(())
        });
        let error = client.get(&stage.unwrap(), "/").unwrap_err();
        let which = matches!(error, Error::Timeout(Timeout::Whole));
        assert!(which, "{error}");
        assert!((2..7).contains(&steps.load(Ordering::Relaxed)));
    });
}

#[test]
fn a_redirect_whose_content_drips_delays_it_once() {
    both(quick(), |client| {
        let stage = Stage::script(|_, mut stream| {
            if read_head(&mut stream)?.contains("/next") {
                return respond(&mut stream, 200, "there");
            }
            stream.write_all(
                b"HTTP/1.1 302 Found\r\nContent-Length: 99\r\n\
                  Location: /next\r\n\r\n",
            )?;
            loop {
                thread::sleep(20 * MS);
                stream.write_all(b"x")?;
            }
        });
        let got = client.get(&stage.unwrap(), "/").unwrap();
        assert_eq!(got.text(), "there");
    });
}

#[test]
fn redirects_are_followed_and_bad_ones_refused() {
    let long = |n: usize| format!("/{}", "x".repeat(n));
    let (fits, huge) = (long(8000), long(10_000));
    both(Config::default(), move |client| {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heads);
        let (fits, huge) = (fits.clone(), huge.clone());
        let stage = Stage::script(move |_, mut stream| {
            loop {
                let head = read_head(&mut stream)?;
                if head.is_empty() {
                    return Ok(());
                }
                if head.starts_with("POST") {
                    stream.read_exact(&mut [0; 2])?;
                }
                let path = head.split(' ').nth(1).unwrap_or_default();
                let (code, location) = match path {
                    "/a" => (302, "b?c"),
                    "/b?c" => (307, "/d"),
                    "/keep" => (308, "/d"),
                    "/loop" => (301, "/loop2"),
                    "/loop2" => (301, "/loop"),
                    "/self" => (301, "#x"),
                    "/fits" => (302, fits.as_str()),
                    "/huge" => (302, huge.as_str()),
                    "/file" => (302, "file:///etc/passwd"),
                    _ => {
                        log.lock().unwrap().push(head);
                        respond(&mut stream, 200, "there")?;
                        continue;
                    }
                };
                write!(
                    stream,
                    "HTTP/1.1 {code} x\r\nContent-Length: 4\r\n\
                 Location: {location}\r\n\r\nmove"
                )?;
            }
        });
        let stage = stage.unwrap();
        let last = || heads.lock().unwrap().pop().unwrap();
        let post = |path| ask("POST", &stage, path).content("hi").unwrap();

        let got = client.fetch(post("/a")).unwrap();
        assert_eq!((got.text(), got.redirects), ("there".into(), 2));
        assert!(last().starts_with("GET /d HTTP/1.1\r\n"));
        client.fetch(post("/keep")).unwrap();
        let head = last();
        assert!(head.starts_with("POST /d "), "{head}");
        assert!(head.ends_with("Content-Length: 2"), "{head}");
        client.get(&stage, "/fits").unwrap();
        assert_eq!(stage.connections(), 1, "and each was drained");

        for (path, error) in [
            ("/loop", "redirect: leads in a circle"),
            ("/self", "redirect: leads in a circle"),
            ("/huge", "bad response: field line too long"),
            ("/file", "redirect: the scheme is neither http nor https"),
        ] {
            let found = client.get(&stage, path).unwrap_err();
            assert_eq!(found.to_string(), error, "{path}");
        }
        // What was read from the caller is gone.
        let once = ask("POST", &stage, "/keep").stream(Some(2)).unwrap();
        let error = client.fetch_from(once, b"hi").unwrap_err();
        assert!(matches!(error, Error::Spent), "{error}");
    });
}

#[test]
fn held_content_follows_a_redirect() {
    both(Config::default(), |client| {
        let stage = Stage::script(|_, mut stream| {
            let head = read_head(&mut stream)?;
            if head.contains("/there") {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
                let mut content = [0; 2];
                stream.read_exact(&mut content)?;
                return respond(
                    &mut stream,
                    200,
                    str::from_utf8(&content).unwrap(),
                );
            }
            stream.write_all(
                b"HTTP/1.1 307 x\r\nLocation: /there\r\n\
                  Content-Length: 0\r\n\r\n",
            )
        });
        let put = ask("PUT", &stage.unwrap(), "/here");
        let put = put.stream(Some(2)).unwrap().expect_continue(5000 * MS);
        let got = client.fetch_from(put, b"hi").unwrap();
        assert_eq!((got.text(), got.redirects), ("hi".into(), 1));
    });
}

#[test]
fn without_expectations_after_417() {
    both(quick(), |client| {
        let stage = Stage::script(|_, mut stream| {
            let head = read_head(&mut stream)?;
            match head.contains("Expect") {
                true => respond(&mut stream, 417, "no"),
                false => {
                    stream.read_exact(&mut [0; 2])?;
                    respond(&mut stream, 200, "yes")
                }
            }
        });
        let put = ask("PUT", &stage.unwrap(), "/").content("hi").unwrap();
        let got = client.fetch(put.expect_continue(5000 * MS)).unwrap();
        assert_eq!(got.text(), "yes");
    });
}

#[test]
fn secrets_do_not_cross_origins() {
    both(Config::default(), |client| {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heads);
        let other = Stage::script(move |_, mut stream| {
            log.lock().unwrap().push(read_head(&mut stream)?);
            respond(&mut stream, 200, "other")
        });
        let to = other.unwrap().url("/");
        let stage = Stage::script(move |_, mut stream| {
            assert!(read_head(&mut stream)?.contains("Authorization: me"));
            write!(
                stream,
                "HTTP/1.1 307 x\r\nContent-Length: 0\r\nLocation: {to}\r\n\r\n"
            )
        });
        let request = get(&stage.unwrap(), "/");
        let request = request.field("Authorization", "me").unwrap();
        let request = request.field("cookie", "a=b").unwrap();
        let request = request.field("Accept", "*/*").unwrap();
        assert_eq!(client.fetch(request).unwrap().text(), "other");
        let head = heads.lock().unwrap().pop().unwrap();
        assert!(head.ends_with("\r\nAccept: */*"), "{head}");
        assert!(!head.to_lowercase().contains("cookie"), "{head}");
        assert!(!head.contains("Authorization"), "{head}");
    });
}

/// Answers one request a connection, waits for the next, and closes.
fn stale() -> (Stage, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let stage = Stage::script(move |_, mut stream| {
        read_head(&mut stream)?;
        count.fetch_add(1, Ordering::Relaxed);
        respond(&mut stream, 200, "hello")?;
        if !read_head(&mut stream)?.is_empty() {
            count.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    });
    (stage.unwrap(), requests)
}

#[test]
fn a_stale_connection_costs_one_retry_if_that_does_no_harm() {
    both(quick(), |client| {
        let (stage, requests) = stale();
        let posted = |key: bool| {
            let post = ask("POST", &stage, "/").content("hi").unwrap();
            match key {
                true => post.field("Idempotency-Key", "\"1\"").unwrap(),
                false => post,
            }
        };
        let mut expected = 0;
        for (request, fails) in [
            (get(&stage, "/"), false),
            (ask("DELETE", &stage, "/"), false),
            (posted(true), false),
            (posted(false), true),
        ] {
            client.get(&stage, "/").unwrap(); // leaves a stale connection
            assert_eq!(client.connections().1, 1);
            let result = client.fetch(request);
            expected += if fails { 2 } else { 3 };
            assert_eq!(requests.load(Ordering::Relaxed), expected);
            match fails {
                true => {
                    let error = result.unwrap_err();
                    let gone = matches!(error, Error::Closed | Error::Io(_));
                    assert!(gone, "{error}");
                }
                false => assert_eq!(result.unwrap().text(), "hello"),
            }
            // Nothing is left for the next round.
            let last = client.fetch(get(&stage, "/").close());
            expected = requests.load(Ordering::Relaxed);
            drop(last);
            while client.connections().1 > 0 {
                let _ = client.fetch(get(&stage, "/").close());
                expected = requests.load(Ordering::Relaxed);
            }
        }
    });
}

#[test]
fn a_retry_is_not_retried_and_a_new_connection_not_at_all() {
    both(quick(), |client| {
        let stage = Stage::script(|number, mut stream| {
            read_head(&mut stream)?;
            if number == 0 {
                respond(&mut stream, 200, "hello")?;
                read_head(&mut stream)?;
            }
            Ok(())
        });
        let stage = stage.unwrap();
        client.get(&stage, "/").unwrap();
        let error = client.get(&stage, "/").unwrap_err();
        assert!(matches!(error, Error::Closed | Error::Io(_)), "{error}");
        assert_eq!(stage.connections(), 2);
        let error = client.get(&stage, "/").unwrap_err();
        assert!(matches!(error, Error::Closed | Error::Io(_)), "{error}");
        assert_eq!(stage.connections(), 3);
    });
}

#[test]
fn a_byte_of_a_response_forbids_a_retry() {
    both(quick(), |client| {
        let stage = Stage::script(|_, mut stream| {
            read_head(&mut stream)?;
            respond(&mut stream, 200, "hello")?;
            read_head(&mut stream)?;
            stream.write_all(b"H")
        });
        let stage = stage.unwrap();
        client.get(&stage, "/").unwrap();
        let error = client.get(&stage, "/").unwrap_err();
        assert!(matches!(error, Error::Fault(_)), "{error}");
        assert_eq!(stage.connections(), 1);
    });
}

#[test]
fn an_interim_response_forbids_a_retry() {
    both(quick(), |client| {
        let stage = Stage::script(|_, mut stream| {
            read_head(&mut stream)?;
            respond(&mut stream, 200, "hello")?;
            read_head(&mut stream)?;
            stream.write_all(b"HTTP/1.1 102 Processing\r\n\r\n")
        });
        let stage = stage.unwrap();
        client.get(&stage, "/").unwrap();
        let error = client.get(&stage, "/").unwrap_err();
        assert!(matches!(error, Error::Closed), "{error}");
        assert_eq!(stage.connections(), 1);
    });
}

#[test]
fn who_waits_for_a_place_gets_the_one_that_is_given_up() {
    both(bounded(1, 1), |client| {
        let stage = Stage::hyper(|_| async { full(200, vec![0; 500_000]) });
        let stage = stage.unwrap();
        let begun = Instant::now();
        match &client {
            Client::Blocking(client) => thread::scope(|scope| {
                let first = client.send(get(&stage, "/")).unwrap();
                scope.spawn(move || {
                    thread::sleep(50 * MS);
                    drop(first); // unread: its connection is closed
                });
                client.send(get(&stage, "/")).unwrap();
            }),
            Client::Tokio(client, runtime) => runtime.block_on(async {
                let first = client.send(get(&stage, "/")).await.unwrap();
                tokio::spawn(async move {
                    tokio::time::sleep(50 * MS).await;
                    drop(first);
                });
                client.send(get(&stage, "/")).await.unwrap();
            }),
        }
        assert!(begun.elapsed() < 4000 * MS);
        assert_eq!(stage.connections(), 2);
    });
}

#[test]
fn idle_connections_are_closed_in_time_and_closed_ones_not_used() {
    let mut config = quick();
    config.pool.idle = 100 * MS;
    both(config, |client| {
        let stage = Stage::hyper(answer).unwrap();
        client.get(&stage, "/").unwrap();
        assert_eq!(client.connections(), (1, 1));
        thread::sleep(150 * MS);
        assert_eq!(client.connections(), (0, 0));
        // Closed by the server: even a POST is safe, it is not sent there.
        let stage = Stage::script(|_, mut stream| {
            read_head(&mut stream)?;
            respond(&mut stream, 200, "hello")
        });
        let stage = stage.unwrap();
        for n in 1..4 {
            client.fetch(ask("POST", &stage, "/")).unwrap();
            thread::sleep(30 * MS);
            assert_eq!(stage.connections(), n);
        }
    });
}

#[test]
fn another_protocol_takes_the_connection() {
    let stage = || {
        Stage::script(|_, mut stream| {
            read_head(&mut stream)?;
            stream.write_all(
                b"HTTP/1.1 101 x\r\nConnection: upgrade\r\n\
                  Upgrade: chat\r\n\r\nhello",
            )?;
            let mut word = [0; 3];
            stream.read_exact(&mut word)?;
            stream.write_all(&word)
        })
        .unwrap()
    };
    both(quick(), move |client| {
        let stage = stage();
        let ask = get(&stage, "/").upgrade("chat").unwrap();
        match &client {
            Client::Blocking(client) => {
                let response = client.send(ask).unwrap();
                assert_eq!(response.status(), 101);
                let (mut stream, first) = response.into_connection().unwrap();
                assert!(b"hello".starts_with(&first[..]));
                stream.set_nonblocking(false).unwrap();
                stream.write_all(b"bye").unwrap();
                let mut rest = Vec::from(first);
                stream.read_to_end(&mut rest).unwrap();
                assert_eq!(rest, b"hellobye");
            }
            Client::Tokio(client, runtime) => runtime.block_on(async {
                use tokio::io::{AsyncReadExt, AsyncWriteExt};
                let response = client.send(ask).await.unwrap();
                let (mut stream, first) = response.into_connection().unwrap();
                stream.write_all(b"bye").await.unwrap();
                let mut rest = Vec::from(first);
                stream.read_to_end(&mut rest).await.unwrap();
                assert_eq!(rest, b"hellobye");
            }),
        }
        assert_eq!(client.connections(), (0, 0));
        let asked = self::get(&stage, "/");
        let error = client.fetch(asked).unwrap_err();
        assert!(matches!(error, Error::Upgrade), "{error}");
    });
}

#[test]
fn a_response_that_is_dropped_takes_its_connection_along() {
    both(quick(), |client| {
        let stage = Stage::hyper(|_| async { full(200, vec![0; 500_000]) });
        let stage = stage.unwrap();
        match &client {
            Client::Blocking(client) => {
                let response = client.send(get(&stage, "/")).unwrap();
                assert_eq!(client.connections(), (1, 0));
                drop(response);
            }
            Client::Tokio(client, runtime) => runtime.block_on(async {
                let response = client.send(get(&stage, "/")).await.unwrap();
                assert_eq!(client.connections(), (1, 0));
                drop(response);
            }),
        }
        assert_eq!(client.connections(), (0, 0));
    });
}

#[test]
fn content_has_the_limit_that_was_set() {
    let limits = Limits {
        body: 1000,
        ..Limits::default()
    };
    let config = Config { limits, ..quick() };
    both(config, |client| {
        for (size, fits) in [(1000, true), (1001, false)] {
            let stage =
                Stage::hyper(move |_| async move { full(200, vec![0; size]) });
            let got = client.get(&stage.unwrap(), "/");
            assert_eq!(got.is_ok(), fits, "{got:?}");
        }
    });
}

fn bounded(total: usize, per_origin: usize) -> Config {
    let pool = pool::Bounds {
        total,
        per_origin,
        idle: Duration::from_secs(9),
    };
    Config {
        pool,
        timers: Timers {
            whole: Duration::from_secs(5),
            ..Timers::default()
        },
        ..Config::default()
    }
}

/// A server that takes its time, and counts how many it has at once.
fn slow(wait: Duration) -> (Stage, Arc<AtomicUsize>) {
    let most = Arc::new(AtomicUsize::new(0));
    let now = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&most);
    let stage = Stage::hyper(move |_| {
        let (now, seen) = (Arc::clone(&now), Arc::clone(&seen));
        async move {
            let n = now.fetch_add(1, Ordering::SeqCst) + 1;
            seen.fetch_max(n, Ordering::SeqCst);
            tokio::time::sleep(wait).await;
            now.fetch_sub(1, Ordering::SeqCst);
            full(200, "slow")
        }
    });
    (stage.unwrap(), most)
}

#[test]
fn many_at_once_share_few_connections() {
    let (stage, most) = slow(10 * MS);
    let client = blocking::Client::new(bounded(10, 2));
    thread::scope(|scope| {
        for _ in 0..8 {
            let (client, stage) = (client.clone(), stage.clone());
            scope.spawn(move || {
                for _ in 0..3 {
                    let mut got = client.send(get(&stage, "/")).unwrap();
                    assert_eq!(got.content().unwrap(), b"slow");
                }
            });
        }
    });
    assert_eq!((stage.connections(), most.load(Ordering::SeqCst)), (2, 2));

    let (stage, most) = slow(10 * MS);
    let runtime = Runtime::new().unwrap();
    let client = asynchronous::Client::new(bounded(10, 2));
    let all = async {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..24 {
            let (client, stage) = (client.clone(), stage.clone());
            tasks.spawn(async move {
                let mut got = client.send(get(&stage, "/")).await.unwrap();
                assert_eq!(got.content().await.unwrap(), b"slow");
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
    };
    runtime.block_on(async {
        let limit = Duration::from_secs(5);
        tokio::time::timeout(limit, all).await.unwrap();
    });
    assert_eq!((stage.connections(), most.load(Ordering::SeqCst)), (2, 2));
}

#[test]
fn who_finds_no_place_is_told_in_time() {
    let mut config = bounded(1, 1);
    config.timers.whole = 200 * MS;
    both(config, |client| {
        // Who holds it does not read on.
        let stage = Stage::hyper(|_| async { full(200, vec![0; 500_000]) });
        let stage = stage.unwrap();
        let (other, _) = slow(Duration::ZERO);
        let place = |result: Result<(), Error>| {
            let error = result.unwrap_err();
            let which = matches!(error, Error::Timeout(Timeout::Place));
            assert!(which, "{error}");
        };
        match &client {
            Client::Blocking(client) => {
                let _first = client.send(get(&stage, "/")).unwrap();
                place(client.send(get(&other, "/")).map(drop));
            }
            Client::Tokio(client, runtime) => runtime.block_on(async {
                let _first = client.send(get(&stage, "/")).await.unwrap();
                place(client.send(get(&other, "/")).await.map(drop));
            }),
        }
        // The place is free again.
        assert_eq!(client.get(&other, "/").unwrap().text(), "slow");
    });
}

#[test]
fn a_future_that_is_dropped_does_not_give_its_connection_back() {
    both(Config::default(), |client| {
        let Client::Tokio(client, runtime) = client else {
            return;
        };
        // Answers late, with what was asked for.
        let stage =
            Stage::hyper(|request: http::Request<Incoming>| async move {
                let path = request.uri().path().to_owned();
                if path == "/late" {
                    tokio::time::sleep(100 * MS).await;
                }
                full(200, path)
            });
        let stage = stage.unwrap();
        runtime.block_on(async {
            let mut got = client.send(get(&stage, "/one")).await.unwrap();
            assert_eq!(got.content().await.unwrap(), b"/one");
            let late = client.send(get(&stage, "/late"));
            let given_up = tokio::time::timeout(30 * MS, late).await;
            assert!(given_up.is_err());
            assert_eq!(client.connections(), (0, 0));
            tokio::time::sleep(150 * MS).await;
            let mut got = client.send(get(&stage, "/two")).await.unwrap();
            assert_eq!(got.content().await.unwrap(), b"/two");
            // At every point where it can be dropped.
            for micros in (0..3000).step_by(100) {
                let wait = Duration::from_micros(micros);
                let request = async {
                    let path = format!("/{micros}");
                    let mut got = client.send(get(&stage, &path)).await?;
                    let content = got.content().await?;
                    assert_eq!(content, path.as_bytes());
                    Ok::<(), Error>(())
                };
                if let Ok(done) = tokio::time::timeout(wait, request).await {
                    done.unwrap();
                }
                let (all, idle) = client.connections();
                assert_eq!(all, idle, "none is in use");
            }
        });
    });
}

/// A stream without a network: bytes come as they were cut, and stay away in
/// between.
struct Script {
    pieces: VecDeque<Vec<u8>>,
    blocked: bool,
}

impl Read for Script {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.blocked = !self.blocked;
        if self.blocked {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let Some(piece) = self.pieces.front_mut() else {
            return Ok(0);
        };
        let n = piece.len().min(buffer.len());
        buffer[..n].copy_from_slice(&piece[..n]);
        piece.drain(..n);
        if piece.is_empty() {
            self.pieces.pop_front();
        }
        Ok(n)
    }
}

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len().min(5))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl blocking::Wire for Script {
    fn wait(&mut self, _: bool, _: Duration) -> io::Result<()> {
        Ok(())
    }
}

struct Scripts(Vec<Vec<u8>>);

impl blocking::Connect for Scripts {
    type Stream = Script;

    fn connect(&self, _: &Origin, _: Duration) -> Result<Script, Error> {
        Ok(Script {
            pieces: self.0.clone().into(),
            blocked: false,
        })
    }
}

#[test]
fn any_stream_will_do_and_any_split() {
    let answer = b"HTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\
        Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n";
    let fetch = |pieces: Vec<Vec<u8>>| {
        let client = blocking::Client::with(quick(), Scripts(pieces));
        let ask = Request::get("http://a.example/").unwrap();
        let mut got = client.send(ask).unwrap();
        let content = got.content().unwrap();
        assert_eq!((&content[..], got.trailers().len()), (&b"abcde"[..], 1));
    };
    for size in 1..=answer.len() {
        fetch(answer.chunks(size).map(Vec::from).collect());
    }
    for cut in 1..answer.len() {
        fetch(vec![answer[..cut].into(), answer[cut..].into()]);
    }
}

struct Memory;

impl asynchronous::Connect for Memory {
    type Stream = tokio::io::DuplexStream;

    async fn connect(
        &self,
        origin: &Origin,
    ) -> Result<tokio::io::DuplexStream, Error> {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        // Room for less than a line: nothing goes through at once.
        let (ours, mut theirs) = tokio::io::duplex(7);
        let secure = origin.is_https();
        tokio::spawn(async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(theirs.read_u8().await?);
            }
            let text = format!("secure: {secure}");
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                text.len()
            );
            theirs.write_all(head.as_bytes()).await?;
            theirs.write_all(text.as_bytes()).await
        });
        Ok(ours)
    }
}

#[tokio::test]
async fn any_asynchronous_stream_will_do() {
    let client = asynchronous::Client::with(quick(), Memory);
    for (url, text) in [
        ("http://a.example/", "secure: false"),
        ("https://a.example/", "secure: true"),
    ] {
        let ask = Request::get(url).unwrap();
        let mut got = client.send(ask).await.unwrap();
        assert_eq!(got.content().await.unwrap(), text.as_bytes());
    }
}

#[test]
fn a_name_is_looked_up_and_its_addresses_raced() {
    both(quick(), |client| {
        let stage = Stage::hyper(answer).unwrap();
        let url = format!("http://localhost:{}/", stage.addr().port());
        let got = client.fetch(Request::get(&url).unwrap()).unwrap();
        assert_eq!(got.text(), "hello");
    });
}

#[test]
fn raw_readers_get_the_content_too() {
    let stage = Stage::hyper(|_| async { full(200, vec![b'x'; 100_000]) });
    let stage = stage.unwrap();
    let client = blocking::Client::new(quick());
    let mut response = client.send(get(&stage, "/")).unwrap();
    let mut all = Vec::new();
    response.read_to_end(&mut all).unwrap();
    assert_eq!(all, vec![b'x'; 100_000]);
    assert_eq!(client.connections(), (1, 1));
    let addr: SocketAddr = stage.addr();
    assert!(TcpStream::connect(addr).is_ok());
}
