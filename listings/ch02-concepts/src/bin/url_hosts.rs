//! Which host does a URL name, and which path? The answers of two parsers.

use http::Uri;
use url::Url;

// ANCHOR: inputs
const HOSTS: [&str; 12] = [
    "https://example.com@evil.example/",
    r"https://evil.example\@example.com/",
    "https:example.com",
    "https://EXAMPLE.com:443/",
    "https://ex%61mple.com/",
    "https://\u{435}xample.com/", // CYRILLIC SMALL LETTER IE
    "http://0x7f.1/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://127\u{3002}0\u{3002}0\u{3002}1/", // IDEOGRAPHIC FULL STOP
    "http://127.0.0.1.5/",
    "http://[::ffff:127.0.0.1]/",
];

const PATHS: [&str; 5] = [
    "http://a.example/x/../y",
    "http://a.example/x/%2e%2e/y",
    "http://a.example/x/..%2fy",
    r"http://a.example/x\..\y",
    "http://a.example/search?q=1+1%2B1#part",
];
// ANCHOR_END: inputs

fn main() {
    hosts();
    paths();
    query();
    relative();
}

// ANCHOR: hosts
fn hosts() {
    println!("{:40}{:22}http::Uri", "who is the host of", "url::Url");
    for input in HOSTS {
        let url = match Url::parse(input) {
            Ok(url) => url.host_str().unwrap_or("none").to_owned(),
            Err(_) => "refused".to_owned(),
        };
        let uri = match input.parse::<Uri>() {
            Ok(uri) => uri.host().unwrap_or("none").to_owned(),
            Err(_) => "refused".to_owned(),
        };
        println!("{:40}{url:22}{uri}", visible(input));
    }
}
// ANCHOR_END: hosts

/// `text` with what is not ASCII as in a Rust literal.
fn visible(text: &str) -> String {
    let visible = |c: char| match c {
        ' '..='~' => c.to_string(),
        _ => c.escape_unicode().to_string(),
    };
    text.chars().map(visible).collect()
}

fn paths() {
    println!("\n{:40}{:22}http::Uri", "what is the path of", "url::Url");
    for input in PATHS {
        let url = Url::parse(input).expect("a constant that parses");
        let uri = match input.parse::<Uri>() {
            Ok(uri) => uri.path().to_owned(),
            Err(_) => "refused".to_owned(),
        };
        println!("{:40}{:22}{uri}", visible(input), url.path());
    }
}

// ANCHOR: query
fn query() {
    let mut url = Url::parse("http://a.example/search?q=1+1%2B1#part")
        .expect("a constant that parses");
    println!("\nin {url}");
    for (name, value) in url.query_pairs() {
        println!("  {name} is {value:?}");
    }
    url.query_pairs_mut().clear().append_pair("q", "R&D+100%");
    url.set_fragment(None);
    println!("  to ask for \"R&D+100%\": {url}");
}

fn relative() {
    let base = "https://a.example/docs/list?page=2";
    println!("\nlinks on {base}");
    let base = Url::parse(base).expect("a constant that parses");
    for link in ["item", "/item", "?page=3", "//b.example", r"\\b.example"] {
        match base.join(link) {
            Ok(url) => println!("  {link:14}{url}"),
            Err(error) => println!("  {link:14}{error}"),
        }
    }
}
// ANCHOR_END: query
