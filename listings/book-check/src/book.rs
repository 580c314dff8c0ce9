//! The book, loaded and expanded by mdBook itself.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use mdbook_driver::book::{BookItem, Chapter};
use mdbook_driver::builtin_renderers::MarkdownRenderer;
use mdbook_driver::config::Config;

use crate::include::{Include, directives, unhidden};
use crate::markdown::{self, Fence, Parsed, parse, unboxed};

/// A book and its pages.
#[derive(Debug)]
pub struct Book {
    /// The folder of `book.toml`.
    pub root: PathBuf,
    /// The pages in the order of `SUMMARY.md`, drafts left out, then
    /// `README.md` and `CONTRIBUTING.md` of the repository if they are there.
    pub pages: Vec<Page>,
}

/// A page.
#[derive(Debug)]
pub struct Page {
    /// Its source, relative to the book's root: `src/ch03-sockets/tcp.md`.
    pub path: PathBuf,
    /// What `SUMMARY.md` calls it; `None` for a file beside the book.
    pub title: Option<String>,
    /// Its text as written.
    pub raw: String,
    /// Its text with the includes expanded.
    pub expanded: String,
    /// Its fenced blocks, those in boxes too, but not the boxes.
    pub blocks: Vec<Block>,
    pub(crate) parsed: Parsed,
    /// The boxes, and every other fence outside of a box.
    pub(crate) outer: Vec<Fence>,
}

/// A fenced block.
#[derive(Debug)]
pub struct Block {
    /// The line of the opening fence in the page.
    pub line: usize,
    /// The info string: `rust,noplayground`.
    pub info: String,
    /// The nearest heading of level one or two before it.
    pub section: String,
    /// What it includes.
    pub includes: Vec<Include>,
    /// Its text as written.
    pub raw: String,
    /// Its text with the includes expanded, hidden lines marked by `# `.
    pub expanded: String,
    /// Its text as a compiler sees it: expanded, nothing hidden.
    pub code: String,
    pub(crate) indented: bool,
}

impl Block {
    /// The words of the info string.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        markdown::words(&self.info)
    }

    /// Whether mdBook shows it as Rust.
    #[must_use]
    pub fn is_rust(&self) -> bool {
        self.words().first() == Some(&"rust")
    }

    /// Whether the info string has this word.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.words().contains(&word)
    }
}

/// Files beside the book whose Rust is proved too. They may hold typed Rust,
/// since no tool expands includes there.
const BESIDE: [&str; 2] = ["README.md", "CONTRIBUTING.md"];

impl Book {
    /// Loads the book in `root`, the folder of `book.toml`.
    ///
    /// # Errors
    /// When mdBook cannot load it, for one because a chapter is missing.
    pub fn load(root: &Path) -> Result<Book> {
        let mut book =
            MDBook::load_with_config(root, config(root, "links")?)
                .with_context(|| format!("loading {}", root.display()))?;
        let mut pages = read_pages(&book);
        // mdBook expands the pages, and each block as a page of its own: so a
        // block is exactly what a reader sees, and its lines stay known.
        for page in &pages {
            let path = page.path.strip_prefix("src").unwrap_or(&page.path);
            for block in &page.blocks {
                let chapter =
                    Chapter::new("", block.raw.clone(), path, Vec::new());
                book.book.items.push(BookItem::Chapter(chapter));
            }
        }
        let (expanded, _) = book.preprocess_book(&MarkdownRenderer::new())?;
        let mut texts = expanded
            .iter()
            .filter_map(|item| match item {
                BookItem::Chapter(c) if c.path.is_some() => {
                    Some(c.content.clone())
                }
                _ => None,
            })
            .collect::<Vec<_>>()
            .into_iter();
        for page in &mut pages {
            page.expanded = texts.next().context("a page vanished")?;
        }
        for block in pages.iter_mut().flat_map(|page| &mut page.blocks) {
            block.expanded = texts.next().context("a block vanished")?;
            block.code = unhidden(&block.expanded);
        }
        for name in BESIDE {
            if let Ok(raw) = fs::read_to_string(root.join(name)) {
                let mut page = page(name.into(), None, raw.clone());
                page.expanded = raw;
                for block in &mut page.blocks {
                    block.expanded.clone_from(&block.raw);
                    block.code = unhidden(&block.raw);
                }
                pages.push(page);
            }
        }
        Ok(Book {
            root: root.to_owned(),
            pages,
        })
    }
}

/// `book.toml` with one preprocessor, a built-in one, and no output but HTML.
pub(crate) fn config(root: &Path, preprocessor: &str) -> Result<Config> {
    let text = fs::read_to_string(root.join("book.toml"))
        .with_context(|| format!("reading {}/book.toml", root.display()))?;
    let mut table: toml::Table = toml::from_str(&text)?;
    for (key, value) in [
        ("output", toml::Table::new()),
        (
            "preprocessor",
            toml::Table::from_iter([(
                preprocessor.to_owned(),
                toml::Value::Table(toml::Table::new()),
            )]),
        ),
    ] {
        table.insert(key.to_owned(), toml::Value::Table(value));
    }
    let mut config: Config = toml::to_string(&table)?.parse()?;
    config.build.use_default_preprocessors = false;
    config.build.create_missing = false;
    Ok(config)
}

fn read_pages(book: &MDBook) -> Vec<Page> {
    book.iter()
        .filter_map(|item| match item {
            BookItem::Chapter(chapter) => {
                let path = chapter.source_path.as_ref()?;
                Some(page(
                    book.config.book.src.join(path),
                    Some(chapter.name.clone()),
                    chapter.content.clone(),
                ))
            }
            _ => None,
        })
        .collect()
}

fn page(path: PathBuf, title: Option<String>, raw: String) -> Page {
    let text = unboxed(&raw);
    let parsed = parse(&text);
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let blocks = parsed
        .fences
        .iter()
        .map(|fence| {
            let mut includes = directives(&fence.text, &folder).includes;
            for include in &mut includes {
                include.line += fence.line;
            }
            Block {
                line: fence.line,
                info: fence.info.clone(),
                section: section(&parsed, fence.line),
                includes,
                raw: fence.text.clone(),
                expanded: String::new(),
                code: String::new(),
                indented: fence.indented,
            }
        })
        .collect();
    Page {
        outer: parse(&raw).fences,
        expanded: String::new(),
        path,
        title,
        raw,
        blocks,
        parsed,
    }
}

fn section(parsed: &Parsed, line: usize) -> String {
    parsed
        .headings
        .iter()
        .rfind(|heading| heading.level < 3 && heading.line < line)
        .map(|heading| heading.text.clone())
        .unwrap_or_default()
}
