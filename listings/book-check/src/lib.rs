//! Loads the book and finds what mdBook lets pass in silence.
//!
//! [`Book::load`] yields every page with its fenced blocks expanded, hidden
//! lines included; [`problems`] says what is wrong, with file and line;
//! [`snippets`] turns the Rust blocks into whole programs for a compiler;
//! [`html::problems`] checks the built HTML.

mod book;
mod glossary;
pub mod html;
mod include;
mod links;
mod listings;
mod markdown;
mod pages;
mod render;
mod snippet;

pub use book::{Block, Book, Page};
pub use include::{Include, Kind, Part};
pub use snippet::{Mode, Snippet, snippets};

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the book's root.
    pub file: PathBuf,
    /// The line in that file; the first is 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(
        file: impl Into<PathBuf>,
        line: usize,
        message: impl Into<String>,
    ) -> Self {
        Problem {
            file: file.into(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem {
            file,
            line,
            message,
        } = self;
        write!(f, "{}:{line}: {message}", file.display())
    }
}

/// All that is wrong with the book in `root`, the folder of `book.toml`,
/// ordered by file and line.
///
/// # Errors
/// When the folder cannot be read as a book at all.
pub fn problems(root: &Path) -> Result<Vec<Problem>> {
    let mut found = pages::summary_problems(root)?;
    // mdBook refuses to load a book whose chapters are missing, so the rest
    // can be looked at only when they are there.
    if found.is_empty() {
        let book = Book::load(root)?;
        found.extend(pages::page_problems(&book));
        found.extend(listings::problems(&book)?);
        found.extend(links::problems(&book)?);
        found.extend(snippet::collisions(&book));
        found.extend(glossary::problems(&book));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The packages with a library, of chapters and of exercises, that `tester`
/// (a package's folder, relative to `root`) does not depend on, so that its
/// snippets could not use them.
///
/// # Errors
/// When a manifest cannot be read.
pub fn missing_dependencies(
    root: &Path,
    tester: &Path,
) -> Result<Vec<Problem>> {
    listings::missing_dependencies(root, tester)
}
