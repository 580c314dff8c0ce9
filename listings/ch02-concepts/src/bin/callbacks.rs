//! Two questions, the second to whom the first names: by callbacks, and by
//! `await`.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ch02_concepts::executor::{ThreadPark, block_on};
use ch02_concepts::oneshot;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

// ANCHOR: callbacks
/// Asks, and calls `done` when there is an answer.
fn ask<F>(server: SocketAddr, question: String, done: F)
where
    F: FnOnce(Outcome<String>) + Send + 'static,
{
    thread::spawn(move || done(exchange(server, &question)));
}

fn weather<F>(directory: SocketAddr, city: String, done: F)
where
    F: FnOnce(Outcome<String>) + Send + 'static,
{
    ask(directory, "weather".into(), move |address| match address {
        Err(error) => done(Err(error)),
        Ok(address) => {
            if let Ok(server) = address.parse() {
                ask(server, city.clone(), move |answer| match answer {
                    Err(error) => done(Err(error)),
                    Ok(sky) => done(Ok(format!("{sky} in {city}"))),
                });
            }
        }
    });
}
// ANCHOR_END: callbacks

// ANCHOR: futures
async fn ask_async(server: SocketAddr, question: &str) -> Outcome<String> {
    let (sender, answer) = oneshot::channel();
    ask(server, question.into(), |outcome| sender.send(outcome));
    answer.await?
}

async fn weather_async(directory: SocketAddr, city: &str) -> Outcome<String> {
    let server = ask_async(directory, "weather").await?.parse()?;
    let sky = ask_async(server, city).await?;
    Ok(format!("{sky} in {city}"))
}
// ANCHOR_END: futures

/// Sends a line and reads one.
fn exchange(server: SocketAddr, question: &str) -> Outcome<String> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(format!("{question}\n").as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream.take(1024)).read_line(&mut answer)?;
    Ok(answer.trim_end().into())
}

/// A server with the same answer to every question.
fn start_server(answer: String) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || -> io::Result<()> {
        loop {
            let (mut stream, _) = listener.accept()?;
            BufReader::new(&stream).read_line(&mut String::new())?;
            stream.write_all(format!("{answer}\n").as_bytes())?;
        }
    });
    Ok(address)
}

fn main() -> io::Result<()> {
    let station = start_server("rain".into())?;
    let good = start_server(station.to_string())?;
    let bad = start_server("never heard of it".into())?;
    for (name, directory) in [("good", good), ("bad", bad)] {
        let (sender, called) = mpsc::channel();
        weather(directory, "Bergen".into(), move |outcome| {
            let _ = sender.send(outcome);
        });
        match called.recv() {
            Ok(outcome) => println!("{name} directory, callback: {outcome:?}"),
            Err(_) => println!("{name} directory, callback: never called"),
        }
        let outcome = block_on(ThreadPark, async |_| {
            weather_async(directory, "Bergen").await
        });
        println!("{name} directory, await: {outcome:?}");
    }
    Ok(())
}
