//! One conversation with three servers that differ in how they wait.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;

use ch04_http::drivers::{Server, listen, tasks, threads};
use ch04_http::server::Config;
use ch04_http::server::gate::Gate;
use ch04_http::server::router::Router;
use ch04_http::site;

type Run = fn(Arc<Server<Router>>, TcpListener, UnixStream) -> io::Result<()>;

// ANCHOR: drivers
const DRIVERS: [(&str, Run); 3] = [
    ("threads", |server, listener, stop| {
        threads::run(&server, listener, &stop)
    }),
    #[cfg(target_os = "linux")]
    ("epoll", |server, listener, stop| {
        ch04_http::drivers::epoll::run(&server, vec![listener], &stop)
    }),
    ("tokio", |server, listener, stop| {
        tasks::run(server, listener, 1, stop)
    }),
];
// ANCHOR_END: drivers

fn main() -> io::Result<()> {
    let mut answers: Vec<String> = Vec::new();
    for (name, run) in DRIVERS {
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0)), 1)?;
        let listener = listener.into_iter().next().expect("one listener");
        let address = listener.local_addr()?;
        let gate = Gate::new(100, 100);
        let server = Server::new(site::router(None)?, Config::default(), gate);
        let (stop, stopped) = UnixStream::pair()?;
        let serving =
            thread::spawn(move || run(Arc::new(server), listener, stopped));
        answers.push(talk(address)?);
        drop(stop);
        serving.join().expect("a driver does not panic")?;
        println!("{name}: {} bytes", answers[answers.len() - 1].len());
    }
    println!(
        "all the same: {}\n",
        answers.iter().all(|a| *a == answers[0])
    );
    print!("{}", answers[0]);
    Ok(())
}

// ANCHOR: talk
fn talk(server: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(
        b"GET /lines?2 HTTP/1.1\r\nHost: a\r\n\r\n\
          POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
          GET /plaintext HTTP/1.1\r\n\r\n\
          GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n",
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let is_date = |line: &str| line.starts_with("Date: ");
    let lines = answer.split_inclusive('\n').filter(|line| !is_date(line));
    Ok(lines.collect())
}
// ANCHOR_END: talk
