//! Requests a second: our drivers against hyper, and files against nginx.
//!
//! Each server is a process of its own. Rounds alternate between the two of a
//! case, and each gives one ratio of their rates; what is printed is the
//! median and the spread. The load is `wrk` where it is installed, and our
//! own program otherwise.

#![allow(clippy::unwrap_used, reason = "bench")]

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ch04_http::drivers::{Server, epoll, listen, tasks, threads};
use ch04_http::server::Config;
use ch04_http::server::gate::Gate;
use ch04_http::site;
use rustix::event::{PollFd, PollFlags, poll};

const CONNECTIONS: usize = 64;
/// How long one side serves in one round.
const SLICE: Duration = Duration::from_secs(1);
/// Odd, so that the median is a measured one.
const ROUNDS: usize = 15;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [serve, kind, workers, root] = &arguments[..]
        && serve == "serve"
    {
        return serve_as(kind, workers.parse().unwrap(), Path::new(root));
    }
    let measures = arguments.iter().any(|a| a == "--bench");
    let filter = arguments.iter().find(|a| !a.starts_with('-'));
    let root = tempfile::tempdir().unwrap();
    let megabyte: Vec<u8> = (0..1 << 20).map(|i: u32| i as u8).collect();
    fs::write(root.path().join("megabyte.bin"), megabyte).unwrap();
    let mut report = Report::default();
    let load = if has("wrk") { "wrk" } else { "our own" };
    report.line(&format!(
        "ours / peer, requests a second, load by {load}: above 1, ours is faster"
    ));
    report.line(&format!(
        "{:<36} {:>8} {:>8} {:>6}  half within",
        "case", "ours", "peer", "ratio"
    ));
    let plain = |depth| Load {
        path: "/plaintext",
        depth,
    };
    let file = Load {
        path: "/megabyte.bin",
        depth: 1,
    };
    let cases: [(&str, Side, Side); 9] = [
        (
            "plaintext: epoll, 1 worker",
            ("epoll", 1, plain(1)),
            ("hyper", 1, plain(1)),
        ),
        (
            "plaintext: epoll, 2 workers",
            ("epoll", 2, plain(1)),
            ("hyper", 2, plain(1)),
        ),
        (
            "plaintext: tokio, 1 worker",
            ("tokio", 1, plain(1)),
            ("hyper", 1, plain(1)),
        ),
        (
            "plaintext: tokio, 2 workers",
            ("tokio", 2, plain(1)),
            ("hyper", 2, plain(1)),
        ),
        (
            "plaintext: threads",
            ("threads", 1, plain(1)),
            ("hyper", 2, plain(1)),
        ),
        (
            "16 pipelined: epoll / hyper, 1 each",
            ("epoll", 1, plain(16)),
            ("hyper", 1, plain(1)),
        ),
        (
            "16 pipelined: tokio / hyper, 1 each",
            ("tokio", 1, plain(16)),
            ("hyper", 1, plain(1)),
        ),
        (
            "1 MiB file: epoll / nginx, 1 each",
            ("epoll", 1, file),
            ("nginx", 1, file),
        ),
        (
            "1 MiB file: tokio / nginx, 1 each",
            ("tokio", 1, file),
            ("nginx", 1, file),
        ),
    ];
    for (name, ours, peer) in cases {
        if filter.is_some_and(|filter| !name.contains(&filter[..])) {
            continue;
        }
        if peer.0 == "nginx" && !has("nginx") {
            report.line(&format!("{name:<36} skipped: no nginx here"));
            continue;
        }
        let servers =
            [ours, peer].map(|side| Running::start(side, root.path()));
        let [ours, peer] = &servers;
        if !measures {
            ours.check();
            peer.check();
            println!("{name}: both answer");
            continue;
        }
        let rounds: Vec<[f64; 2]> = (0..ROUNDS)
            .map(|round| match round % 2 {
                0 => [ours.rate(), peer.rate()],
                _ => {
                    let peer = peer.rate();
                    [ours.rate(), peer]
                }
            })
            .collect();
        report.line(&line(name, &rounds));
    }
    if measures && filter.is_none() {
        report.save();
    }
}

/// What is printed, and shown on the page.
#[derive(Default)]
struct Report(String);

impl Report {
    fn line(&mut self, line: &str) {
        println!("{line}");
        self.0 += line;
        self.0 += "\n";
    }

    fn save(&self) {
        let page = "/../../src/ch04-http/server-bench.txt";
        let page = env!("CARGO_MANIFEST_DIR").to_string() + page;
        fs::write(
            page,
            format!("$ cargo bench -p ch04-http --bench server\n{}", self.0),
        )
        .unwrap();
    }
}

fn line(name: &str, rounds: &[[f64; 2]]) -> String {
    let sorted = |value: fn(&[f64; 2]) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let ratios = sorted(|[ours, peer]| ours / peer);
    let last = ratios.len() - 1;
    let [lower, median, upper] =
        [1, 2, 3].map(|quarter| ratios[last * quarter / 4]);
    format!(
        "{name:<36} {:>8.0} {:>8.0} {median:>6.2}  {lower:.2} – {upper:.2}",
        sorted(|round| round[0])[last / 2],
        sorted(|round| round[1])[last / 2],
    )
}

fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let sbin = ["/usr/sbin".into(), "/usr/local/sbin".into()];
    std::env::split_paths(&path)
        .chain(sbin)
        .any(|folder| folder.join(program).exists())
}

/// A kind of server, how many workers it has, and what is asked of it.
type Side = (&'static str, usize, Load);

#[derive(Clone, Copy)]
struct Load {
    path: &'static str,
    /// Requests sent before the first answer is awaited.
    depth: usize,
}

/// A server in a process of its own, until this is dropped.
struct Running {
    child: Child,
    address: SocketAddr,
    load: Load,
    _folder: tempfile::TempDir,
}

impl Running {
    fn start((kind, workers, load): Side, root: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (child, address) = match kind {
            "nginx" => nginx(workers, root, folder.path()),
            kind => ourselves(kind, workers, root),
        };
        Running {
            child,
            address,
            load,
            _folder: folder,
        }
    }

    /// One answer, and how long it is.
    fn check(&self) -> usize {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = request(self.load.path, 1);
        let close =
            request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        stream.write_all(close.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
        // What keeps the connection says nothing about it.
        answer.len() - b"Connection: close\r\n".len()
    }

    /// Requests a second.
    fn rate(&self) -> f64 {
        let length = self.check();
        match has("wrk") {
            true => self.wrk(),
            false => self.own(length).unwrap(),
        }
    }

    fn wrk(&self) -> f64 {
        let script = self._folder.path().join("load.lua");
        let request = request(self.load.path, self.load.depth);
        fs::write(
            &script,
            format!("request = function() return {request:?} end\n"),
        )
        .unwrap();
        let output = Command::new("wrk")
            .args(["-t1", "-c64", "-d", &format!("{}s", SLICE.as_secs())])
            .args(["-s".as_ref(), script.as_os_str()])
            .arg(format!("http://{}/", self.address))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("Non-2xx"), "{text}");
        assert!(!text.contains("Socket errors"), "{text}");
        let line = text.lines().find_map(|l| l.strip_prefix("Requests/sec:"));
        line.expect("a rate").trim().parse().unwrap()
    }

    /// All connections in one thread: who has got its answers asks again.
    fn own(&self, length: usize) -> io::Result<f64> {
        let request = request(self.load.path, self.load.depth);
        let want = length * self.load.depth;
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut stream = TcpStream::connect(self.address)?;
            stream.set_nodelay(true)?;
            stream.write_all(request.as_bytes())?;
            stream.set_nonblocking(true)?;
            connections.push((stream, 0));
        }
        let mut buffer = vec![0; 256 << 10];
        let (start, mut answers) = (Instant::now(), 0);
        while start.elapsed() < SLICE {
            let ready: Vec<usize> = {
                let mut fds: Vec<PollFd<'_>> = connections
                    .iter()
                    .map(|(s, _)| {
                        PollFd::from_borrowed_fd(s.as_fd(), PollFlags::IN)
                    })
                    .collect();
                poll(&mut fds, None)?;
                let is_ready = |fd: &PollFd<'_>| !fd.revents().is_empty();
                (0..fds.len()).filter(|i| is_ready(&fds[*i])).collect()
            };
            for i in ready {
                let (stream, got) = &mut connections[i];
                match stream.read(&mut buffer) {
                    Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                    Ok(count) => *got += count,
                    Err(e) if e.kind() == ErrorKind::WouldBlock => continue,
                    Err(error) => return Err(error),
                }
                if *got == want {
                    *got = 0;
                    answers += self.load.depth;
                    stream.write_all(request.as_bytes())?;
                }
            }
        }
        Ok(answers as f64 / start.elapsed().as_secs_f64())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Not `kill`: nginx has workers of its own, and would leave them.
        let pid = rustix::process::Pid::from_child(&self.child);
        let term = rustix::process::Signal::TERM;
        let _ = rustix::process::kill_process(pid, term);
        let _ = self.child.wait();
    }
}

fn request(path: &str, depth: usize) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(depth)
}

fn ourselves(kind: &str, workers: usize, root: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["serve", kind, &workers.to_string()])
        .arg(root)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    (child, line.trim().parse().unwrap())
}

/// nginx as its documentation sets it up for files, without a log.
fn nginx(workers: usize, served: &Path, folder: &Path) -> (Child, SocketAddr) {
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let (at, root) = (folder.display(), served.display());
    let config = format!(
        "daemon off; worker_processes {workers}; pid {at}/pid;\n\
         error_log {at}/error.log; events {{ worker_connections 1024; }}\n\
         http {{ access_log off; sendfile on; tcp_nopush on;\n\
         keepalive_requests 1000000000; client_body_temp_path {at}/a;\n\
         proxy_temp_path {at}/b; fastcgi_temp_path {at}/c;\n\
         uwsgi_temp_path {at}/d; scgi_temp_path {at}/e;\n\
         server {{ listen {address}; root {root}; }} }}\n"
    );
    // As root, its workers run as somebody else, who has to get in.
    for folder in [folder, served] {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder, mode).unwrap();
    }
    let file = folder.join("nginx.conf");
    fs::write(&file, config).unwrap();
    let child = Command::new("nginx")
        .arg("-c")
        .arg(&file)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(address).is_err() {
        assert!(Instant::now() < until, "nginx does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    (child, address)
}

fn serve_as(kind: &str, workers: usize, root: &Path) {
    let count = if kind == "epoll" { workers } else { 1 };
    let mut listeners = listen("127.0.0.1:0".parse().unwrap(), count).unwrap();
    println!("{}", listeners[0].local_addr().unwrap());
    io::stdout().flush().unwrap();
    let config = Config {
        requests: u64::MAX,
        ..Config::default()
    };
    let router = site::router(Some(root)).unwrap();
    let server = Server::new(router, config, Gate::new(10_000, 10_000));
    let (stop, keep) = std::os::unix::net::UnixStream::pair().unwrap();
    match kind {
        "epoll" => epoll::run(&server, listeners, &stop),
        "threads" => threads::run(&server, listeners.remove(0), &stop),
        "tokio" => {
            tasks::run(server.into(), listeners.remove(0), workers, stop)
        }
        "hyper" => hyper(listeners.remove(0), workers),
        kind => panic!("no server {kind:?}"),
    }
    .unwrap();
    drop(keep);
}

/// hyper as its documentation uses it, with what makes it fast.
fn hyper(listener: TcpListener, workers: usize) -> io::Result<()> {
    use http_body_util::Full;
    use hyper::body::{Bytes, Incoming};
    use hyper::header::{CONTENT_TYPE, HeaderValue};
    use hyper::service::service_fn;
    use hyper::{Request, Response};

    async fn answer(
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
        assert_eq!(request.uri().path(), "/plaintext");
        let text = Bytes::from_static(b"Hello, world!");
        let mut response = Response::new(Full::new(text));
        let kind = HeaderValue::from_static("text/plain");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        Ok(response)
    }

    let mut builder = match workers {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = builder.worker_threads(workers).enable_all().build()?;
    listener.set_nonblocking(true)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(async move {
                let io = hyper_util::rt::TokioIo::new(stream);
                let serve = hyper::server::conn::http1::Builder::new()
                    .pipeline_flush(true)
                    .serve_connection(io, service_fn(answer));
                let _ = serve.await;
            });
        }
    })
}
