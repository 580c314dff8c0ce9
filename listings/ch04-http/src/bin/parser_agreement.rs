//! Three readers, eight messages: who takes what for a request?

use ch04_http::fault::Fault;
use ch04_http::head::Head;
use ch04_http::limits::Limits;

// ANCHOR: messages
const MESSAGES: [&str; 8] = [
    "GET / HTTP/1.1\r\nHost: us\r\n\r\n",
    "GET / HTTP/1.1\nHost: us\r\n\r\n",
    "\r\nGET / HTTP/1.1\r\nHost: us\r\n\r\n",
    "GET /#top HTTP/1.1\r\nHost: us\r\n\r\n",
    "GET /é HTTP/1.1\r\nHost: us\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: us\rA: b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: us\r\nA: \0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: us\r\nPräfix: b\r\n\r\n",
];
// ANCHOR_END: messages

// ANCHOR: readers
/// Splits at line ends, spaces and colons, as first servers do.
fn splits(text: &str) -> Option<()> {
    let (head, _) = text.split_once("\r\n\r\n")?;
    let (first, fields) = head.split_once('\n')?;
    let parts: Vec<_> = first.trim_end().split(' ').collect();
    let is_name = |name: &str| !name.is_empty() && !name.contains([' ', '\t']);
    let mut fields = fields.lines().map(|line| line.split_once(':'));
    let is_good = fields.all(|f| f.is_some_and(|(name, _)| is_name(name)));
    (matches!(parts[..], [_, _, "HTTP/1.1"]) && is_good).then_some(())
}

fn httparse(text: &str) -> Result<(), httparse::Error> {
    let mut room = [httparse::EMPTY_HEADER; 16];
    let mut request = httparse::Request::new(&mut room);
    request.parse(text.as_bytes()).map(drop)
}

fn ours(text: &str) -> Result<(), Fault> {
    let mut head = Head::default();
    let read = head.read_request(text.as_bytes(), &Limits::default());
    read.map(drop)
}
// ANCHOR_END: readers

fn main() {
    println!("   splits  httparse  ours");
    for (message, n) in MESSAGES.into_iter().zip(1..) {
        let word = |good| if good { "yes" } else { "no" };
        let splits = word(splits(message).is_some());
        let peer = word(httparse(message).is_ok());
        let ours = match ours(message) {
            Ok(()) => "yes".to_string(),
            Err(fault) => format!("no: {fault}"),
        };
        println!("{n}  {splits:<8}{peer:<10}{ours}");
    }
}
