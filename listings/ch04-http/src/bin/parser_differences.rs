//! Every kind of head that httparse takes and our reader sees differently.

use ch04_http::fault::Fault;
use ch04_http::head::{Head, Response};
use ch04_http::limits::Limits;

// ANCHOR: examples
const REQUESTS: [&str; 5] = [
    "GET / HTTP/1.1\nA: b\n\n",
    "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "CONNECT / HTTP/1.1\r\n\r\n",
    "GET /é HTTP/1.1\r\n\r\n",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-AND-NO-END / HTTP/1.1\r\n\r\n",
];

const RESPONSES: [&str; 4] = [
    "HTTP/1.1 200 OK\n\n",
    "\r\nHTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 099 OK\r\n\r\n",
    "HTTP/1.1 200 Ça va\r\n\r\n",
];
// ANCHOR_END: examples

fn main() -> Result<(), httparse::Error> {
    for text in REQUESTS {
        let mut room = [httparse::EMPTY_HEADER; 16];
        let mut theirs = httparse::Request::new(&mut room);
        theirs.parse(text.as_bytes())?;
        let theirs = format!("{} {}", word(theirs.method), word(theirs.path));

        let mut head = Head::default();
        let ours = head.read_request(text.as_bytes(), &Limits::default());
        show(text, &theirs, ours.map(|_| String::new()));
    }
    for text in RESPONSES {
        let mut room = [httparse::EMPTY_HEADER; 16];
        let mut theirs = httparse::Response::new(&mut room);
        theirs.parse(text.as_bytes())?;
        let code = theirs.code.unwrap_or_default();
        let theirs = format!("{code:03} {:?}", word(theirs.reason));

        let mut head = Head::default();
        let ours = head.read_response(text.as_bytes(), &Limits::default());
        let ours = ours.map(|_| {
            let response = Response::new(text.as_bytes(), &head);
            let reason = response.reason().escape_ascii();
            format!("{} \"{reason}\"", response.status())
        });
        show(text, &theirs, ours);
    }
    Ok(())
}

fn word(part: Option<&str>) -> &str {
    part.unwrap_or_default()
}

fn show(text: &str, theirs: &str, ours: Result<String, Fault>) {
    let ours = ours.unwrap_or_else(|fault| fault.to_string());
    println!("{}", text.escape_debug());
    println!("    httparse: {theirs}");
    println!("    ours:     {ours}");
}
