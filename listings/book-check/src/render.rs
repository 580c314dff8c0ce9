//! The ids that mdBook's own renderer gives each page.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;
use scraper::{Html, Selector};

use crate::book::{Book, config};
use crate::markdown::unboxed;

/// The pages as the renderer names them, `ch03-sockets/tcp.html`, each with
/// the ids in it.
pub(crate) type Ids = BTreeMap<PathBuf, BTreeSet<String>>;

/// Renders the book with a theme that is nothing but the content.
pub(crate) fn ids(book: &Book) -> Result<Ids> {
    let temporary = tempfile::tempdir()?;
    let theme = temporary.path().join("theme");
    fs::create_dir_all(theme.join("fonts"))?;
    fs::write(theme.join("index.hbs"), "{{{content}}}")?;
    fs::write(theme.join("fonts/fonts.css"), "")?;
    let out = temporary.path().join("html");
    let mut config = config(&book.root, "index")?;
    config.set("output.html.theme", &theme)?;
    config.set("output.html.hash-files", false)?;
    config.set("output.html.print.enable", false)?;
    config.build.build_dir.clone_from(&out);
    let mut renderer = MDBook::load_with_config(&book.root, config)?;
    // By path: mdBook visits a chapter after those below it.
    renderer.book.for_each_mut(|item| {
        if let BookItem::Chapter(chapter) = item
            && let Some(path) = &chapter.source_path
            && let Some(page) = book.pages.iter().find(|page| {
                page.path.strip_prefix("src").is_ok_and(|p| p == path)
            })
        {
            chapter.content = unboxed(&page.expanded);
        }
    });
    renderer.build().context("rendering the book")?;
    let mut ids = Ids::new();
    for page in book.pages.iter().filter(|page| page.title.is_some()) {
        let path = html_path(page.path.strip_prefix("src")?);
        let text = fs::read_to_string(out.join(&path))?;
        ids.insert(path, ids_in(&Html::parse_document(&text)));
    }
    // The first page also answers for the folder.
    if let Ok(text) = fs::read_to_string(out.join("index.html")) {
        ids.entry("index.html".into())
            .or_insert_with(|| ids_in(&Html::parse_document(&text)));
    }
    Ok(ids)
}

/// The file that the renderer writes for the page `path` in `src`.
pub(crate) fn html_path(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default();
    if stem.eq_ignore_ascii_case("readme") {
        path.with_file_name("index.html")
    } else {
        path.with_extension("html")
    }
}

fn ids_in(html: &Html) -> BTreeSet<String> {
    let any = Selector::parse("[id], a[name]").expect("a constant selector");
    html.select(&any)
        .flat_map(|element| [element.attr("id"), element.attr("name")])
        .flatten()
        .map(String::from)
        .collect()
}
