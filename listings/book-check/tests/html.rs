//! Built HTML without a flaw is accepted; each flaw alone is refused.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;

use book_check::html::problems;

const FILES: &[(&str, &str)] = &[
    (
        "index.html",
        "<html><head><link rel=\"stylesheet\" href=\"css/a.css\">\n\
         <link rel=\"canonical\" href=\"https://example.org/\">\n\
         <script src=\"toc-1.js\"></script></head>\n\
         <body><a href=\"ch/page.html#here\">x</a>\n\
         <a href=\"https://example.org\">out</a> <a href=\"#\">top</a>\n\
         <img srcset=\"i.svg 1x, i.svg 2x\" src=\"data:image/png;base64,x\">\n\
         <svg><use href=\"#own\"></use><g id=\"own\"></g></svg>\n\
         </body></html>",
    ),
    (
        "ch/page.html",
        "<a href=\"../index.html#own\">back</a>\n<h1 id=\"here\">x</h1>",
    ),
    (
        "404.html",
        "<head><base href=\"/some/site/\"></head><a href=\"ch/page.html\">x</a>",
    ),
    (
        "print.html",
        "<h1 id=\"here\">x</h1>\n<a href=\"#here\">y</a>",
    ),
    (
        "toc.html",
        "<a href=\"ch/page.html\" target=\"_parent\">x</a>",
    ),
    (
        "toc-1.js",
        "this.innerHTML = '<a href=\"ch/page.html\">x</a>';",
    ),
    ("css/a.css", "@font-face { src: url(\"../f.woff2\") }"),
    ("f.woff2", ""),
    ("i.svg", "<svg/>"),
];

/// What is wrong when `from` in `file` is replaced.
fn found(file: &str, from: &str, to: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in FILES {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = if *name == file {
            assert!(text.contains(from), "{from} in {file}");
            text.replace(from, to)
        } else {
            (*text).to_owned()
        };
        fs::write(path, text).unwrap();
    }
    let problems = problems(folder.path()).unwrap();
    problems.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn refused(file: &str, from: &str, to: &str, message: &str) {
    let found = found(file, from, to);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("{file}:")), "{found:?}");
    assert!(found[0].contains(message), "{found:?}");
}

#[test]
fn html_without_a_flaw_is_accepted() {
    assert_eq!(found("", "", ""), [""; 0]);
}

#[test]
fn an_empty_folder_is_no_book() {
    assert!(problems(tempfile::tempdir().unwrap().path()).is_err());
}

#[test]
fn links_that_lead_nowhere() {
    refused(
        "ch/page.html",
        "../index",
        "../idex",
        "there is no idex.html",
    );
    refused("ch/page.html", "#own", "#owl", "no id `owl` in index.html");
    refused("print.html", "#here\"", "#there\"", "no id `there`");
    refused("404.html", "ch/page.html", "page.html", "no page.html");
    refused("toc.html", "ch/page", "ch/pag", "there is no ch/pag.html");
    refused("toc-1.js", "ch/page", "ch/pag", "there is no ch/pag.html");
    refused("index.html", "#own", "#owl", "<use href>");
    refused("ch/page.html", "../index", "../../x", "out of the book");
    refused("ch/page.html", "../index", "/index", "at the root");
}

#[test]
fn resources_that_are_missing() {
    refused("index.html", "i.svg 2x", "j.svg 2x", "there is no j.svg");
    refused("index.html", "css/a.css", "css/b.css", "no css/b.css");
    refused("index.html", "toc-1.js", "toc-2.js", "no toc-2.js");
    refused("css/a.css", "f.woff2", "g.woff2", "no g.woff2");
}

#[test]
fn resources_of_another_host() {
    let to = "https://cdn.example/x";
    let message = "https://cdn.example/x from another host";
    refused("index.html", "css/a.css", to, message);
    refused("index.html", "toc-1.js", to, message);
    refused(
        "index.html",
        "i.svg 2x",
        "https://cdn.example/x 2x",
        message,
    );
    refused("css/a.css", "../f.woff2", to, message);
    refused(
        "index.html",
        "</body>",
        "<style>@import '//c/x';</style>",
        "//c/x",
    );
    refused("index.html", "canonical", "preconnect", "another host");
}

#[test]
fn an_id_that_occurs_twice() {
    let to = "<h1 id=\"here\">x</h1>\n<p id=\"here\">";
    let found = found("ch/page.html", "<h1 id=\"here\">x</h1>", to);
    assert_eq!(
        found,
        ["ch/page.html:3: the id `here` occurs more than once"]
    );
}
