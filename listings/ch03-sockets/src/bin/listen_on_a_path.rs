//! A Unix-domain socket: its file, what a crash leaves, who is there.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::{env, fs, process, thread};

use ch03_sockets::frame::Lines;
use ch03_sockets::server::system::bind_path;
use ch03_sockets::server::{Config, Peer, threads};

// ANCHOR: path
fn main() -> io::Result<()> {
    let folder = env::temp_dir().join(format!("line-{}", process::id()));
    fs::create_dir(&folder)?;
    let path = folder.join("socket");

    // A server that ends without cleaning up: the file stays.
    drop(UnixListener::bind(&path)?);
    println!("bind: {:?}", UnixListener::bind(&path).map(|_| ()));
    println!("connect: {:?}", UnixStream::connect(&path).map(|_| ()));

    let listener = bind_path(&path)?;
    println!("a second server: {:?}", bind_path(&path).map(|_| ()));
    let (trigger, stop) = UnixStream::pair()?;
    let server = thread::spawn(move || {
        let who = |peer: &Peer, _: &[u8]| match peer {
            Peer::Unix(Some(uid))
                if *uid == rustix::process::getuid().as_raw() =>
            {
                b"you run under my user".to_vec()
            }
            _ => b"I do not know you".to_vec(),
        };
        threads::run(listener, stop, Config::default(), Lines::new(80), who)
    });
    let client = UnixStream::connect(&path)?;
    (&client).write_all(b"who am I?\n")?;
    let mut answer = String::new();
    BufReader::new(&client).read_line(&mut answer)?;
    println!("{answer:?}");
    drop(trigger);
    println!("{}", server.join().expect("run does not panic")?);
    fs::remove_dir_all(folder)
}
// ANCHOR_END: path
