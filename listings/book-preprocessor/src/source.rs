//! What a file of `listings/` is: whose it is, how it is run, what it needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The crates a book's program may use on the public playground, by the name
/// code knows them by. The playground offers many more; these are the ones of
/// the book's own dependencies that are known to be there.
///
/// What is offered: <https://play.rust-lang.org/meta/crates>. A crate that is
/// not on this list costs its programs the Run button, nothing else.
pub const PLAYGROUND: [&str; 7] = [
    "bytes",
    "hyper",
    "mio",
    "rustls",
    "socket2",
    "tokio",
    "tokio_rustls",
];

/// A file below `listings/` and the package it belongs to.
#[derive(Debug)]
pub struct Source {
    file: PathBuf,
    /// Its path from `listings/`, with forward slashes.
    pub name: String,
    /// Its path from its package's folder, with forward slashes.
    inside: String,
    manifest: toml::Table,
}

/// What a file of a package is for.
#[derive(Debug, PartialEq, Eq)]
pub enum Role {
    /// A program, and the command that runs it.
    Program(String),
    /// What a program printed.
    Output,
    /// Anything else: a library file, an exercise, a test.
    Other,
}

impl Source {
    /// Finds the file `written` (relative to `folder`, an absolute path), if
    /// it exists and belongs to a package below `listings`.
    pub fn find(
        listings: &Path,
        folder: &Path,
        written: &str,
    ) -> Option<Source> {
        let file = resolve(folder, written)?;
        let name = slashed(file.strip_prefix(listings).ok()?)?;
        if !file.is_file() {
            return None;
        }
        let package = file
            .ancestors()
            .skip(1)
            .take_while(|dir| *dir != listings)
            .find(|dir| dir.join("Cargo.toml").is_file())?;
        let manifest = fs::read_to_string(package.join("Cargo.toml")).ok()?;
        Some(Source {
            name,
            inside: slashed(file.strip_prefix(package).ok()?)?,
            manifest: manifest.parse().ok()?,
            file,
        })
    }

    /// What the file is for, told from its place in the package.
    pub fn role(&self) -> Role {
        let package = self.package();
        let program = |kind: &str, name: &str| {
            Role::Program(format!("cargo run -p {package} --{kind} {name}"))
        };
        if let Some(declared) = self.declared_bin() {
            return declared;
        }
        match self.inside.split('/').collect::<Vec<_>>()[..] {
            ["src", "bin", name, "main.rs"] => program("bin", name),
            ["src", "bin", file] => match file.strip_suffix(".rs") {
                Some(name) => program("bin", name),
                None => Role::Other,
            },
            ["src", "main.rs"] => {
                Role::Program(format!("cargo run -p {package}"))
            }
            ["examples", file] => match file.strip_suffix(".rs") {
                Some(name) => program("example", name),
                None => Role::Other,
            },
            ["output", file] if file.ends_with(".txt") => Role::Output,
            _ => Role::Other,
        }
    }

    /// The program this file is by a `[[bin]]` table with a path of its own.
    fn declared_bin(&self) -> Option<Role> {
        let bins = self.manifest.get("bin")?.as_array()?;
        let bin = bins.iter().find(|bin| {
            bin.get("path").and_then(|p| p.as_str()) == Some(&self.inside)
        })?;
        let name = bin.get("name")?.as_str()?;
        let package = self.package();
        Some(Role::Program(format!(
            "cargo run -p {package} --bin {name}"
        )))
    }

    fn package(&self) -> &str {
        text(&self.manifest, "package", "name").unwrap_or_default()
    }

    /// Whether the public playground can build the file as it stands: a whole
    /// program that uses no crate but those of [`PLAYGROUND`].
    pub fn runs_on_playground(&self) -> bool {
        let Ok(source) = fs::read_to_string(&self.file) else {
            return false;
        };
        let code = Code::of(&source, &self.crates_missing_there());
        code.is_some_and(|code| code.has_main && !code.needs_more)
    }

    /// The crates this package can name that the playground lacks.
    fn crates_missing_there(&self) -> BTreeSet<String> {
        let own = text(&self.manifest, "lib", "name")
            .unwrap_or_else(|| self.package());
        let mut crates = BTreeSet::from([own.to_owned()]);
        dependencies(&self.manifest, &mut crates);
        if let Some(toml::Value::Table(targets)) = self.manifest.get("target") {
            for target in targets.values().filter_map(|t| t.as_table()) {
                dependencies(target, &mut crates);
            }
        }
        crates
            .into_iter()
            .map(|name| name.replace('-', "_"))
            .filter(|name| !PLAYGROUND.contains(&name.as_str()))
            .collect()
    }
}

fn dependencies(table: &toml::Table, into: &mut BTreeSet<String>) {
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        if let Some(toml::Value::Table(named)) = table.get(kind) {
            into.extend(named.keys().cloned());
        }
    }
}

fn text<'a>(table: &'a toml::Table, outer: &str, key: &str) -> Option<&'a str> {
    table.get(outer)?.get(key)?.as_str()
}

/// Joins without asking the file system, so that `..` means what it says.
fn resolve(folder: &Path, written: &str) -> Option<PathBuf> {
    let mut path = folder.to_path_buf();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                path.pop().then_some(())?;
            }
            name => path.push(name),
        }
    }
    Some(path)
}

fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<_>> = path.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

/// What the tokens of a file say about where it can be built.
#[derive(Debug, Default, PartialEq, Eq)]
struct Code {
    has_main: bool,
    /// It names a crate of `missing`, or another file of ours.
    needs_more: bool,
}

impl Code {
    /// Reads a whole file; `None` if it is not even tokens.
    fn of(source: &str, missing: &BTreeSet<String>) -> Option<Code> {
        let tokens: TokenStream = source.parse().ok()?;
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let has_main = tokens
            .windows(2)
            .any(|pair| is_ident(&pair[0], "fn") && is_ident(&pair[1], "main"));
        let needs_more = needs_more(&tokens, missing);
        Some(Code {
            has_main,
            needs_more,
        })
    }
}

fn needs_more(tokens: &[TokenTree], missing: &BTreeSet<String>) -> bool {
    let mut in_use = false;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let inner: Vec<_> = group.stream().into_iter().collect();
                let imports = in_use && group.delimiter() == Delimiter::Brace;
                // What stands in the braces of `use std::{…};` is std's.
                if imports && follows_path(tokens, at) {
                    continue;
                }
                // Those of `use {a, b::c};` hold whole paths.
                if imports && inner.iter().any(|t| names_one_of(t, missing))
                    || needs_more(&inner, missing)
                {
                    return true;
                }
            }
            TokenTree::Ident(ident) => {
                let head = !follows_path(tokens, at);
                let path = is_path(&tokens[at + 1..]);
                if head && (in_use || path) && names_one_of(token, missing) {
                    return true;
                }
                if is_other_file(tokens, at) {
                    return true;
                }
                in_use |= ident == "use" || is_extern_crate(tokens, at);
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => in_use = false,
            _ => {}
        }
    }
    false
}

/// `mod name;` or `include_str!(…)`: another file, which is not sent along.
fn is_other_file(tokens: &[TokenTree], at: usize) -> bool {
    let next = |n: usize| tokens.get(at + n);
    if is_ident(&tokens[at], "mod") {
        return matches!(next(1), Some(TokenTree::Ident(_)))
            && next(2).is_some_and(|t| is_punct(t, ';'));
    }
    ["include", "include_str", "include_bytes"]
        .iter()
        .any(|name| is_ident(&tokens[at], name))
        && next(1).is_some_and(|t| is_punct(t, '!'))
}

fn is_extern_crate(tokens: &[TokenTree], at: usize) -> bool {
    is_ident(&tokens[at], "crate")
        && at > 0
        && is_ident(&tokens[at - 1], "extern")
}

/// Whether the tokens begin with `::`.
fn is_path(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [a, b, ..] if is_punct(a, ':') && is_punct(b, ':'))
}

/// Whether the token at `at` continues a path (`std::net` at `net`); the
/// leading `::` of `::tokio` does not make it a continuation.
fn follows_path(tokens: &[TokenTree], at: usize) -> bool {
    at >= 3
        && is_path(&tokens[at - 2..])
        && matches!(&tokens[at - 3], TokenTree::Ident(b) if b != "use")
}

fn names_one_of(token: &TokenTree, names: &BTreeSet<String>) -> bool {
    matches!(token, TokenTree::Ident(i) if names.contains(&i.to_string()))
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> Code {
        let missing = ["axum", "ch03_sockets", "rustix"].map(str::to_owned);
        Code::of(source, &BTreeSet::from(missing)).unwrap()
    }

    #[test]
    fn sees_each_way_to_name_a_crate() {
        for source in [
            "use axum::Router;",
            "use ::axum::Router;",
            "use axum;",
            "use axum as web;",
            "use {std::io, axum::Router};",
            "use {std::io, axum};",
            "extern crate axum;",
            "pub use ch03_sockets::frame;",
            "fn f() { let r = axum::Router::new(); }",
            "fn f() -> axum::Router { todo!() }",
            "fn f() { let x: Vec<axum::Router> = Vec::new(); }",
            "fn f(r: &axum::Router) {}",
            "fn f() { ::rustix::net::bind(1) }",
            "#[axum::debug_handler] async fn f() {}",
            "fn f() { println!(\"{}\", rustix::io::x()); }",
            "mod a { mod b { use axum::Router; } }",
            "impl From<axum::Error> for E {}",
        ] {
            assert!(code(source).needs_more, "{source}");
        }
    }

    #[test]
    fn is_not_fooled_by_what_only_looks_like_one() {
        for source in [
            "use std::net::TcpListener;",
            "use tokio::net::TcpListener; use bytes::Bytes;",
            "// use axum::Router;\nfn f() {}",
            "/// Like `axum::Router`.\nfn f() {}",
            "//! axum::Router\n",
            "/* use axum::Router; /* nested */ */",
            "const HELP: &str = \"use axum::Router;\";",
            "const RAW: &str = r#\"axum::\"x\" \"#;",
            "fn f() { let axum = 1; let y = axum + 1; }",
            "fn f() { x.axum(); std::axum::y(); }",
            "use std::axum::y;",
            "use crate::{axum};",
            "use std::{io, axum::y};",
            "fn f<'axum>(x: &'axum str) { let c = 'a'; }",
            "mod inline { pub fn f() {} }",
        ] {
            assert!(!code(source).needs_more, "{source}");
        }
    }

    #[test]
    fn sees_files_that_would_not_be_sent_along() {
        for source in [
            "mod frame;",
            "pub mod frame;",
            "const X: &str = include_str!(\"x\");",
            "fn f() { let x = include_bytes!(\"x\"); }",
        ] {
            assert!(code(source).needs_more, "{source}");
        }
    }

    #[test]
    fn main_is_a_function_of_the_file_itself() {
        for (source, has_main) in [
            ("fn main() {}", true),
            ("async fn main() {}", true),
            ("#[tokio::main]\nasync fn main() -> R { Ok(()) }", true),
            ("mod a { fn main() {} }", false),
            ("// fn main() {}", false),
            ("const X: &str = \"fn main() {}\";", false),
            ("fn main_loop() {}", false),
        ] {
            assert_eq!(code(source).has_main, has_main, "{source}");
        }
    }

    #[test]
    fn what_is_not_tokens_runs_nowhere() {
        assert_eq!(Code::of("fn main() { \" }", &BTreeSet::new()), None);
    }

    #[test]
    fn dots_are_resolved_by_name() {
        let folder = Path::new("/book/src/ch03");
        for (written, path) in [
            ("../../listings/a.rs", "/book/listings/a.rs"),
            ("./x/../a.rs", "/book/src/ch03/a.rs"),
            ("a//b.rs", "/book/src/ch03/a/b.rs"),
        ] {
            assert_eq!(resolve(folder, written), Some(PathBuf::from(path)));
        }
        assert_eq!(resolve(Path::new("/"), "../../x"), None);
    }
}
