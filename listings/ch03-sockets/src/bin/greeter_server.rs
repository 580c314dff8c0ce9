//! The greeter as a server: a demonstration with four clients, or, with
//! `--serve ADDR`, a server to talk to.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ch03_sockets::greeter::{self, Greeter, stop};
use socket2::SockRef;

// ANCHOR: serve
fn serve(address: &str) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    let greeter = Greeter {
        idle: Duration::from_secs(60),
        report: |peer, end| println!("{peer}: {}", say(&end)),
    };
    greeter.run(&listener, &AtomicBool::new(false))
}
// ANCHOR_END: serve

// ANCHOR: demo
fn demo() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    let shutdown = AtomicBool::new(false);
    let (ended, ends) = mpsc::channel();
    let greeter = Greeter {
        idle: Duration::from_millis(300),
        report: |_, end| drop(ended.send(say(&end))),
    };
    thread::scope(|scope| {
        let running = scope.spawn(|| greeter.run(&listener, &shutdown));
        let clients = talk(server, &ends);
        stop(&shutdown, server)?;
        running.join().expect("the server does not panic")?;
        println!("and the server has ended");
        clients
    })
}
// ANCHOR_END: demo

fn say(end: &Result<u64, greeter::Error>) -> String {
    match end {
        Ok(lines) => format!("{lines} answered"),
        Err(error) => error.to_string(),
    }
}

fn talk(server: SocketAddr, ends: &mpsc::Receiver<String>) -> io::Result<()> {
    let log = |client| {
        println!("{client:<13} {}", ends.recv().unwrap_or_default());
    };
    let mut polite = TcpStream::connect(server)?;
    polite.write_all(b"Ferris\nCorro\n")?;
    polite.shutdown(Shutdown::Write)?;
    let mut answers = String::new();
    polite.read_to_string(&mut answers)?;
    log("polite");

    let mut cut = TcpStream::connect(server)?;
    cut.write_all(b"Ferr")?;
    drop(cut);
    log("cut off");

    let mut reset = TcpStream::connect(server)?;
    reset.write_all(b"Ferris\n")?;
    reset.read_exact(&mut [0; 15])?;
    SockRef::from(&reset).set_linger(Some(Duration::ZERO))?;
    drop(reset);
    log("resets");

    let _silent = TcpStream::connect(server)?;
    log("says nothing");
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [] => demo()?,
        [flag, address] if flag == "--serve" => serve(address)?,
        _ => return Err("usage: greeter_server [--serve ADDR]".into()),
    }
    Ok(())
}
