//! The built HTML: links, resources and ids.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use regex::Regex;
use scraper::{ElementRef, Html, Selector};

use crate::Problem;
use crate::include::inside;
use crate::links::targets;
use crate::pages::{files_below, percent_decoded};

static ANY: LazyLock<Selector> =
    LazyLock::new(|| Selector::parse("*").expect("a constant selector"));
static CSS_URL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:url\(\s*["']?|@import\s+["'])([^"')\s]+)"#)
        .expect("a constant regex")
});
static SCRIPT_HREF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"href=\\?"([^"\\]+)\\?""#).expect("a constant regex")
});
static EXTERNAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("^(?:[A-Za-z][A-Za-z0-9+.-]*:|//)").expect("a constant regex")
});

/// What points somewhere: a link is followed, a resource is loaded.
#[derive(Debug)]
struct Reference {
    target: String,
    resource: bool,
    what: String,
}

#[derive(Debug, Default)]
struct Page {
    ids: BTreeSet<String>,
    references: Vec<Reference>,
    /// Addresses are relative to the root: `404.html` has a `<base>`.
    based: bool,
}

/// What is wrong with the HTML below `folder`. Lines are where the address or
/// the id first stands in the file.
///
/// # Errors
/// When the folder cannot be read or holds no HTML.
pub fn problems(folder: &Path) -> Result<Vec<Problem>> {
    let mut found = Vec::new();
    let mut pages = BTreeMap::new();
    for file in files_below(folder, "html")? {
        let text = fs::read_to_string(&file)
            .with_context(|| format!("reading {}", file.display()))?;
        let name = file.strip_prefix(folder)?.to_owned();
        let (page, twice) = read(&text);
        for id in twice {
            let line = line_with(&text, &[&format!("id=\"{id}\"")], 2);
            let message = format!("the id `{id}` occurs more than once");
            found.push(Problem::new(&name, line, message));
        }
        pages.insert(name, (page, text));
    }
    ensure!(
        !pages.is_empty(),
        "there is no HTML in {}",
        folder.display()
    );
    let site = Site {
        folder,
        pages: &pages,
    };
    for (name, (page, text)) in &pages {
        for reference in &page.references {
            let base = if page.based {
                Path::new("")
            } else {
                parent(name)
            };
            if let Some(message) = site.problem(name, base, reference) {
                let escaped = reference.target.replace('&', "&amp;");
                let line = line_with(text, &[&reference.target, &escaped], 1);
                found.push(Problem::new(name, line, message));
            }
        }
    }
    found.extend(site.styles()?);
    found.extend(site.table_of_contents()?);
    found.sort();
    found.dedup();
    Ok(found)
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// The line in which one of `needles` stands for the `n`th time, or 1.
fn line_with(text: &str, needles: &[&str], n: usize) -> usize {
    text.lines()
        .enumerate()
        .filter(|(_, line)| needles.iter().any(|n| line.contains(n)))
        .map(|(i, _)| i + 1)
        .take(n)
        .last()
        .unwrap_or(1)
}

/// A page, and the ids that occur in it more than once.
fn read(text: &str) -> (Page, Vec<String>) {
    let html = Html::parse_document(text);
    let mut page = Page::default();
    let mut twice = Vec::new();
    for element in html.select(&ANY) {
        if let Some(id) = element.attr("id")
            && !page.ids.insert(id.to_owned())
        {
            twice.push(id.to_owned());
        }
        match element.value().name() {
            "base" => page.based |= element.attr("href").is_some(),
            "a" => page.ids.extend(element.attr("name").map(String::from)),
            "style" => {
                let css: String = element.text().collect();
                page.references.extend(css_references(&css));
            }
            _ => {}
        }
        if let Some(style) = element.attr("style") {
            page.references.extend(css_references(style));
        }
        page.references.extend(references(element));
    }
    (page, twice)
}

fn references(element: ElementRef<'_>) -> Vec<Reference> {
    let tag = element.value().name();
    let mut found = Vec::new();
    for (name, value) in element.value().attrs() {
        let resource = match (tag, name) {
            ("a" | "area", "href" | "xlink:href") => false,
            ("base", _) => continue,
            ("link", "href") => loads(element.attr("rel").unwrap_or_default()),
            (_, "href" | "xlink:href" | "src" | "srcset" | "poster") => true,
            ("object", "data") => true,
            _ => continue,
        };
        for target in targets(name, value) {
            found.push(Reference {
                target: target.to_owned(),
                resource,
                what: format!("<{tag} {name}>"),
            });
        }
    }
    found
}

/// Whether a browser fetches a `<link>` of this relation by itself.
fn loads(rel: &str) -> bool {
    !rel.split_whitespace().all(|rel| {
        [
            "canonical",
            "alternate",
            "author",
            "license",
            "next",
            "prev",
        ]
        .contains(&rel)
    })
}

fn css_references(css: &str) -> Vec<Reference> {
    CSS_URL
        .captures_iter(css)
        .map(|capture| Reference {
            target: capture[1].to_owned(),
            resource: true,
            what: "the style".into(),
        })
        .collect()
}

struct Site<'a> {
    folder: &'a Path,
    pages: &'a BTreeMap<PathBuf, (Page, String)>,
}

impl Site<'_> {
    /// What is wrong with a reference on the page `name`, whose addresses are
    /// relative to `base`.
    fn problem(
        &self,
        name: &Path,
        base: &Path,
        reference: &Reference,
    ) -> Option<String> {
        let Reference {
            target,
            resource,
            what,
        } = reference;
        if target.starts_with("data:") {
            return None;
        }
        if EXTERNAL.is_match(target) {
            return resource.then(|| {
                format!(
                    "{what} loads {target} from another host; ship the file \
                     with the book"
                )
            });
        }
        let (path, fragment) = match target.split_once('#') {
            Some((path, fragment)) => (path, fragment),
            None => (target.as_str(), ""),
        };
        let path = percent_decoded(path.split('?').next().unwrap_or_default());
        let file = if path.is_empty() {
            Some(name.to_owned())
        } else if path.starts_with('/') {
            return Some(format!(
                "{what} points to {target}, which breaks where the book is \
                 not at the root of its host"
            ));
        } else {
            inside(&base.join(&path))
        };
        let Some(mut file) = file else {
            return Some(format!("{what} points to {target}, out of the book"));
        };
        if self.folder.join(&file).is_dir() {
            file.push("index.html");
        }
        if !self.folder.join(&file).is_file() {
            return Some(format!(
                "{what} points to {target}, but there is no {}",
                file.display()
            ));
        }
        let fragment = percent_decoded(fragment);
        if fragment.is_empty() || fragment == "top" {
            return None;
        }
        let (page, _) = self.pages.get(&file)?;
        (!page.ids.contains(&fragment)).then(|| {
            format!(
                "{what} points to {target}, but there is no id `{fragment}` \
                 in {}",
                file.display()
            )
        })
    }

    fn styles(&self) -> Result<Vec<Problem>> {
        let mut found = Vec::new();
        for file in files_below(self.folder, "css")? {
            let text = fs::read_to_string(&file)?;
            let name = file.strip_prefix(self.folder)?;
            for reference in css_references(&text) {
                let message = self.problem(name, parent(name), &reference);
                found.extend(message.map(|message| {
                    let line = line_with(&text, &[&reference.target], 1);
                    Problem::new(name, line, message)
                }));
            }
        }
        Ok(found)
    }

    /// The sidebar is HTML inside of `toc.js`, relative to the root.
    fn table_of_contents(&self) -> Result<Vec<Problem>> {
        let mut found = Vec::new();
        for file in files_below(self.folder, "js")? {
            let name = file.strip_prefix(self.folder)?;
            if !name.to_string_lossy().starts_with("toc") {
                continue;
            }
            let text = fs::read_to_string(&file)?;
            for capture in SCRIPT_HREF.captures_iter(&text) {
                let reference = Reference {
                    target: capture[1].to_owned(),
                    resource: false,
                    what: "the table of contents".into(),
                };
                let message = self.problem(name, Path::new(""), &reference);
                found.extend(message.map(|m| Problem::new(name, 1, m)));
            }
        }
        Ok(found)
    }
}
