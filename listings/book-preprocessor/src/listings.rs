//! Captions the blocks that include a file of `listings/`.
//!
//! ````text
//! <figure class="listing">
//! <figcaption>…</figcaption>
//!
//! ```rust
//! \{{#rustdoc_include ../../listings/ch03-sockets/src/bin/two_writes.rs}}
//! ```
//!
//! </figure>
//! ````
//!
//! An HTML block ends at a blank line, so what stands between stays Markdown
//! (<https://spec.commonmark.org/0.31.2/#html-blocks>, kind 6).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::fence::{Fence, fences};
use crate::mdbook;
use crate::source::{Role, Source};

/// What holds for each page of a book.
#[derive(Debug)]
pub struct Book {
    /// The folder with the pages, `src/` as a rule.
    pages: PathBuf,
    /// The folder with the listings.
    listings: PathBuf,
    /// Where readers find the sources, from `git-repository-url`.
    repository: Option<String>,
    /// Whether the renderer takes HTML in Markdown.
    html: bool,
}

/// Rewrites each chapter of mdBook's `book`.
pub fn process(context: &Value, book: &mut Value) {
    let config = Book::new(context);
    mdbook::for_each_chapter(book, &mut |path, text| {
        *text = config.rewrite(path, text);
    });
}

impl Book {
    /// Reads what we need of the context that mdBook sends.
    pub fn new(context: &Value) -> Book {
        let root = mdbook::root(context);
        let config = &context["config"];
        Book {
            pages: root.join(config["book"]["src"].as_str().unwrap_or("src")),
            listings: root.join("listings"),
            repository: config["output"]["html"]["git-repository-url"]
                .as_str()
                .map(|url| url.trim_end_matches('/').to_owned())
                .filter(|url| !url.is_empty()),
            html: context["renderer"] == "html",
        }
    }

    /// Rewrites the page at `path`, a path from the folder of pages.
    pub fn rewrite(&self, path: &str, text: &str) -> String {
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        Page {
            book: self,
            folder: self.pages.join(folder),
        }
        .rewrite(text)
    }
}

struct Page<'a> {
    book: &'a Book,
    /// What the page's relative paths begin at.
    folder: PathBuf,
}

impl Page<'_> {
    fn rewrite(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for fence in fences(text) {
            let Some((from, block)) = self.block(text, &fence) else {
                continue;
            };
            out += &text[done..from];
            out += &block;
            done = fence.span.end;
        }
        out + &text[done..]
    }

    /// What to write for a block, and from which byte on; `None` to keep it.
    fn block(&self, text: &str, fence: &Fence) -> Option<(usize, String)> {
        match fence.words(text).first() {
            Some(&"admonish") => self.admonition(text, fence),
            // Markdown about Markdown: the block shows how to write one.
            Some(&("markdown" | "md")) => None,
            language => {
                let rust = language == Some(&"rust");
                self.listing(text, fence, rust)
            }
        }
    }

    /// A box of mdbook-admonish: its body is Markdown.
    fn admonition(&self, text: &str, fence: &Fence) -> Option<(usize, String)> {
        let margin = &text[fence.margin.clone()];
        let margin = if fence.margin_repeats(text) {
            margin.to_owned()
        } else {
            " ".repeat(margin.chars().count())
        };
        let body = remove_margin(&text[fence.body.clone()], &margin)?;
        let new = self.rewrite(&body);
        if new == body {
            return None;
        }
        let mut block = text[fence.span.start..fence.body.start].to_owned();
        block += &add_margin(&new, &margin);
        block += &text[fence.body.end..fence.span.end];
        Some((fence.span.start, block))
    }

    fn listing(
        &self,
        text: &str,
        fence: &Fence,
        rust: bool,
    ) -> Option<(usize, String)> {
        let includes: Vec<Include> = includes(&text[fence.body.clone()]);
        let sources: Option<Vec<(&Include, Source)>> = includes
            .iter()
            .map(|include| Some((include, self.find(include)?)))
            .collect();
        let sources = sources.filter(|found| !found.is_empty())?;

        let mut block = text[fence.span.clone()].to_owned();
        let stays = has_run_off(&fence.words(text)) || !runs(&sources);
        if rust && stays {
            // Hidden lines are for the Run button. Without one they would
            // only make the page and the search index longer, by more than
            // half; the caption says where the whole file is.
            block = shown_alone(&block);
        }
        if rust && stays && !has_run_off(&fence.words(text)) {
            block
                .insert_str(fence.info.end - fence.span.start, ",noplayground");
        }
        if !self.book.html || !fence.margin_repeats(text) {
            return Some((fence.span.start, block));
        }
        let frame = Frame {
            margin: &text[fence.margin.clone()],
            newline: match text[..fence.body.start].ends_with("\r\n") {
                true => "\r\n",
                false => "\n",
            },
        };
        let framed = frame.around(&block, &self.captions(&sources));
        Some((fence.margin.start, framed))
    }

    fn find(&self, include: &Include) -> Option<Source> {
        Source::find(&self.book.listings, &self.folder, include.path)
    }

    /// The caption of a block, and the class of its figure.
    fn captions(&self, sources: &[(&Include, Source)]) -> Caption {
        let mut caption = Caption::default();
        let mut named: Vec<&str> = Vec::new();
        for (_, source) in sources {
            if named.contains(&source.name.as_str()) {
                continue;
            }
            named.push(&source.name);
            let name = self.name(source);
            match source.role() {
                Role::Program(command) => caption.lines.push(format!(
                    "{name} <code class=\"listing-command\">{}</code>",
                    escape(&command)
                )),
                Role::Output => caption.lines.push(format!(
                    "<span class=\"listing-label\">What it prints</span> {name}"
                )),
                Role::Other => caption.lines.push(name),
            }
            caption.output |= source.role() == Role::Output;
        }
        caption
    }

    /// The file's name, linked to where its source is to be read.
    fn name(&self, source: &Source) -> String {
        let name = escape(&source.name);
        match &self.book.repository {
            Some(url) => format!(
                "<a class=\"listing-file\" \
                 href=\"{}/blob/HEAD/listings/{}\">{name}</a>",
                escape(url),
                percent_encode(&source.name)
            ),
            None => format!("<span class=\"listing-file\">{name}</span>"),
        }
    }
}

#[derive(Default)]
struct Caption {
    lines: Vec<String>,
    output: bool,
}

/// How a block's lines begin and end.
struct Frame<'a> {
    margin: &'a str,
    newline: &'a str,
}

impl Frame<'_> {
    /// Puts a figure around a block. What it returns ends without a newline,
    /// on a blank line: what follows must not become part of the HTML.
    fn around(&self, block: &str, caption: &Caption) -> String {
        let Frame { margin, newline } = self;
        let blank = margin.trim_end();
        let class = match caption.output {
            true => "listing listing-output",
            false => "listing",
        };
        let text = caption.lines.join("<br>");
        [
            &format!("{margin}<figure class=\"{class}\">"),
            &format!("{margin}<figcaption>{text}</figcaption>"),
            blank,
            &format!("{margin}{block}"),
            blank,
            &format!("{margin}</figure>"),
            blank,
        ]
        .join(newline)
    }
}

/// Whether the Run button of a block would lead anywhere.
///
/// The playground gets the block with its hidden lines. So an included part
/// must come with the rest of its file, and that must be a whole program of
/// crates that are offered there. Two files at once are two programs.
fn runs(sources: &[(&Include, Source)]) -> bool {
    matches!(sources, [(include, source)]
        if include.brings_whole_file() && source.runs_on_playground())
}

/// Includes the parts of files without the rest of them.
fn shown_alone(block: &str) -> String {
    let part = |line: &str| match includes(line).first() {
        Some(include) if include.part.is_some_and(|part| !part.is_empty()) => {
            line.replacen("#rustdoc_include", "#include", 1)
        }
        _ => line.to_owned(),
    };
    block.split_inclusive('\n').map(part).collect()
}

fn has_run_off(words: &[&str]) -> bool {
    words
        .iter()
        .any(|w| matches!(*w, "noplayground" | "noplaypen" | "ignore"))
}

/// An `{{#include path:part}}` or `{{#rustdoc_include path:part}}`.
#[derive(Debug, PartialEq, Eq)]
struct Include<'a> {
    rustdoc: bool,
    path: &'a str,
    /// An anchor or a range of lines.
    part: Option<&'a str>,
}

impl Include<'_> {
    /// `rustdoc_include` keeps the lines outside the part, hidden.
    fn brings_whole_file(&self) -> bool {
        self.rustdoc || self.part.is_none_or(str::is_empty)
    }
}

/// The includes in a block's body, found as mdBook's `links` finds them.
fn includes(body: &str) -> Vec<Include<'_>> {
    let mut found = Vec::new();
    for line in body.lines() {
        let mut rest = line;
        while let Some(open) = rest.find("{{") {
            let escaped = rest[..open].ends_with('\\');
            let inside = &rest[open + 2..];
            let Some(close) = inside.find("}}") else {
                break;
            };
            if escaped && inside.starts_with('#') {
                // mdBook takes all up to the line's last "}}" for text.
                break;
            }
            found.extend(include(&inside[..close]));
            rest = &inside[close + 2..];
        }
    }
    found
}

/// Reads what stands between the braces.
fn include(directive: &str) -> Option<Include<'_>> {
    let mut words = directive.split_whitespace();
    let rustdoc = match words.next()? {
        "#include" => false,
        "#rustdoc_include" => true,
        _ => return None,
    };
    let target = words.next()?;
    let (path, part) = match target.split_once(':') {
        Some((path, part)) => (path, Some(part)),
        None => (target, None),
    };
    Some(Include {
        rustdoc,
        path,
        part,
    })
}

/// Takes the margin off each line, as the Markdown inside a container does.
fn remove_margin(body: &str, margin: &str) -> Option<String> {
    body.split_inclusive('\n')
        .map(|line| {
            line.strip_prefix(margin)
                // A blank line may lack the margin's trailing spaces.
                .or_else(|| {
                    line.strip_prefix(margin.trim_end())
                        .filter(|rest| rest.trim().is_empty())
                })
        })
        .collect()
}

fn add_margin(body: &str, margin: &str) -> String {
    body.split_inclusive('\n').fold(String::new(), |out, line| {
        let margin = match line.trim().is_empty() {
            true => margin.trim_end(),
            false => margin,
        };
        out + margin + line
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Encodes a path for a URL, except its slashes (RFC 3986 §2.3).
fn percent_encode(path: &str) -> String {
    path.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(byte.into()),
            b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte.into()),
            _ => {
                write!(out, "%{byte:02X}").expect("a String takes all");
            }
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fs;

    const ROOT: &str = "[package]\nname = \"ch03-sockets\"\n\
        [dependencies]\naxum = \"1\"\ntokio = \"1\"\n\
        [dev-dependencies]\ntest-kit = \"1\"\n\
        [target.'cfg(unix)'.dependencies]\nnix = \"1\"\n\
        [[bin]]\nname = \"odd\"\npath = \"src/even.rs\"\n";
    const FILES: [(&str, &str); 15] = [
        ("Cargo.toml", "[workspace]\n"),
        (
            "ch03-sockets/src/bin/dev.rs",
            "fn main() { test_kit::f() }\n",
        ),
        ("ch03-sockets/src/bin/unix.rs", "fn main() { nix::f() }\n"),
        ("ch03-sockets/Cargo.toml", ROOT),
        ("ch03-sockets/src/lib.rs", "pub fn f() {}\n"),
        ("ch03-sockets/src/even.rs", "fn main() {}\n"),
        ("ch03-sockets/src/bin/std.rs", "fn main() {}\n"),
        (
            "ch03-sockets/src/bin/ours.rs",
            "fn main() { ch03_sockets::f() }\n",
        ),
        (
            "ch03-sockets/src/bin/web.rs",
            "use axum::x;\nfn main() {}\n",
        ),
        (
            "ch03-sockets/src/bin/aio.rs",
            "#[tokio::main]\nasync fn main() {}\n",
        ),
        ("ch03-sockets/src/bin/two/main.rs", "fn main() {}\n"),
        ("ch03-sockets/output/std.txt", "$ cargo run\nhi\n"),
        ("ch03-sockets/compile_fail/moved.rs", "fn main() {}\n"),
        (
            "exercises/echo/Cargo.toml",
            "[package]\nname = \"ex-echo\"\n",
        ),
        ("exercises/echo/src/yours.rs", "pub fn f() { todo!() }\n"),
    ];

    /// Rewrites a page of a small book; `config` is its `[output.html]`.
    fn rewrite(renderer: &str, config: Value, page: &str) -> String {
        let root = tempfile::tempdir().unwrap();
        for (name, content) in FILES {
            let file = root.path().join("listings").join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        let context = json!({
            "root": root.path(),
            "renderer": renderer,
            "config": {"book": {"src": "src"}, "output": {"html": config}},
        });
        Book::new(&context).rewrite("ch03/page.md", page)
    }

    fn html(page: &str) -> String {
        rewrite("html", json!({}), page)
    }

    /// A line that includes a file of the chapter's package.
    fn inc(file: &str) -> String {
        format!("{{{{#rustdoc_include ../../listings/ch03-sockets/{file}}}}}\n")
    }

    fn figure(class: &str, caption: &str, block: &str) -> String {
        format!(
            "<figure class=\"{class}\">\n<figcaption>{caption}</figcaption>\n\
             \n{block}\n\n</figure>\n\n"
        )
    }

    fn program(name: &str, info: &str) -> String {
        let file = format!("src/bin/{name}.rs");
        figure(
            "listing",
            &program_caption(name),
            &format!("```{info}\n{}```", inc(&file)),
        )
    }

    fn program_caption(name: &str) -> String {
        format!(
            "<span class=\"listing-file\">ch03-sockets/src/bin/{name}.rs\
             </span> <code class=\"listing-command\">\
             cargo run -p ch03-sockets --bin {name}</code>"
        )
    }

    fn block(file: &str, info: &str) -> String {
        format!("```{info}\n{}```\n", inc(file))
    }

    #[test]
    fn captions_a_program_and_decides_about_its_run_button() {
        for (name, info, becomes) in [
            ("std", "rust", "rust"),
            ("aio", "rust", "rust"),
            ("std", "rust,should_panic", "rust,should_panic"),
            ("ours", "rust", "rust,noplayground"),
            ("web", "rust", "rust,noplayground"),
            ("dev", "rust", "rust,noplayground"),
            ("unix", "rust", "rust,noplayground"),
            ("web", "rust editable", "rust editable,noplayground"),
            ("web", "rust,noplayground", "rust,noplayground"),
            ("web", "rust,ignore", "rust,ignore"),
            ("web", "text", "text"),
            ("web", "", ""),
        ] {
            let page = block(&format!("src/bin/{name}.rs"), info);
            assert_eq!(html(&page), program(name, becomes), "{name} {info}");
        }
    }

    #[test]
    fn names_what_a_file_is() {
        let file = |name: &str| {
            format!("<span class=\"listing-file\">ch03-sockets/{name}</span>")
        };
        let run = |name: &str, command: &str| {
            format!(
                "{} <code class=\"listing-command\">cargo run -p \
                 ch03-sockets{command}</code>",
                file(name)
            )
        };
        for (name, class, caption) in [
            ("src/lib.rs", "listing", file("src/lib.rs")),
            (
                "compile_fail/moved.rs",
                "listing",
                file("compile_fail/moved.rs"),
            ),
            (
                "src/bin/two/main.rs",
                "listing",
                run("src/bin/two/main.rs", " --bin two"),
            ),
            ("src/even.rs", "listing", run("src/even.rs", " --bin odd")),
            (
                "output/std.txt",
                "listing listing-output",
                format!(
                    "<span class=\"listing-label\">What it prints</span> {}",
                    file("output/std.txt")
                ),
            ),
        ] {
            let text = block(name, "text");
            let expected = figure(class, &caption, text.trim_end());
            assert_eq!(html(&text), expected, "{name}");
        }
    }

    #[test]
    fn an_exercise_has_no_command_and_no_run_button() {
        let path = "../../listings/exercises/echo/src/yours.rs";
        let page = format!("```rust\n{{{{#include {path}}}}}\n```\n");
        assert_eq!(
            html(&page),
            figure(
                "listing",
                "<span class=\"listing-file\">\
                 exercises/echo/src/yours.rs</span>",
                page.replace("rust\n", "rust,noplayground\n").trim_end(),
            )
        );
    }

    #[test]
    fn a_part_of_a_program_runs_only_with_the_rest_of_it() {
        for (directive, runs) in [
            ("rustdoc_include PATH", true),
            ("rustdoc_include PATH:anchor", true),
            ("rustdoc_include PATH:2:9", true),
            ("include PATH", true),
            ("include PATH:", true),
            ("include PATH:anchor", false),
            ("include PATH:2:9", false),
            ("include  PATH:anchor  ", false),
        ] {
            let path = "../../listings/ch03-sockets/src/bin/std.rs";
            let directive = directive.replace("PATH", path);
            let page = format!("```rust\n{{{{#{directive}}}}}\n```\n");
            let new = html(&page);
            assert!(new.starts_with("<figure"), "{new}");
            let kept = new.contains("```rust\n");
            assert_eq!(kept, runs, "{directive}: {new}");
        }
    }

    #[test]
    fn links_to_the_source_where_the_book_says_where_it_is() {
        let at = |url: &str| {
            let config = json!({"git-repository-url": url});
            rewrite("html", config, &block("src/bin/std.rs", "rust"))
        };
        for url in ["https://example.org/a/b", "https://example.org/a/b/"] {
            assert!(
                at(url).contains(
                    "<a class=\"listing-file\" href=\"https://example.org/a/b\
                     /blob/HEAD/listings/ch03-sockets/src/bin/std.rs\">\
                     ch03-sockets/src/bin/std.rs</a>"
                ),
                "{}",
                at(url)
            );
        }
        assert!(!at("").contains("<a "));
    }

    #[test]
    fn escapes_what_a_file_is_called() {
        assert_eq!(escape("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
        assert_eq!(percent_encode("a/ü b.rs"), "a/%C3%BC%20b.rs");
    }

    #[test]
    fn leaves_alone_what_is_not_a_listing() {
        let plain = inc("src/bin/std.rs");
        for page in [
            "# A page\n\nText, `code`.\n".to_owned(),
            "```rust\nfn main() {}\n```\n".to_owned(),
            block("src/bin/none.rs", "rust"),
            block("../nowhere/src/lib.rs", "rust"),
            "```rust\n{{#include ../../Cargo.toml}}\n```\n".to_owned(),
            "```toml\n{{#include ../../listings/Cargo.toml}}\n```\n".to_owned(),
            "```rust\n{{#include ../../../etc/passwd}}\n```\n".to_owned(),
            // About the syntax.
            format!("Write `{}` in a block.\n", plain.trim_end()),
            format!("```text\n\\{plain}```\n"),
            format!("````markdown\n```rust\n{plain}```\n````\n"),
            // Not a fenced block for CommonMark.
            format!("<div>\n```rust\n{plain}```\n</div>\n"),
            format!("    ```rust\n    {plain}    ```\n"),
            format!("```rust\n{plain}"),
            plain.clone(),
            "```rust\n{{#include\n```\n".to_owned(),
            "```rust\n{{#title x}} {{}} {{#include}}\n```\n".to_owned(),
            "```admonish go\nText.\n```\n".to_owned(),
        ] {
            assert_eq!(html(&page), page);
        }
    }

    #[test]
    fn one_missing_file_leaves_the_block_to_the_check() {
        let page = format!(
            "```rust\n{}{}```\n",
            inc("src/bin/std.rs"),
            inc("src/bin/none.rs")
        );
        assert_eq!(html(&page), page);
    }

    #[test]
    fn a_part_that_cannot_run_comes_without_the_rest_of_its_file() {
        let block = "```rust\n{{#rustdoc_include a.rs:part}}\n\
            {{#rustdoc_include b.rs}}\n{{#include c.rs:part}}\n```";
        let alone = "```rust\n{{#include a.rs:part}}\n\
            {{#rustdoc_include b.rs}}\n{{#include c.rs:part}}\n```";
        assert_eq!(shown_alone(block), alone);
    }

    #[test]
    fn two_files_in_a_block_are_both_named() {
        let page = format!(
            "```rust\n{}{}```\n",
            inc("src/bin/std.rs:a"),
            inc("src/bin/web.rs")
        );
        let caption =
            format!("{}<br>{}", program_caption("std"), program_caption("web"));
        let block =
            page.replace("```rust\n", "```rust,noplayground\n").replace(
                "#rustdoc_include ../../listings/ch03-sockets/src/bin/std",
                "#include ../../listings/ch03-sockets/src/bin/std",
            );
        assert_eq!(html(&page), figure("listing", &caption, block.trim_end()));
    }

    #[test]
    fn two_parts_of_a_file_are_named_once() {
        let page = format!(
            "```rust\n{}// …\n{}```\n",
            inc("src/bin/std.rs:a"),
            inc("src/bin/std.rs:b")
        );
        assert_eq!(html(&page).matches("listing-file").count(), 1);
    }

    #[test]
    fn keeps_the_margin_of_a_list_and_of_a_quotation() {
        let line = inc("src/bin/web.rs");
        let caption = program_caption("web");
        for (begin, margin, blank) in [
            ("- text\n\n", "  ", ""),
            ("1. text\n\n", "   ", ""),
            ("- a\n  - b\n\n", "    ", ""),
            ("- text\n\n", "\t", ""),
            ("> text\n>\n", "> ", ">"),
            ("> - text\n>\n", ">   ", ">"),
        ] {
            let page = format!(
                "{begin}{margin}~~~rust\n{margin}{line}{margin}~~~\n{blank}\n"
            );
            let expected = format!(
                "{begin}{margin}<figure class=\"listing\">\n\
                 {margin}<figcaption>{caption}</figcaption>\n{blank}\n\
                 {margin}~~~rust,noplayground\n{margin}{line}{margin}~~~\n\
                 {blank}\n{margin}</figure>\n{blank}\n{blank}\n"
            );
            assert_eq!(html(&page), expected);
        }
    }

    #[test]
    fn a_block_on_its_items_first_line_only_loses_its_button() {
        let line = inc("src/bin/web.rs");
        let page = format!("- ```rust\n  {line}  ```\n");
        assert_eq!(
            html(&page),
            format!("- ```rust,noplayground\n  {line}  ```\n")
        );
    }

    #[test]
    fn text_around_blocks_stays_as_it_is() {
        let page = format!(
            "Größe: ⇒ 文\n{}directly after\n\n<details>\n<summary>A</summary>\n\
             \n{}\n</details>\n",
            block("src/bin/web.rs", "rust"),
            block("src/bin/std.rs", "rust"),
        );
        assert_eq!(
            html(&page),
            format!(
                "Größe: ⇒ 文\n{}directly after\n\n<details>\n\
                 <summary>A</summary>\n\n{}\n</details>\n",
                program("web", "rust,noplayground"),
                program("std", "rust"),
            )
        );
    }

    #[test]
    fn keeps_carriage_returns() {
        let unix = format!("a\n\n{}\nb\n", block("src/bin/web.rs", "rust"));
        let windows = unix.replace('\n', "\r\n");
        assert_eq!(html(&windows), html(&unix).replace('\n', "\r\n"));
    }

    #[test]
    fn rewrites_what_stands_in_a_box() {
        let listing = block("src/bin/web.rs", "rust");
        let inner = program("web", "rust,noplayground");
        for (open, close) in [
            ("````admonish go", "````"),
            ("~~~admonish exercise \"Echo lines\"", "~~~"),
        ] {
            let page = format!("x\n\n{open}\ntext\n\n{listing}{close}\n\ny\n");
            let expected =
                format!("x\n\n{open}\ntext\n\n{inner}{close}\n\ny\n");
            assert_eq!(html(&page), expected);
        }
    }

    #[test]
    fn rewrites_a_box_in_a_list() {
        let line = inc("src/bin/std.rs");
        let caption = program_caption("std");
        assert_eq!(
            html(&format!(
                "- item\n\n  ````admonish go\n\n  ```rust\n  {line}  ```\n\
                 \x20 ````\n"
            )),
            format!(
                "- item\n\n  ````admonish go\n\n  <figure class=\"listing\">\n\
                 \x20 <figcaption>{caption}</figcaption>\n\n  ```rust\n  \
                 {line}  ```\n\n  </figure>\n\n  ````\n"
            )
        );
    }

    #[test]
    fn other_renderers_get_no_html() {
        for renderer in ["markdown", "epub", "pandoc"] {
            let page = block("src/bin/web.rs", "rust");
            assert_eq!(
                rewrite(renderer, json!({}), &page),
                page.replace("```rust\n", "```rust,noplayground\n")
            );
            let page = block("output/std.txt", "text");
            assert_eq!(rewrite(renderer, json!({}), &page), page);
        }
    }

    #[test]
    fn finds_includes_as_mdbook_does() {
        let one = |rustdoc, path, part| {
            vec![Include {
                rustdoc,
                path,
                part,
            }]
        };
        for (body, found) in [
            ("{{#include a.rs}}", one(false, "a.rs", None)),
            ("{{ #include  a.rs:x y}}", one(false, "a.rs", Some("x"))),
            ("{{#rustdoc_include a:1:2}}", one(true, "a", Some("1:2"))),
            ("x {{#include a}} y", one(false, "a", None)),
            ("\\{{#include a}}", vec![]),
            ("\\{{#include a}} {{#include b}}", vec![]),
            ("\\{{#include a}}\n{{#include b}}", one(false, "b", None)),
            ("{{#included a}}", vec![]),
            ("{{#include a", vec![]),
            ("{#include a}", vec![]),
        ] {
            assert_eq!(includes(body), found, "{body}");
        }
    }
}
