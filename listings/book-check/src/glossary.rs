//! The glossary: a table in alphabetical order, each term with a page that
//! uses it.

use std::path::Path;

use crate::Problem;
use crate::book::{Book, Page};

const GLOSSARY: &str = "src/appendix/glossary.md";

const CHINESE: &str = "<span lang=\"zh-Hans\">";

/// A row of the table.
struct Row<'a> {
    line: usize,
    term: &'a str,
    chinese: &'a str,
    meaning: &'a str,
}

/// Rows out of order, without a translation, or whose term is on none of the
/// pages that they link.
pub(crate) fn problems(book: &Book) -> Vec<Problem> {
    let glossary = Path::new(GLOSSARY);
    let Some(page) = book.pages.iter().find(|page| page.path == glossary)
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut say = |line, message| {
        found.push(Problem::new(GLOSSARY, line, message));
    };
    let mut last = String::new();
    for row in rows(&page.raw) {
        let Row { line, term, .. } = row;
        let key = sort_key(term);
        if key <= last {
            say(line, format!("`{term}` has to stand before `{last}`"));
        }
        last = key;
        if !is_chinese(row.chinese) {
            say(
                line,
                format!("`{term}` has no 中文, written {CHINESE}…</span>"),
            );
        }
        let linked: Vec<&Page> = linked(book, row.meaning).collect();
        if linked.is_empty() {
            say(line, format!("`{term}` links no page of the book"));
        } else if !linked.iter().any(|page| uses(page, term)) {
            say(line, format!("the page linked does not use `{term}`"));
        }
    }
    found
}

/// Whether a cell is marked as Chinese, for fonts and for readers aloud.
fn is_chinese(cell: &str) -> bool {
    let text = cell
        .strip_prefix(CHINESE)
        .and_then(|cell| cell.strip_suffix("</span>"));
    text.is_some_and(|text| !text.is_empty())
}

fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    text.lines().enumerate().filter_map(|(index, text)| {
        let cells = text.strip_prefix('|')?.strip_suffix('|')?;
        let mut cells = cells.splitn(3, '|').map(str::trim);
        let (term, chinese) = (cells.next()?, cells.next()?);
        let heads = term == "term" || term.starts_with("---");
        (!heads).then_some(Row {
            line: index + 1,
            term,
            chinese,
            meaning: cells.next().unwrap_or(""),
        })
    })
}

/// Letters and digits alone, in lower case: `file descriptor` before `FIN`.
fn sort_key(term: &str) -> String {
    let letters = term.chars().filter(|c| c.is_alphanumeric() || *c == ' ');
    letters.flat_map(char::to_lowercase).collect()
}

fn linked<'a>(
    book: &'a Book,
    meaning: &'a str,
) -> impl Iterator<Item = &'a Page> {
    meaning.split("](../").skip(1).filter_map(|rest| {
        let end = rest.find([')', '#'])?;
        let path = Path::new("src").join(&rest[..end]);
        book.pages.iter().find(|page| page.path == path)
    })
}

/// Whether one of the forms of `term`, which commas part, is on the page.
/// Spaces and line breaks are one; what stands in parentheses is a remark.
fn uses(page: &Page, term: &str) -> bool {
    let words = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").to_lowercase()
    };
    let text = words(&page.expanded);
    let bare = |form: &str| words(&form.replace('`', ""));
    let plain = text.replace(['`', '*'], "");
    term.split(" (")
        .next()
        .unwrap_or(term)
        .split(',')
        .map(bare)
        .any(|form| !form.is_empty() && plain.contains(&form))
}
