//! Paths that want to leave the directory, and how far they get.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;

use ch04_http::files::{Files, segments};
use ch04_http::head::{Head, Request};
use ch04_http::limits::Limits;
use ch04_http::server::Service;
use ch04_http::server::response::Answer;

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let (root, outside) =
        (folder.path().join("root"), folder.path().join("outside"));
    // ANCHOR: site
    fs::create_dir_all(root.join("docs"))?;
    fs::create_dir(&outside)?;
    fs::write(outside.join("secret"), "secret")?;
    fs::write(root.join("docs/index.html"), "<p>hello")?;
    fs::write(root.join(".env"), "PASSWORD=…")?;
    symlink("docs/index.html", root.join("inside"))?;
    symlink("../outside", root.join("up"))?;
    symlink(&outside, root.join("absolute"))?;
    // ANCHOR_END: site
    let files = Files::below(&root)?;
    let service =
        move |request: &Request<'_>, peer| files.answer(request, peer);
    // ANCHOR: paths
    for path in [
        "/docs/",
        "/docs",
        "//docs",
        "/inside",
        "/docs/../../outside/secret",
        "/%2e%2e/outside/secret",
        "/..%2foutside%2fsecret",
        "/%252e%252e/outside/secret",
        "/%c0%ae%c0%ae/outside/secret",
        "/docs/index.html%00.png",
        "/up/secret",
        "/absolute/secret",
        "/.env",
    ]
    // ANCHOR_END: paths
    {
        let why = match segments(path) {
            Ok(names) => format!("{names:?}"),
            Err(bad) => bad.to_string(),
        };
        println!("{:<31} {}  {why}", path, status(&service, path));
    }
    Ok(())
}

fn status(service: &impl Service, path: &str) -> u16 {
    let bytes = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut head = Head::default();
    let read = head.read_request(bytes.as_bytes(), &Limits::default());
    if !matches!(read, Ok(Some(_))) {
        return 0;
    }
    let request = Request::new(bytes.as_bytes(), &head);
    match service.begin(&request, ([127, 0, 0, 1], 40_000).into()) {
        Answer::Reply(response) => response.code(),
        _ => 0,
    }
}
