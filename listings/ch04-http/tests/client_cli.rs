//! The program `client_fetch`, from outside.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{self, Read, Write};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ch04_http::client::stage::{Stage, read_head, respond};

/// Runs it, for ten seconds at most.
fn fetch(args: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_client_fetch"))
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let reader = |pipe: Option<Box<dyn Read + Send>>| {
        thread::spawn(move || {
            let mut all = Vec::new();
            pipe.unwrap().read_to_end(&mut all).unwrap();
            all
        })
    };
    let out = reader(child.stdout.take().map(|pipe| Box::new(pipe) as _));
    let err = reader(child.stderr.take().map(|pipe| Box::new(pipe) as _));
    let status = wait(&mut child);
    Output {
        status,
        stdout: out.join().unwrap(),
        stderr: err.join().unwrap(),
    }
}

fn wait(child: &mut Child) -> std::process::ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > Duration::from_secs(10) {
            child.kill().unwrap();
            panic!("it does not end");
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn server() -> Stage {
    let stage = Stage::script(|_, mut stream| {
        let head = read_head(&mut stream)?;
        match head.split(' ').nth(1).unwrap_or_default() {
            "/moved" => stream.write_all(
                b"HTTP/1.1 302 Found\r\nLocation: /page\r\n\
                  Content-Length: 0\r\nConnection: close\r\n\r\n",
            ),
            "/cut" => stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"),
            "/slow" => {
                thread::sleep(Duration::from_secs(5));
                io::Result::Ok(())
            }
            "/large" => respond(&mut stream, 200, &"x".repeat(1_000_000)),
            "/post" => {
                let mut content = [0; 5];
                stream.read_exact(&mut content)?;
                let all = [head.as_bytes(), b"|", &content].concat();
                respond(&mut stream, 201, &String::from_utf8_lossy(&all))
            }
            _ => respond(&mut stream, 404, "a page\n"),
        }
    });
    stage.unwrap()
}

#[test]
fn it_prints_the_content_or_the_head_too() {
    let url = server().url("/moved").to_string();
    let plain = fetch(&[&url]);
    assert!(plain.status.success());
    assert_eq!(plain.stdout, b"a page\n");
    let with_head = fetch(&["-i", &url]);
    let text = String::from_utf8(with_head.stdout).unwrap();
    let head = "HTTP/1.1 404 Not Found\nContent-Length: 7\n\n";
    assert_eq!(text, format!("{head}a page\n"));
    let stays = fetch(&["-i", "--redirects", "0", &url]);
    assert!(stays.stdout.starts_with(b"HTTP/1.1 302 Found\n"));
}

#[test]
fn it_sends_content_and_fields() {
    let url = server().url("/post").to_string();
    let got = fetch(&["-d", "hello", "-H", "X-Any: thing", &url]);
    let text = String::from_utf8(got.stdout).unwrap();
    assert!(text.starts_with("POST /post HTTP/1.1\r\n"), "{text}");
    assert!(text.contains("\r\nX-Any: thing\r\n"), "{text}");
    assert!(text.ends_with("Content-Length: 5|hello"), "{text}");
}

#[test]
fn it_fails_with_a_reason() {
    let server = server();
    let url = |path| server.url(path).to_string();
    for (args, code, reason) in [
        (
            &[&url("/cut")[..]][..],
            1,
            "the stream ends within a message",
        ),
        (&["--time", "1", &url("/slow")], 1, "not done in time"),
        (
            &["--limit", "999999", &url("/large")],
            1,
            "content too long",
        ),
        (&["https://127.0.0.1/"], 1, "no TLS here"),
        (&["file:///etc/passwd"], 2, "neither http nor https"),
        (
            &["-H", "Host: x", &url("/")],
            2,
            "the client writes this field",
        ),
        (&["-H", "A: b\r\nC: d", &url("/")], 2, "control byte"),
        (&["-X", "A B", &url("/")], 2, "the method is no token"),
        (&["no url"], 2, "relative URL without a base"),
    ] {
        let got = fetch(args);
        let error = String::from_utf8_lossy(&got.stderr);
        assert_eq!(got.status.code(), Some(code), "{args:?}: {error}");
        assert!(error.contains(reason), "{args:?}: {error}");
    }
    let large = fetch(&[&url("/large")]);
    assert_eq!(large.stdout.len(), 1_000_000);
}

#[test]
fn it_explains_itself() {
    let help = fetch(&["--help"]);
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).unwrap();
    for option in ["--include", "--method", "--data", "--redirects", "--limit"]
    {
        assert!(text.contains(option), "{text}");
    }
}
