//! A server of one directory and a client of it, for the programs that show
//! what the two say to each other.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::drivers::{Server, listen, threads};
use crate::server::Config;
use crate::server::gate::Gate;
use crate::site;

/// How long the client waits for anything, in seconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server on a thread of its own.
#[derive(Debug)]
pub struct Serving {
    address: SocketAddr,
    stop: UnixStream,
    thread: JoinHandle<io::Result<()>>,
}

impl Serving {
    /// Serves the files below `root`, on a port that the kernel chooses.
    ///
    /// # Errors
    /// When there is no port, or no such directory.
    pub fn begin(root: &Path) -> io::Result<Self> {
        let mut listeners = listen(([127, 0, 0, 1], 0).into(), 1)?;
        let listener = listeners.remove(0);
        let address = listener.local_addr()?;
        let router = site::router(Some(root))?;
        let server = Server::new(router, Config::default(), Gate::new(9, 9));
        let (stop, stopped) = UnixStream::pair()?;
        let thread =
            thread::spawn(move || threads::run(&server, listener, &stopped));
        Ok(Serving {
            address,
            stop,
            thread,
        })
    }

    /// A connection to it.
    ///
    /// # Errors
    /// When it is not accepted.
    pub fn client(&self) -> io::Result<Client> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Client(BufReader::new(stream)))
    }

    /// Stops it, once its clients are gone.
    ///
    /// # Errors
    /// What the server says.
    pub fn end(self) -> io::Result<()> {
        drop(self.stop);
        self.thread.join().expect("the server does not panic")
    }
}

/// A client on one connection, which trusts the server.
#[derive(Debug)]
pub struct Client(BufReader<TcpStream>);

/// The head of a response.
#[derive(Debug)]
pub struct Reply {
    /// The status code.
    pub code: u16,
    /// Its fields, a line each.
    pub fields: String,
}

impl Reply {
    /// The value of a field, or nothing.
    pub fn field(&self, name: &str) -> &str {
        let mut fields = self.fields.lines().filter_map(|l| l.split_once(": "));
        fields.find(|field| field.0 == name).unwrap_or_default().1
    }

    /// How long the content is, in bytes.
    pub fn length(&self) -> u64 {
        self.field("Content-Length").parse().unwrap_or(0)
    }
}

impl Client {
    /// Asks for `path` with these `fields`, and reads the head of what comes
    /// back.
    ///
    /// # Errors
    /// When nothing comes, or no head.
    pub fn head(&mut self, path: &str, fields: &str) -> io::Result<Reply> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        self.0.get_mut().write_all(request.as_bytes())?;
        let (mut status, mut fields) = (String::new(), String::new());
        self.0.read_line(&mut status)?;
        while self.0.read_line(&mut fields)? > 2 {}
        let code = status.get(9..12).and_then(|code| code.parse().ok());
        let code = code.ok_or(ErrorKind::InvalidData)?;
        Ok(Reply { code, fields })
    }

    /// Reads what follows a head, as far as it comes.
    ///
    /// # Errors
    /// When the connection fails. That it ends early is none.
    pub fn content(&mut self, reply: &Reply) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        let length = match reply.code {
            304 => 0,
            _ => reply.length(),
        };
        (&mut self.0).take(length).read_to_end(&mut content)?;
        Ok(content)
    }

    /// Asks, and reads all of the answer.
    ///
    /// # Errors
    /// As [`Client::head`] and [`Client::content`].
    pub fn ask(
        &mut self,
        path: &str,
        fields: &str,
    ) -> io::Result<(Reply, String)> {
        let reply = self.head(path, fields)?;
        let content = self.content(&reply)?;
        let content = String::from_utf8_lossy(&content).into_owned();
        Ok((reply, content))
    }
}
