//! Hands every Rust block of the book to skeptic, and what is wrong with the
//! book to the tests.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Result;
use book_check::{Book, Mode, Snippet, snippets};

fn main() -> Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .join("../..")
        .canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // A book that cannot be loaded is a failed test, not a failed build: the
    // tests say what is wrong with it, and the rest of the workspace goes on.
    let book = Book::load(&root).ok();
    rerun(&root, book.as_ref());
    let mut files = Vec::new();
    if let Some(book) = &book {
        for snippet in once(snippets(book)?) {
            files.push(write(&out, &snippet)?);
        }
    }
    let tests = out.join("skeptic-tests.rs");
    if files.is_empty() {
        fs::write(&tests, "")?;
    }
    skeptic::generate_doc_tests(&files);
    // For tests that hand snippets of their own to skeptic.
    println!("cargo:rustc-env=BOOK_TARGET={}", env::var("TARGET")?);
    Ok(())
}

/// Parts of one file are the same program, its other lines hidden: it is
/// compiled and run once, in the name of every block that shows some of it.
fn once(snippets: Vec<Snippet>) -> Vec<Snippet> {
    let mut different: Vec<Snippet> = Vec::new();
    for snippet in snippets {
        let same =
            |s: &&mut Snippet| s.code == snippet.code && s.mode == snippet.mode;
        match different.iter_mut().find(same) {
            Some(first) => first.origin += &format!(", {}", snippet.origin),
            None => different.push(snippet),
        }
    }
    different
}

/// Nothing but the pages and what they show makes this run again.
fn rerun(root: &Path, book: Option<&Book>) {
    let mut watched: BTreeSet<PathBuf> = ["src", "book.toml"]
        .iter()
        .map(|name| root.join(name))
        .collect();
    for name in ["README.md", "CONTRIBUTING.md"] {
        // Cargo runs this each time when a watched file does not exist.
        watched.extend(Some(root.join(name)).filter(|path| path.exists()));
    }
    let blocks = book.iter().flat_map(|book| &book.pages);
    for block in blocks.flat_map(|page| &page.blocks) {
        let files = block.includes.iter().filter_map(|i| i.file.as_ref());
        watched.extend(files.map(|f| root.join(f)).filter(|p| p.exists()));
    }
    for path in watched {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    println!("cargo:rerun-if-changed=build.rs");
}

/// Writes a file that holds one snippet in the line it has in its page, since
/// skeptic names tests by file, heading and line. A folder each keeps blocks
/// apart whose listings are longer than the page between them.
fn write(out: &Path, snippet: &Snippet) -> Result<PathBuf> {
    let folder = out.join(format!("{}-{}", snippet.page, snippet.line));
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{}.md", snippet.page));
    let mut info = "rust".to_owned();
    let mut head = format!("// snippet: {}\n", snippet.origin);
    match &snippet.mode {
        Mode::Run => {}
        Mode::Compile => info += ",no_run",
        Mode::Ignore => info += ",ignore",
        Mode::Fail(code) => {
            info += ",no_run"; // rustc-snippet.sh judges it.
            head += &format!("// must fail: {code}\n");
        }
    }
    // skeptic unhides lines once more; hidden, they pass it unchanged.
    let code: String = (head + &snippet.code)
        .lines()
        .map(|line| format!("# {line}\n"))
        .collect();
    let heading = if snippet.line > 2 && !snippet.section.is_empty() {
        format!("## {}\n", snippet.section.replace('\n', " "))
    } else {
        "\n".into()
    };
    let blank = "\n".repeat(snippet.line.saturating_sub(2));
    let fence = "~".repeat(40);
    let text = format!("{heading}{blank}{fence}{info}\n{code}{fence}\n");
    write_unchanged(&path, &text)?;
    Ok(path)
}

/// Writes `text` to a file that looks old: skeptic has cargo watch the file,
/// and cargo would see a change in what this very run wrote.
fn write_unchanged(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::options()
        .write(true)
        .open(path)?
        .set_modified(old)?;
    Ok(())
}
