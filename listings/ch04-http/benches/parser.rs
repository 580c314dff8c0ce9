//! Our reader of heads against httparse, on the same heads.
#![allow(clippy::unwrap_used, reason = "bench")]

use std::hint::black_box;
use std::mem::MaybeUninit;

use book_bench::Bench;
use ch04_http::framing::{self, Asked};
use ch04_http::head::{Head, Request, Response};
use ch04_http::limits::Limits;

const SMALL: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\
    User-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n";

const BROWSER: &str = "GET /book/ch04-http/messages.html?theme=rust HTTP/1.1\r\n\
    Host: book.example\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 \
    Firefox/140.0\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
    Accept-Language: en-US,en;q=0.5\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Referer: https://book.example/book/ch04-http/index.html\r\n\
    Connection: keep-alive\r\n\
    Upgrade-Insecure-Requests: 1\r\n\
    Sec-Fetch-Dest: document\r\n\
    Sec-Fetch-Mode: navigate\r\n\
    Sec-Fetch-Site: same-origin\r\n\
    Priority: u=0, i\r\n\r\n";

const RESPONSE: &str = "HTTP/1.1 200 OK\r\n\
    Date: Sat, 28 Nov 2026 12:00:00 GMT\r\n\
    Content-Type: text/html; charset=utf-8\r\n\
    Content-Length: 14321\r\n\
    Last-Modified: Fri, 27 Nov 2026 09:30:00 GMT\r\n\
    ETag: \"37f1-641d2c88a2f40\"\r\n\
    Cache-Control: max-age=3600\r\n\
    Vary: Accept-Encoding\r\n\
    Connection: keep-alive\r\n\r\n";

fn main() {
    let cookies = with_cookies();
    let requests = [
        ("small GET", SMALL),
        ("browser, 12 fields", BROWSER),
        ("2 KiB of cookies", &cookies),
    ];
    let limits = Limits::default();

    let mut bench = Bench::from_args("ours", "httparse");
    for (name, text) in requests {
        let mut head = Head::default();
        let ours = || ours(&mut head, text, &limits);
        bench.case(name, ours, || peer(text));
    }
    let mut head = Head::default();
    let ours = || our_response(&mut head, &limits);
    bench.case("response, 8 fields", ours, peer_response);

    let mut bench = Bench::from_args("ours, judged", "httparse");
    for (name, text) in requests {
        let mut head = Head::default();
        let ours = || judged(&mut head, text, &limits);
        bench.case(&format!("{name}, framing"), ours, || peer(text));
    }
    let mut head = Head::default();
    let ours = || judged_response(&mut head, &limits);
    bench.case("response, framing", ours, peer_response);
}

/// What a browser sends that has been here often.
fn with_cookies() -> String {
    let head = BROWSER.strip_suffix("\r\n").unwrap();
    let cookies: Vec<String> = (0..32)
        .map(|n| format!("visit_{n:02}={:055x}", 0x1234_5678_9abc_u64 << n))
        .collect();
    format!("{head}Cookie: {}\r\n\r\n", cookies.join("; "))
}

/// What both sides have to agree on.
fn result(len: usize, fields: usize) -> u64 {
    (len * 1000 + fields) as u64
}

fn ours(head: &mut Head, text: &str, limits: &Limits) -> u64 {
    let bytes = black_box(text.as_bytes());
    let len = head.read_request(bytes, limits).unwrap().unwrap();
    result(len, black_box(&*head).fields(bytes).len())
}

fn judged(head: &mut Head, text: &str, limits: &Limits) -> u64 {
    let bytes = black_box(text.as_bytes());
    let len = head.read_request(bytes, limits).unwrap().unwrap();
    let request = Request::new(bytes, head);
    black_box(framing::of_request(&request, limits).unwrap());
    result(len, black_box(&*head).fields(bytes).len())
}

fn our_response(head: &mut Head, limits: &Limits) -> u64 {
    let bytes = black_box(RESPONSE.as_bytes());
    let len = head.read_response(bytes, limits).unwrap().unwrap();
    result(len, black_box(&*head).fields(bytes).len())
}

fn judged_response(head: &mut Head, limits: &Limits) -> u64 {
    let bytes = black_box(RESPONSE.as_bytes());
    let len = head.read_response(bytes, limits).unwrap().unwrap();
    let response = Response::new(bytes, head);
    let meaning = framing::of_response(&response, Asked::Other, limits);
    black_box(meaning.unwrap());
    result(len, black_box(&*head).fields(bytes).len())
}

/// Room for as many fields as ours takes, not written to before it is used.
type Room<'a> = [MaybeUninit<httparse::Header<'a>>; 100];

fn peer(text: &str) -> u64 {
    let mut room: Room = [const { MaybeUninit::uninit() }; 100];
    let mut request = httparse::Request::new(&mut []);
    let bytes = black_box(text.as_bytes());
    let parsed = request.parse_with_uninit_headers(bytes, &mut room);
    let len = parsed.unwrap().unwrap();
    result(len, black_box(&request).headers.len())
}

fn peer_response() -> u64 {
    let mut room: Room = [const { MaybeUninit::uninit() }; 100];
    let mut response = httparse::Response::new(&mut []);
    let bytes = black_box(RESPONSE.as_bytes());
    let parsed = httparse::ParserConfig::default()
        .parse_response_with_uninit_headers(&mut response, bytes, &mut room);
    let len = parsed.unwrap().unwrap();
    result(len, black_box(&response).headers.len())
}
