//! Links inside the book, in Markdown and in raw HTML.

use std::path::Path;
use std::sync::LazyLock;

use anyhow::Result;
use regex::Regex;

use crate::Problem;
use crate::book::{Book, Page};
use crate::include::inside;
use crate::markdown::{Link, line_of, unboxed};
use crate::pages::percent_decoded;
use crate::render::{Ids, ids};

static SCHEME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("^([A-Za-z][A-Za-z0-9+.-]*):").expect("a constant regex")
});
static COMMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?s)<!--.*?-->").expect("a constant regex"));
static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?s)\s(?P<name>href|xlink:href|src|srcset|poster|data)\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[^\s"'>]+))"#,
    )
    .expect("a constant regex")
});

/// Links that lead nowhere, and references that are not defined.
pub(crate) fn problems(book: &Book) -> Result<Vec<Problem>> {
    let ids = ids(book)?;
    let mut found = Vec::new();
    for page in &book.pages {
        for (line, text) in &page.parsed.undefined {
            found.push(Problem::new(
                &page.path,
                *line,
                format!(
                    "`{text}` has no definition, so it stays as text; define \
                     it, or write `\\[` if brackets are meant"
                ),
            ));
        }
        let links = page.parsed.links.iter();
        for Link { line, target } in links.chain(&html_links(page)) {
            let message = if page.title.is_some() {
                link_problem(book, page, target, &ids)
            } else {
                file_problem(book, target)
            };
            found.extend(
                message.map(|message| Problem::new(&page.path, *line, message)),
            );
        }
    }
    Ok(found)
}

fn html_links(page: &Page) -> Vec<Link> {
    let text = unboxed(&page.raw);
    let mut links = Vec::new();
    for range in &page.parsed.html {
        let html = COMMENT
            .replace_all(&text[range.clone()], |c: &regex::Captures<'_>| {
                " ".repeat(c[0].len())
            });
        for capture in ATTRIBUTE.captures_iter(&html) {
            let value = ["a", "b", "c"]
                .iter()
                .find_map(|name| capture.name(name))
                .expect("one of the three");
            let line = line_of(&text, range.start + value.start());
            for target in targets(&capture["name"], value.as_str()) {
                links.push(Link {
                    line,
                    target: target.to_owned(),
                });
            }
        }
    }
    links
}

/// The addresses in an attribute: `srcset` holds several.
pub(crate) fn targets<'a>(name: &str, value: &'a str) -> Vec<&'a str> {
    if name == "srcset" {
        value
            .split(',')
            .filter_map(|part| part.split_whitespace().next())
            .collect()
    } else {
        vec![value]
    }
}

/// Whether `target` leads out of the book; `Err` when it should not.
fn external(target: &str) -> Result<bool, String> {
    if target.starts_with("//") {
        return Ok(true);
    }
    match SCHEME.captures(target) {
        None => Ok(false),
        Some(c) if matches!(&c[1], "http" | "https" | "mailto" | "data") => {
            Ok(true)
        }
        Some(c) => Err(format!(
            "the link to {target} has the scheme `{}:`; a book links to \
             https, http and mailto",
            &c[1]
        )),
    }
}

fn link_problem(
    book: &Book,
    page: &Page,
    target: &str,
    ids: &Ids,
) -> Option<String> {
    match external(target) {
        Ok(true) => return None,
        Ok(false) => {}
        Err(message) => return Some(message),
    }
    if target.starts_with('/') {
        return Some(format!(
            "the link to {target} begins with `/`, which breaks where the \
             book is not at the root of its host; make it relative"
        ));
    }
    let (path, fragment) = match target.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (target, None),
    };
    let path = percent_decoded(path.split('?').next().unwrap_or_default());
    let own = page.path.strip_prefix("src").unwrap_or(&page.path);
    let html = if path.is_empty() {
        Some(crate::render::html_path(own))
    } else {
        let folder = own.parent().unwrap_or(Path::new(""));
        let path = path
            .strip_suffix(".md")
            .map_or_else(|| path.clone(), |stem| format!("{stem}.html"));
        inside(&folder.join(path))
    };
    let Some(html) = html else {
        return Some(format!(
            "the link to {target} leads out of src/, which is not part of \
             the built book"
        ));
    };
    let known = ids.get(&html).or_else(|| ids.get(&html.join("index.html")));
    match (known, fragment) {
        (Some(_), None | Some("")) => None,
        (Some(known), Some(fragment)) => {
            let fragment = percent_decoded(fragment);
            (!known.contains(&fragment)).then(|| {
                format!(
                    "the link to {target}: there is no id `{fragment}` on \
                     that page{}",
                    nearest(&fragment, known.iter().map(String::as_str))
                )
            })
        }
        (None, _) => not_a_page(book, target, &path, &html),
    }
}

fn not_a_page(
    book: &Book,
    target: &str,
    path: &str,
    html: &Path,
) -> Option<String> {
    let src = book.root.join("src");
    if path.ends_with(".md") {
        let file = html.with_extension("md");
        return Some(if src.join(&file).is_file() {
            format!("the link to {target}: that page is not in the book")
        } else {
            format!(
                "the link to {target}: there is no page src/{}",
                file.display()
            )
        });
    }
    (!src.join(html).is_file()).then(|| {
        format!(
            "the link to {target}: there is no file src/{}",
            html.display()
        )
    })
}

/// A link in a file beside the book: to a file of the repository.
fn file_problem(book: &Book, target: &str) -> Option<String> {
    match external(target) {
        Ok(true) => return None,
        Ok(false) => {}
        Err(message) => return Some(message),
    }
    let path = target.split('#').next().unwrap_or_default();
    let path = percent_decoded(path);
    let there = inside(Path::new(&path))
        .is_some_and(|path| book.root.join(path).exists());
    (!there).then(|| {
        format!("the link to {target}: there is no such file in the repository")
    })
}

/// A hint when an id differs from a known one only in letters or dashes.
fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> String {
    let plain = |id: &str| -> String {
        let id = id.to_lowercase();
        id.chars().filter(|c| c.is_alphanumeric()).collect()
    };
    let start = |id: &str| plain(id).chars().take(4).collect::<String>();
    let near: Vec<&str> = known
        .filter(|id| start(id) == start(wanted))
        .take(3)
        .collect();
    if near.is_empty() {
        String::new()
    } else {
        format!("; there is `{}`", near.join("`, `"))
    }
}
