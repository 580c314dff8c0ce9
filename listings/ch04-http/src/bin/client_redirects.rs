//! Where redirects lead, and what arrives there.

use std::error::Error;
use std::io::{self, Read, Write};
use std::sync::mpsc::{self, Sender};

use ch04_http::client::blocking::Client;
use ch04_http::client::stage::{Stage, read_head, respond};
use ch04_http::client::{Config, Request};

/// Answers `/302?URL` by a 302 to that URL, and reports everything else.
fn server(name: &'static str, reports: Sender<String>) -> io::Result<Stage> {
    Stage::script(move |_, mut stream| {
        loop {
            let head = read_head(&mut stream)?;
            let value = |field: &str| {
                let mut lines = head.lines();
                lines
                    .find_map(|line| Some(line.strip_prefix(field)?.to_owned()))
            };
            let length = value("Content-Length: ").unwrap_or_default();
            let mut content = vec![0; length.parse().unwrap_or(0)];
            stream.read_exact(&mut content)?;
            let mut words = head.split(' ');
            let (Some(method), Some(target)) = (words.next(), words.next())
            else {
                return Ok(());
            };
            if let Some((code, location)) = target.split_once('?') {
                let code = code.trim_start_matches('/');
                write!(
                    stream,
                    "HTTP/1.1 {code} x\r\nContent-Length: 0\r\n\
                     Location: {location}\r\n\r\n"
                )?;
                continue;
            }
            let content = String::from_utf8_lossy(&content);
            let key = value("Authorization: ").unwrap_or("nobody".into());
            let report =
                format!("{name}: {method} {target} {content:?} from {key}");
            let _ = reports.send(report);
            respond(&mut stream, 200, "there")?;
        }
    })
}

// ANCHOR: main
fn main() -> Result<(), Box<dyn Error>> {
    let (reports, reported) = mpsc::channel();
    let a = server("a", reports.clone())?;
    let b = server("b", reports)?;
    let client = Client::new(Config::default());
    let send = |method: &str, path: &str| {
        let request = Request::new(method, a.url(path))?;
        let request = request.field("Authorization", "me")?;
        let result = client.send(request.content("hi")?);
        Ok::<_, Box<dyn Error>>(result.map(|response| response.redirects()))
    };

    for code in [301, 302, 303, 307, 308] {
        send("POST", &format!("/{code}?/x"))??;
        println!("{code} to a path  {}", reported.recv()?);
    }
    send("PUT", "/302?/x")??;
    println!("302, but a PUT  {}", reported.recv()?);
    send("POST", &format!("/307?{}", b.url("/y")))??;
    println!("307 to b        {}", reported.recv()?);
    let home = a.url("/z");
    let there_and_back = b.url(&format!("/307?{home}"));
    send("POST", &format!("/307?{there_and_back}"))??;
    println!("and back to a   {}", reported.recv()?);

    for path in ["/302?/302?/x", "/302?file:///etc/passwd", "/302?http:"] {
        match send("GET", path)? {
            Ok(redirects) => println!("{path}: followed {redirects}"),
            Err(error) => println!("{path}: {error}"),
        }
    }
    Ok(())
}
// ANCHOR_END: main
