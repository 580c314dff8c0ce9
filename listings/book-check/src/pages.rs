//! What can be wrong with a page by itself, and with `SUMMARY.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mdbook_driver::MDBook;

use crate::Problem;
use crate::book::{Block, Book, Page, config};
use crate::include::{Kind, Part, directives, inside, without_anchors};
use crate::markdown::{Fence, parse, unboxed};

/// The boxes a page may have.
const BOXES: [&str; 4] = ["go", "wire", "danger", "exercise"];

/// The words that may follow `rust` in an info string, besides error codes.
const WORDS: [&str; 7] = [
    "compile_fail",
    "ignore",
    "no_run",
    "noplayground",
    "editable",
    "edition2024",
    "mdbook-runnable",
];

/// Entries of `SUMMARY.md` without a file, and files without an entry.
pub(crate) fn summary_problems(root: &Path) -> Result<Vec<Problem>> {
    let summary = Path::new("src/SUMMARY.md");
    let text = fs::read_to_string(root.join(summary))
        .with_context(|| format!("reading {}", root.join(summary).display()))?;
    let mut listed = BTreeSet::from([summary.to_owned()]);
    listed.insert("src/404.md".into());
    let mut found = Vec::new();
    for link in parse(&text).links {
        if link.target.is_empty() {
            continue; // A draft.
        }
        let target = percent_decoded(&link.target);
        let file = inside(&Path::new("src").join(&target));
        match file.filter(|file| root.join(file).is_file()) {
            Some(file) => {
                if !listed.insert(file.clone()) {
                    let file = file.display();
                    let message = format!("{file} is listed twice");
                    found.push(Problem::new(summary, link.line, message));
                }
            }
            None => found.push(Problem::new(
                summary,
                link.line,
                format!(
                    "src/{target} does not exist; write it, or leave the \
                     link empty, `[…]()`, while it is a draft"
                ),
            )),
        }
    }
    for file in files_below(&root.join("src"), "md")? {
        let file = file.strip_prefix(root)?;
        if !listed.contains(file) {
            found.push(Problem::new(
                file,
                1,
                "this page is missing from src/SUMMARY.md, so mdBook leaves \
                 it out of the book",
            ));
        }
    }
    if found.is_empty()
        && let Err(error) =
            MDBook::load_with_config(root, config(root, "links")?)
    {
        found.push(Problem::new(summary, 1, format!("{error:#}")));
    }
    Ok(found)
}

/// The files below `folder` with this extension.
pub(crate) fn files_below(
    folder: &Path,
    extension: &str,
) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)
            .with_context(|| format!("reading {}", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        let code = digits.and_then(|d| u8::from_str_radix(d, 16).ok());
        (bytes, rest) = match (first, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                (bytes, &tail[2..])
            }
            _ => {
                bytes.push(*first);
                (bytes, tail)
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What is wrong with each page by itself.
pub(crate) fn page_problems(book: &Book) -> Vec<Problem> {
    book.pages
        .iter()
        .flat_map(|page| Checker { book, page }.problems())
        .collect()
}

struct Checker<'a> {
    book: &'a Book,
    page: &'a Page,
}

impl Checker<'_> {
    fn at(&self, line: usize, message: impl Into<String>) -> Problem {
        Problem::new(&self.page.path, line, message)
    }

    fn problems(&self) -> Vec<Problem> {
        let mut found = self.fences();
        if self.page.title.is_some() {
            found.extend(self.title());
            found.extend(self.directives());
            found.extend(self.same_when_expanded());
        }
        for block in &self.page.blocks {
            let message = if self.page.title.is_some() {
                self.block_in_book(block)
            } else {
                None
            };
            let message = message.or_else(|| self.block(block));
            found.extend(message.map(|m| self.at(block.line, m)));
        }
        found
    }

    fn title(&self) -> Option<Problem> {
        let page = self.page;
        if page.raw.trim().is_empty() {
            return Some(self.at(1, "this page is empty"));
        }
        let mut titles = page.parsed.headings.iter().filter(|h| h.level == 1);
        let Some(title) = titles.next() else {
            return Some(self.at(1, "this page has no title: a `# ` line"));
        };
        if let Some(second) = titles.next() {
            return Some(self.at(
                second.line,
                format!(
                    "a second title, `# {}`; a page has one, sections begin \
                     with `## `",
                    second.text
                ),
            ));
        }
        let listed = page.title.as_deref().unwrap_or_default();
        let plain = |text: &str| text.replace(['`', '*'], "");
        if plain(&title.text) != plain(listed) {
            return Some(self.at(
                title.line,
                format!(
                    "the title is {:?}, but src/SUMMARY.md says {listed:?}; \
                     they should be the same",
                    title.text
                ),
            ));
        }
        (!page.parsed.has_body).then(|| {
            self.at(title.line, "this page is empty: it has only headings")
        })
    }

    fn fences(&self) -> Vec<Problem> {
        // The fences as written see a box that its content closes too early;
        // those without boxes see what is not closed inside of one.
        let outer = &self.page.outer;
        let all = outer.iter().chain(&self.page.parsed.fences);
        let mut found: Vec<Problem> = all
            .filter(|fence| !fence.closed)
            .map(|fence| {
                let what = if fence.is_box() { "box" } else { "block" };
                self.at(
                    fence.line,
                    format!(
                        "this {what} (`{}`) is never closed; a box that holds \
                         a block needs a longer fence than the block",
                        fence.info
                    ),
                )
            })
            .collect();
        let mut text = self.page.raw.clone();
        loop {
            let fences = parse(&text).fences;
            found.extend(fences.iter().filter_map(|f| self.r#box(f)));
            let next = unboxed(&text);
            if next == text {
                break;
            }
            text = next;
        }
        found.sort();
        found.dedup();
        found
    }

    fn r#box(&self, fence: &Fence) -> Option<Problem> {
        let words = fence.words();
        let first = words.first().copied().unwrap_or_default();
        let allowed = BOXES.join(", ");
        let message = if first == "admonish" {
            match words.get(1) {
                Some(kind) if BOXES.contains(kind) => {
                    if !fence.text.trim().is_empty() {
                        return None;
                    }
                    format!("this box (`{}`) is empty", fence.info)
                }
                Some(kind) => {
                    format!("no box is called `{kind}`; there are: {allowed}")
                }
                None => format!("`admonish` needs a kind: {allowed}"),
            }
        } else if first.starts_with("ad") || first.contains("monish") {
            format!("`{first}` is not `admonish`, so it makes no box")
        } else {
            return None;
        };
        Some(self.at(fence.line, message))
    }

    fn directives(&self) -> Vec<Problem> {
        let page = self.page;
        let folder = page.path.parent().unwrap_or(Path::new(""));
        let all = directives(&page.raw, folder);
        let mut found: Vec<Problem> = all
            .strange
            .iter()
            .map(|(line, text)| {
                self.at(
                    *line,
                    format!(
                        "`{text}` is not a directive: use \
                         `{{{{#include PATH}}}}` or \
                         `{{{{#rustdoc_include PATH}}}}` on one line"
                    ),
                )
            })
            .collect();
        for include in &all.includes {
            let problem = include.problem(&self.book.root);
            found.extend(problem.map(|m| self.at(include.line, m)));
        }
        if found.is_empty() && !all.escaped {
            for block in &page.blocks {
                if block.expanded.contains("{{#") {
                    found.push(self.at(
                        block.line,
                        "`{{#` is left in this block once it is expanded; \
                         does the included file hold a directive?",
                    ));
                }
            }
            if found.is_empty() && page.expanded.contains("{{#") {
                found.push(
                    self.at(
                        1,
                        "`{{#` is left in this page once it is expanded",
                    ),
                );
            }
        }
        found
    }

    /// A listing that holds a fence would end its block early.
    fn same_when_expanded(&self) -> Option<Problem> {
        let page = self.page;
        let rust = |info: &str| info.starts_with("rust");
        let expanded = parse(&unboxed(&page.expanded)).fences;
        let mut expanded = expanded.iter().filter(|fence| rust(&fence.info));
        for block in page.blocks.iter().filter(|block| rust(&block.info)) {
            let shown = expanded.next().map(|fence| fence.text.trim_end());
            if shown != Some(block.expanded.trim_end()) {
                return Some(self.at(
                    block.line,
                    "this block breaks once it is expanded; does a listing \
                     hold a line of backticks, or is the block indented?",
                ));
            }
        }
        None
    }

    /// What is wrong with a block, wherever it stands.
    fn block(&self, block: &Block) -> Option<String> {
        if block.expanded.trim().is_empty() {
            return Some(format!("this block (`{}`) is empty", block.info));
        }
        let words = block.words();
        let first = words.first().copied().unwrap_or_default();
        if !block.is_rust() {
            return ["rs", "rust"]
                .contains(&first.to_ascii_lowercase().as_str())
                .then(|| {
                    format!("a Rust block begins with `rust`, not `{first}`")
                });
        }
        if block.has("should_panic") {
            return Some(
                "`should_panic` also passes when the block does not compile; \
                 show the panic's message in a `text` block from output/"
                    .into(),
            );
        }
        let codes: Vec<_> =
            words.iter().filter(|word| is_error_code(word)).collect();
        if let Some(word) = words[1..]
            .iter()
            .find(|word| !WORDS.contains(word) && !is_error_code(word))
        {
            return Some(format!(
                "`{word}` means nothing on a Rust block; known are {}",
                WORDS.join(", ")
            ));
        }
        if block.has("compile_fail") != (codes.len() == 1) {
            return Some(
                "`compile_fail` and one error code go together: \
                 `rust,compile_fail,E0382`"
                    .into(),
            );
        }
        for word in ["ignore", "no_run"] {
            if block.has(word) && !self.has_reason(block.line) {
                return Some(format!(
                    "`{word}` needs a reason: an HTML comment, \
                     `<!-- why -->`, directly before the block"
                ));
            }
        }
        None
    }

    /// What is wrong with a block on a page of the book.
    fn block_in_book(&self, block: &Block) -> Option<String> {
        if block.indented && !block.includes.is_empty() {
            return Some(
                "this block is indented, but mdBook does not indent what it \
                 includes; begin the fence at the left margin"
                    .into(),
            );
        }
        if !block.is_rust() {
            return None;
        }
        let typed = block
            .raw
            .lines()
            .find(|line| !line.trim().is_empty() && !is_include(line));
        if let Some(typed) = typed {
            return Some(format!(
                "Rust typed into a page is not tested as part of a package: \
                 `{}`; put it into listings/ and include it",
                typed.trim()
            ));
        }
        for include in &block.includes {
            if include.problem(&self.book.root).is_some() {
                return None; // Reported where directives are.
            }
            let file = include.file.as_deref()?;
            if !file.starts_with("listings") {
                return Some(format!(
                    "includes {}, but Rust comes from listings/",
                    file.display()
                ));
            }
            if include.kind == Kind::Include && include.part != Part::Whole {
                return Some(format!(
                    "`include` shows a fragment of {} that cannot be run; \
                     use `rustdoc_include`, which hides the rest",
                    file.display()
                ));
            }
        }
        self.altered(block)
    }

    /// A shown line of a listing that begins with `# ` or `##` (in a string,
    /// say) would be hidden or changed.
    fn altered(&self, block: &Block) -> Option<String> {
        let [include] = &block.includes[..] else {
            return None;
        };
        let file = include.file.as_deref()?;
        let text = fs::read_to_string(self.book.root.join(file)).ok()?;
        let whole = match (include.kind, &include.part) {
            (Kind::RustdocInclude, Part::Anchor(_)) => without_anchors(&text),
            (_, Part::Whole) | (Kind::RustdocInclude, _) => text,
            _ => return None,
        };
        let changed = whole
            .trim_end()
            .lines()
            .zip(block.code.trim_end().lines().chain(std::iter::repeat("")))
            .find(|(listing, shown)| listing.trim_end() != shown.trim_end());
        changed.map(|(listing, _)| {
            format!(
                "mdBook hides or changes this line of {}: `{}`; a line may \
                 not begin with `# ` or `##`",
                file.display(),
                listing.trim()
            )
        })
    }

    /// Whether an HTML comment that says something ends right before `line`.
    fn has_reason(&self, line: usize) -> bool {
        let text = unboxed(&self.page.raw);
        let before: Vec<&str> = text.lines().take(line - 1).collect();
        let before = before.join("\n");
        before
            .trim_end()
            .strip_suffix("-->")
            .and_then(|text| text.rsplit_once("<!--"))
            .is_some_and(|(_, reason)| !reason.trim().is_empty())
    }
}

pub(crate) fn is_error_code(word: &str) -> bool {
    word.len() == 5
        && word.starts_with('E')
        && word[1..].bytes().all(|byte| byte.is_ascii_digit())
}

fn is_include(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("{{") && line.ends_with("}}") && line.contains("include ")
}
