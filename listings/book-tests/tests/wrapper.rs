//! What `rustc-snippet.sh` promises, end to end through skeptic: edition
//! 2024, a deadline, a judgment of what must not compile, and failures that
//! name the page. The snippets below are tests of their own, run by calling
//! this program again.

use std::process::Command;
use std::time::{Duration, Instant};

/// Hands a snippet to skeptic as its generated tests do.
fn run(head: &str, code: &str) {
    skeptic::rt::run_test(
        env!("CARGO_MANIFEST_DIR"),
        env!("OUT_DIR"),
        env!("BOOK_TARGET"),
        &format!("\n// snippet: src/page.md:7 (listings/x.rs)\n{head}{code}"),
    );
}

fn compile(head: &str, code: &str) {
    skeptic::rt::compile_test(
        env!("CARGO_MANIFEST_DIR"),
        env!("OUT_DIR"),
        env!("BOOK_TARGET"),
        &format!("\n// snippet: src/page.md:7 (listings/x.rs)\n{head}{code}"),
    );
}

/// Runs an ignored test of this file: whether it passed, and what it printed.
fn outcome(test: &str) -> (bool, String) {
    let this = std::env::current_exe().expect("a test is a file");
    let output = Command::new(this)
        .args(["--exact", "--ignored", "--nocapture", test])
        .env("BOOK_SNIPPET_SECONDS", "1")
        .output()
        .expect("a test can be started");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text += &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

fn refused(test: &str, message: &str) {
    let (passed, text) = outcome(test);
    assert!(!passed, "{test} passed:\n{text}");
    assert!(text.contains(message), "no {message:?} in:\n{text}");
    assert!(text.contains("src/page.md:7 (listings/x.rs)"), "{text}");
}

#[test]
#[ignore = "run by a_stuck_snippet_is_killed"]
fn stuck() {
    run(
        "",
        "fn main() {
            let listener = std::net::TcpListener::bind(\"127.0.0.1:0\").unwrap();
            println!(\"waiting\");
            listener.accept().unwrap();
        }",
    );
}

#[test]
#[ignore = "run by what_a_stuck_snippet_started_is_killed"]
fn stuck_with_child() {
    run(
        "",
        "fn main() {
            let mut child =
                std::process::Command::new(\"sleep\").arg(\"4711\").spawn().unwrap();
            println!(\"child {}.\", child.id());
            child.wait().unwrap();
        }",
    );
}

#[test]
fn a_stuck_snippet_is_killed() {
    let start = Instant::now();
    refused(
        "stuck",
        "snippet killed after 1 s: it did not end by itself",
    );
    assert!(start.elapsed() < Duration::from_secs(25));
}

#[test]
fn what_a_stuck_snippet_started_is_killed() {
    let (passed, text) = outcome("stuck_with_child");
    assert!(!passed, "{text}");
    let id = text
        .split_once("child ")
        .and_then(|(_, rest)| rest.split_once('.'))
        .map(|(id, _)| id)
        .expect("the child's id is printed");
    let lists = Command::new("ps").args(["-p", id, "-o", "args="]).output();
    let lists = lists.expect("ps is part of every Unix");
    let text = String::from_utf8_lossy(&lists.stdout);
    // It may stay as a zombie until its new parent looks.
    assert!(!text.contains("4711"), "{text}");
}

#[test]
#[ignore = "run by a_snippet_that_does_not_compile_names_its_page"]
fn broken() {
    run("", "fn main() { undefined(); }");
}

#[test]
fn a_snippet_that_does_not_compile_names_its_page() {
    refused("broken", "E0425");
}

#[test]
#[ignore = "run by a_snippet_that_panics_names_its_page"]
fn panicking() {
    run("", "fn main() { panic!(\"on purpose\"); }");
}

#[test]
fn a_snippet_that_panics_names_its_page() {
    refused("panicking", "on purpose");
}

#[test]
fn snippets_are_of_edition_2024() {
    // `let` chains exist from edition 2024 on.
    run(
        "",
        "fn main() { if let Some(x) = Some(1) && x == 1 {} else { panic!() } }",
    );
}

#[test]
fn snippets_see_the_crates_of_the_book() {
    run(
        "",
        "use ch03_sockets as _; use bytes as _; use ex_line_echo as _;
         use rustix as _; use socket2 as _; use book_exercise as _;
         #[tokio::main] async fn main() { tokio::task::yield_now().await; }",
    );
}

#[test]
fn the_named_error_and_no_other_is_accepted() {
    compile(
        "// must fail: E0382\n",
        "fn main() { let s = String::new(); drop(s); drop(s); }",
    );
}

#[test]
#[ignore = "run by a_block_that_compiles_is_refused"]
fn compiles() {
    compile("// must fail: E0382\n", "fn main() {}");
}

#[test]
fn a_block_that_compiles_is_refused() {
    refused("compiles", "compiles, but the page says compile_fail,E0382");
}

#[test]
#[ignore = "run by another_error_is_refused"]
fn two_errors() {
    compile(
        "// must fail: E0382\n",
        "fn main() { let s = String::new(); drop(s); drop(s); }
         fn x() { let a: &mut i32 = &0; }",
    );
}

#[test]
fn another_error_is_refused() {
    refused("two_errors", "fails, but not with E0382 and nothing else");
}

#[test]
#[ignore = "run by an_error_without_a_code_is_refused"]
fn syntax_error() {
    compile("// must fail: E0382\n", "fn main() { let }");
}

#[test]
fn an_error_without_a_code_is_refused() {
    refused("syntax_error", "fails, but not with E0382 and nothing else");
}
