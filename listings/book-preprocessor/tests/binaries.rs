//! Feeds the two programs what mdBook 0.5.4 sends.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use serde_json::{Value, json};

const LISTINGS: &str = env!("CARGO_BIN_EXE_listings");
const BRIDGE: &str = env!("CARGO_BIN_EXE_admonish-bridge");

/// `[context, book]` as mdBook 0.5.4 writes it, for a book at `root`.
fn input(root: &Path, page: &str) -> Value {
    json!([
        {
            "root": root,
            "config": {
                "book": {
                    "title": "A book",
                    "authors": [],
                    "description": null,
                    "language": "en",
                    "text-direction": null,
                },
                "output": {"html": {
                    "git-repository-url": "https://example.org/a/b",
                }},
                "preprocessor": {
                    "listings": {"command": "listings"},
                    "admonish": {
                        "command": "admonish-bridge",
                        "assets_version": "3.1.0",
                        "directive": {"custom": {
                            "go": {
                                "icon": "./go.svg",
                                "color": "#00758d",
                                "title": "Coming from Go",
                            },
                            "danger": {
                                "icon": "./danger.svg",
                                "color": "#c62828",
                                "title": "Goes wrong in production",
                            },
                        }},
                    },
                },
            },
            "renderer": "html",
            "mdbook_version": "0.5.4",
        },
        {"items": [
            {"PartTitle": "Part"},
            {"Chapter": {
                "name": "A",
                "content": "# A\n",
                "number": [1],
                "sub_items": [{"Chapter": {
                    "name": "B",
                    "content": page,
                    "number": [1, 1],
                    "sub_items": [],
                    "path": "ch/b.md",
                    "source_path": "ch/b.md",
                    "parent_names": ["A"],
                }}],
                "path": "a.md",
                "source_path": "a.md",
                "parent_names": [],
            }},
            {"Chapter": {
                "name": "Draft",
                "content": "",
                "number": null,
                "sub_items": [],
                "path": null,
                "source_path": null,
                "parent_names": [],
            }},
            "Separator",
        ]},
    ])
}

const PAGE: &str = "/items/1/Chapter/sub_items/0/Chapter/content";

fn feed(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that refuses its input closes it early: not our failure.
    let writer = thread::spawn(move || stdin.write_all(&input).ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn book_of(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The bridge, with no tool but the one below `root`, if any.
fn bridge(root: &Path) -> Command {
    let mut command = Command::new(BRIDGE);
    command
        .current_dir(root)
        .env("PATH", root.join("no such folder"))
        .env_remove("MDBOOK_ADMONISH");
    command
}

#[test]
fn listings_rewrites_a_nested_chapter_and_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let package = root.path().join("listings/ch-a");
    fs::create_dir_all(package.join("src/bin")).unwrap();
    fs::write(package.join("Cargo.toml"), "[package]\nname = \"ch-a\"\n")
        .unwrap();
    fs::write(package.join("src/bin/p.rs"), "fn main() {}\n").unwrap();
    let page = "```rust\n{{#include ../../listings/ch-a/src/bin/p.rs}}\n```\n";
    let sent = input(root.path(), page);

    let output = feed(
        &mut Command::new(LISTINGS),
        &serde_json::to_vec(&sent).unwrap(),
    );
    let mut book = book_of(&output);
    let new = book.pointer_mut(PAGE).unwrap().take();
    let new = new.as_str().unwrap();
    assert!(new.contains("cargo run -p ch-a --bin p"), "{new}");
    assert!(
        new.contains(
            "https://example.org/a/b/blob/HEAD/listings/ch-a/src/bin/p.rs"
        ),
        "{new}"
    );
    // All else is as it was sent.
    *book.pointer_mut(PAGE).unwrap() = page.into();
    assert_eq!(book, sent[1]);
}

#[test]
fn listings_refuses_what_is_no_book() {
    for wrong in [&b""[..], b"{}", b"[1, 2, 3]", b"not JSON"] {
        let output = feed(&mut Command::new(LISTINGS), wrong);
        assert!(!output.status.success());
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn listings_supports_each_renderer() {
    for renderer in ["html", "markdown", "epub"] {
        let status = Command::new(LISTINGS)
            .args(["supports", renderer])
            .status()
            .unwrap();
        assert!(status.success(), "{renderer}");
    }
}

/// mdBook leaves out what does not support the renderer, without a word.
#[test]
fn a_missing_tool_is_not_passed_over_silently() {
    let root = tempfile::tempdir().unwrap();
    let status = bridge(root.path())
        .args(["supports", "html"])
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn a_missing_tool_is_named_with_the_way_to_get_it() {
    let root = tempfile::tempdir().unwrap();
    let sent = serde_json::to_vec(&input(root.path(), "")).unwrap();
    let output = feed(&mut bridge(root.path()), &sent);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("cargo install mdbook-admonish@1.20.0 --locked"),
        "{said}"
    );
    assert!(said.contains("ci/serve.sh"), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
}

/// Puts a tool below the book that runs `script`.
///
/// A shell writes it: had this process the file open for writing while
/// another test forks, starting it would fail with "Text file busy".
#[cfg(unix)]
fn fake_tool(root: &Path, script: &str) {
    let tool = root.join(".tools/bin/mdbook-admonish");
    fs::create_dir_all(tool.parent().unwrap()).unwrap();
    let status = Command::new("/bin/sh")
        .args(["-c", "printf '%s' \"$2\" >\"$1\" && chmod 755 \"$1\"", "sh"])
        .arg(&tool)
        .arg(format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n"))
        .status()
        .unwrap();
    assert!(status.success());
}

#[cfg(unix)]
#[test]
fn the_tool_hears_0_4_and_mdbook_hears_0_5() {
    let root = tempfile::tempdir().unwrap();
    fake_tool(
        root.path(),
        "cat > heard.json\n\
         echo '{\"sections\": [\"Separator\"], \"__non_exhaustive\": null}'",
    );
    // Longer than a pipe holds, so that both sides must keep reading.
    let page = "long ".repeat(100_000);
    let sent = input(root.path(), &page);
    let output = feed(
        &mut bridge(root.path()),
        &serde_json::to_vec(&sent).unwrap(),
    );
    assert_eq!(book_of(&output), json!({"items": ["Separator"]}));

    let heard = fs::read(root.path().join("heard.json")).unwrap();
    let heard: Value = serde_json::from_slice(&heard).unwrap();
    assert_eq!(heard[0]["mdbook_version"], "0.4.51");
    assert_eq!(
        heard[0]["config"]["book"],
        json!({"title": "A book", "authors": [], "language": "en"})
    );
    assert_eq!(heard[1]["sections"], sent[1]["items"]);
    assert!(heard[1].get("items").is_none());
}

#[cfg(unix)]
#[test]
fn the_tools_failure_is_passed_on() {
    for (script, told) in [
        ("echo went wrong >&2; exit 3", "exit status: 3"),
        ("cat > x; echo '[]'", "did not answer with a book"),
        ("cat > x", "did not answer with a book"),
    ] {
        let root = tempfile::tempdir().unwrap();
        fake_tool(root.path(), script);
        let sent = serde_json::to_vec(&input(root.path(), "")).unwrap();
        let output = feed(&mut bridge(root.path()), &sent);
        assert!(!output.status.success(), "{script}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(told), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn supports_asks_the_tool() {
    let root = tempfile::tempdir().unwrap();
    fake_tool(root.path(), "[ \"$1 $2\" = 'supports html' ]");
    for (renderer, yes) in [("html", true), ("other", false)] {
        let status = bridge(root.path())
            .args(["supports", renderer])
            .status()
            .unwrap();
        assert_eq!(status.success(), yes, "{renderer}");
    }
}

/// The tool as installed: on PATH or below this repository.
fn real_tool() -> Option<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let file = format!("mdbook-admonish{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path)
        .chain([repository.join(".tools/bin")])
        .map(|folder| folder.join(&file))
        .find(|candidate| candidate.is_file())
}

#[test]
fn the_real_tool_draws_a_box() {
    let Some(tool) = real_tool() else {
        // Straight to the terminal: the test harness swallows `println!`.
        writeln!(
            std::io::stderr(),
            "SKIPPED the_real_tool_draws_a_box: mdbook-admonish is not \
             installed (ci/serve.sh installs it)"
        )
        .unwrap();
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let page = "````admonish go\n| a | b |\n|---|---|\n| c | d |\n\n\
                ```rust\nfn main() {}\n```\n````\n\n\
                ```admonish go \"A title of its own\"\nText.\n```\n\n\
                ```admonish danger\nText.\n```\n";
    let sent = serde_json::to_vec(&input(root.path(), page)).unwrap();
    let mut command = bridge(root.path());
    let output = feed(command.env("MDBOOK_ADMONISH", tool), &sent);
    let book = book_of(&output);
    let new = book.pointer(PAGE).unwrap().as_str().unwrap();
    for part in [
        "admonition admonish-go",
        "Coming from Go",
        "A title of its own",
        "admonition admonish-danger",
        "Goes wrong in production",
        "\n\n| a | b |\n",
        "\n```rust\nfn main() {}\n```\n",
        "aria-label=\"Link to this box\"",
    ] {
        assert!(new.contains(part), "no {part:?} in {new}");
    }
    assert!(!new.contains("````"), "{new}");
    assert_eq!(book["items"][0], json!({"PartTitle": "Part"}));
}
