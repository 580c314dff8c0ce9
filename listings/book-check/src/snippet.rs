//! Rust blocks as whole programs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::Result;
use regex::Regex;

use crate::Problem;
use crate::book::{Block, Book, Page};
use crate::listings::{Package, packages};
use crate::pages::is_error_code;

static MAIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*(pub\s+)?(async\s+)?fn\s+main\s*\(")
        .expect("a constant regex")
});
static CRATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(^|[^$\w])crate::").expect("a constant regex")
});
static MODULE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^(\s*(?:pub(?:\([^)]*\))?\s+)?)mod\s+(\w+)\s*;")
        .expect("a constant regex")
});

/// What is done with a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// It is compiled and run.
    Run,
    /// It is compiled (`no_run`).
    Compile,
    /// It must not compile, with this error and no other.
    Fail(String),
    /// Nothing (`ignore`).
    Ignore,
}

/// A Rust block as a whole program.
#[derive(Debug)]
pub struct Snippet {
    /// The page as an identifier: `ch03_sockets_tcp`.
    pub page: String,
    /// The nearest heading before the block.
    pub section: String,
    /// The line of the block in the page.
    pub line: usize,
    /// Where it comes from, for people:
    /// `src/ch03-sockets/tcp.md:41 (listings/ch03-sockets/src/bin/x.rs)`.
    pub origin: String,
    /// The program.
    pub code: String,
    /// What is done with it.
    pub mode: Mode,
}

/// The Rust blocks of all pages.
///
/// # Errors
/// When the packages' manifests cannot be read.
pub fn snippets(book: &Book) -> Result<Vec<Snippet>> {
    let packages = packages(&book.root)?;
    let mut found = Vec::new();
    for page in &book.pages {
        for block in page.blocks.iter().filter(|block| block.is_rust()) {
            found.push(snippet(page, block, &packages));
        }
    }
    Ok(found)
}

fn snippet(page: &Page, block: &Block, packages: &[Package]) -> Snippet {
    let files: Vec<&Path> = block
        .includes
        .iter()
        .filter_map(|include| include.file.as_deref())
        .collect();
    let mut origin = format!("{}:{}", page.path.display(), block.line);
    if !files.is_empty() {
        let names: Vec<_> =
            files.iter().map(|f| f.display().to_string()).collect();
        origin += &format!(" ({})", names.join(", "));
    }
    let library = files.iter().find_map(|file| library_of(file, packages));
    let mut code = block.code.clone();
    if let Some(library) = library {
        code = CRATE
            .replace_all(&code, format!("${{1}}{library}::"))
            .into_owned();
        code = MODULE
            .replace_all(&code, format!("${{1}}use {library}::${{2}};"))
            .into_owned();
    }
    if !MAIN.is_match(&code) {
        code.push_str(" fn main() {}\n");
    }
    let words = block.words();
    let code_of = words.iter().find(|word| is_error_code(word));
    let mode = if block.has("ignore") {
        Mode::Ignore
    } else if block.has("compile_fail") {
        Mode::Fail(code_of.map_or_else(String::new, |c| (*c).to_owned()))
    } else if block.has("no_run") {
        Mode::Compile
    } else {
        Mode::Run
    };
    Snippet {
        page: identifier(&page.path),
        section: block.section.clone(),
        line: block.line,
        origin,
        code,
        mode,
    }
}

/// The library that `file` is a module of, as Rust calls it; programs and
/// listings beside `src/` are none.
fn library_of(file: &Path, packages: &[Package]) -> Option<String> {
    packages.iter().find_map(|package| {
        let rest = file.strip_prefix(package.folder.join("src")).ok()?;
        let is_program = rest.starts_with("bin") || rest == "main.rs";
        (!is_program).then(|| package.library.clone())
    })
}

/// A page's path as the beginning of a test's name.
fn identifier(path: &Path) -> String {
    let path = path.strip_prefix("src").unwrap_or(path).with_extension("");
    let name: String = path
        .to_string_lossy()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let name = name.to_ascii_lowercase();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("page_{name}")
    }
}

/// Pages whose names become the same in the names of tests.
pub(crate) fn collisions(book: &Book) -> Vec<Problem> {
    let mut names: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut found = Vec::new();
    for page in &book.pages {
        let name = identifier(&page.path);
        if let Some(other) = names.insert(name.clone(), page.path.clone()) {
            found.push(Problem::new(
                &page.path,
                1,
                format!(
                    "tests would call this page and {} both `{name}`; rename \
                     one",
                    other.display()
                ),
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_a_letter() {
        assert_eq!(
            identifier(Path::new("src/ch03-sockets/tcp.md")),
            "ch03_sockets_tcp"
        );
        assert_eq!(identifier(Path::new("README.md")), "readme");
        assert_eq!(identifier(Path::new("src/404.md")), "page_404");
    }

    #[test]
    fn crate_paths_name_the_library() {
        let code =
            "use crate::a;\npub mod b;\nfn x() { crate::y(); $crate::z }";
        let code = CRATE.replace_all(code, "${1}lib::");
        let code = MODULE.replace_all(&code, "${1}use lib::${2};");
        assert_eq!(
            code,
            "use lib::a;\npub use lib::b;\nfn x() { lib::y(); $crate::z }"
        );
    }
}
