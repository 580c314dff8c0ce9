//! What must be shown by a page, and what an output file must be.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result};
use regex::Regex;

use crate::Problem;
use crate::book::Book;

static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\$ .*\bcargo run\b.* -p (\S+) --bin (\S+)")
        .expect("a constant regex")
});

/// A package in `listings/`.
#[derive(Debug)]
pub(crate) struct Package {
    pub name: String,
    /// What its library is called in Rust.
    pub library: String,
    /// Its folder, relative to the book's root.
    pub folder: PathBuf,
}

impl Package {
    fn is_exercise(&self) -> bool {
        self.folder.starts_with("listings/exercises")
    }

    /// Whether it belongs to a chapter: `listings/ch…`.
    fn is_chapter(&self) -> bool {
        self.folder
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("ch"))
            && !self.is_exercise()
    }
}

/// The packages in `listings/` and `listings/exercises/`.
pub(crate) fn packages(root: &Path) -> Result<Vec<Package>> {
    let mut packages = Vec::new();
    for parent in ["listings", "listings/exercises"] {
        for folder in entries(&root.join(parent))? {
            let manifest = folder.join("Cargo.toml");
            let Ok(text) = fs::read_to_string(&manifest) else {
                continue;
            };
            let table: toml::Table = toml::from_str(&text)
                .with_context(|| format!("reading {}", manifest.display()))?;
            let name = |table: Option<&toml::Value>| {
                Some(table?.get("name")?.as_str()?.to_owned())
            };
            let Some(package) = name(table.get("package")) else {
                continue;
            };
            let library = name(table.get("lib"))
                .unwrap_or_else(|| package.replace('-', "_"));
            packages.push(Package {
                name: package,
                library,
                folder: folder.strip_prefix(root)?.to_owned(),
            });
        }
    }
    Ok(packages)
}

/// What is in a folder, in order; nothing if there is no such folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut paths = entries(folder)?;
    paths.retain(|path| path.extension().is_some_and(|e| e == extension));
    Ok(paths)
}

/// Listings and outputs that no page shows, exercises that no page names,
/// outputs whose program is not there or not on the page.
pub(crate) fn problems(book: &Book) -> Result<Vec<Problem>> {
    let root = &book.root;
    let packages = packages(root)?;
    let pages = || book.pages.iter().filter(|page| page.title.is_some());
    let shown: BTreeSet<&Path> = pages()
        .flat_map(|page| &page.blocks)
        .flat_map(|block| &block.includes)
        .filter_map(|include| include.file.as_deref())
        .collect();
    let mut found = Vec::new();
    for package in &packages {
        let folder = root.join(&package.folder);
        let mut listings = Vec::new();
        if package.is_chapter() {
            listings.extend(files(&folder.join("src/bin"), "rs")?);
            listings.extend(files(&folder.join("compile_fail"), "rs")?);
            let outputs = files(&folder.join("output"), "txt")?;
            for output in &outputs {
                let file = output.strip_prefix(root)?;
                let program = program(root, file, &packages);
                found.extend(program.err());
            }
            listings.extend(outputs);
        } else if package.is_exercise() {
            listings.extend(
                Some(folder.join("src/solution.rs")).filter(|f| f.is_file()),
            );
            let command = format!("cargo test -p {} -- yours", package.name);
            if !pages().any(|page| page.raw.contains(&command)) {
                found.push(Problem::new(
                    package.folder.join("Cargo.toml"),
                    1,
                    format!("no page gives this exercise: `{command}`"),
                ));
            }
        }
        for listing in listings {
            let file = listing.strip_prefix(root)?;
            if !shown.contains(file) {
                found.push(Problem::new(
                    file,
                    1,
                    "no page shows this file; include it, or delete it",
                ));
            }
        }
    }
    found.extend(outputs_without_program(book, &packages));
    Ok(found)
}

/// The program that the first line of an output file runs.
fn program(
    root: &Path,
    file: &Path,
    packages: &[Package],
) -> Result<PathBuf, Problem> {
    let problem = |message: String| Problem::new(file, 1, message);
    let text = fs::read_to_string(root.join(file)).unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    let Some(command) = COMMAND.captures(first) else {
        return Err(problem(format!(
            "the first line must be `$ cargo run -p PACKAGE --bin PROGRAM`, \
             not `{first}`"
        )));
    };
    let (package, bin) = (&command[1], &command[2]);
    let Some(package) = packages.iter().find(|p| p.name == package) else {
        return Err(problem(format!(
            "`{first}`: there is no package {package} in listings/"
        )));
    };
    let source = package.folder.join(format!("src/bin/{bin}.rs"));
    if !root.join(&source).is_file() {
        return Err(problem(format!(
            "`{first}`: there is no program {}",
            source.display()
        )));
    }
    Ok(source)
}

fn outputs_without_program(book: &Book, packages: &[Package]) -> Vec<Problem> {
    let mut found = Vec::new();
    for page in book.pages.iter().filter(|page| page.title.is_some()) {
        let includes = || page.blocks.iter().flat_map(|b| &b.includes);
        for include in includes() {
            let Some(file) = include.file.as_deref() else {
                continue;
            };
            let is_output = file.extension().is_some_and(|e| e == "txt")
                && file.parent().is_some_and(|p| p.ends_with("output"));
            if !is_output || !book.root.join(file).is_file() {
                continue;
            }
            let Ok(source) = program(&book.root, file, packages) else {
                continue; // Reported where the file is.
            };
            let shown =
                includes().any(|other| other.file.as_deref() == Some(&source));
            if !shown {
                found.push(Problem::new(
                    &page.path,
                    include.line,
                    format!(
                        "shows what {} prints, but not the program; include \
                         it on this page",
                        source.display()
                    ),
                ));
            }
        }
    }
    found
}

/// See [`crate::missing_dependencies`].
pub(crate) fn missing_dependencies(
    root: &Path,
    tester: &Path,
) -> Result<Vec<Problem>> {
    let manifest = tester.join("Cargo.toml");
    let text = fs::read_to_string(root.join(&manifest))?;
    let table: toml::Table = toml::from_str(&text)?;
    let known: BTreeSet<&str> = ["dependencies", "dev-dependencies"]
        .iter()
        .filter_map(|kind| table.get(*kind)?.as_table())
        .flat_map(|table| table.keys().map(String::as_str))
        .collect();
    let mut found = Vec::new();
    for package in packages(root)? {
        let wanted = package.is_chapter() || package.is_exercise();
        let library = root.join(&package.folder).join("src/lib.rs").is_file();
        if wanted && library && !known.contains(package.name.as_str()) {
            found.push(Problem::new(
                &manifest,
                1,
                format!(
                    "the book's snippets cannot use {name}: add {name} to \
                     [dev-dependencies] of {}",
                    manifest.display(),
                    name = package.name
                ),
            ));
        }
    }
    Ok(found)
}
