//! A book without a flaw is accepted; each flaw alone is refused, and the
//! message says in which file, in which line, and what is wrong.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use book_check::{Book, Mode, Problem, problems, snippets};

const PAGE: &str = "src/ch01-net/page.md";
const HELLO: &str = "listings/ch01-net/src/bin/hello.rs";

/// The book without a flaw.
const FILES: &[(&str, &str)] = &[
    (
        "book.toml",
        "[book]\ntitle = \"T\"\n\n[rust]\nedition = \"2024\"\n\n\
         [preprocessor.listings]\ncommand = \"no-such-command\"\n\
         before = [\"links\"]\n\n[output.html]\ndefault-theme = \"light\"\n",
    ),
    (
        "src/SUMMARY.md",
        "# Summary\n\n[Introduction](intro.md)\n\n---\n\n- [Later]()\n\
         - [The `page`](ch01-net/page.md)\n  - [Below](ch01-net/below.md)\n",
    ),
    (
        // A page below another: mdBook visits it before the one above.
        "src/ch01-net/below.md",
        "# Below\n\n## Own\n\nSee [its own](#own), [above](page.md#a-library).\n",
    ),
    (
        "src/intro.md",
        "# Introduction\n\nHello.\n\n## Named\n\n## Other {#name}\n\n## More\n\n## More\n\n\
         [on](ch01-net/page.md), [name](#name), [more](#more-1).\n",
    ),
    ("src/ch01-net/net.svg", "<svg/>"),
    (
        PAGE,
        r####"# The `page`

See [the start](../intro.md#named), [the name](../intro.md#name),
[RFC 9293], ![a net](net.svg) and <a href="../intro.md#more-1">more</a>.
A directive is written \{{#include x}}; text is `[PORT]` or \[PORT\].

[RFC 9293]: https://www.rfc-editor.org/rfc/rfc9293

```rust
{{#rustdoc_include ../../listings/ch01-net/src/bin/hello.rs:hello}}
```

```text
{{#include ../../listings/ch01-net/output/hello.txt}}
```

## A library

```rust
{{#rustdoc_include ../../listings/ch01-net/src/frame.rs:frame}}
```

<!-- It would wait for a peer. -->
```rust,no_run
{{#include ../../listings/ch01-net/src/bin/hello.rs}}
```

````admonish danger
It does not compile, see [above](#a-library).

```rust,compile_fail,E0382
{{#rustdoc_include ../../listings/ch01-net/compile_fail/moved.rs}}
```
````

```admonish exercise
Do it: `cargo test -p ex-first -- yours`.
```

<details><summary>A solution</summary>

```rust
{{#rustdoc_include ../../listings/exercises/first/src/solution.rs}}
```

</details>
"####,
    ),
    (
        "listings/ch01-net/Cargo.toml",
        "[package]\nname = \"ch01-net\"\n",
    ),
    (
        HELLO,
        "//! Says hello.\n\nfn main() {\n    // ANCHOR: hello\n    \
         println!(\"hello\");\n    // ANCHOR_END: hello\n}\n",
    ),
    (
        "listings/ch01-net/src/lib.rs",
        "//! The chapter.\npub mod frame;\n",
    ),
    (
        "listings/ch01-net/src/frame.rs",
        "//! Frames.\n\nuse crate::Limit;\n\n// ANCHOR: frame\n\
         pub struct Frame(Limit);\n// ANCHOR_END: frame\n",
    ),
    (
        "listings/ch01-net/output/hello.txt",
        "$ cargo run -p ch01-net --bin hello\nhello\n",
    ),
    (
        "listings/ch01-net/compile_fail/moved.rs",
        "fn main() {\n    let s = String::new();\n    drop(s);\n    drop(s);\n}\n",
    ),
    (
        "listings/exercises/first/Cargo.toml",
        "[package]\nname = \"ex-first\"\n",
    ),
    ("listings/exercises/first/src/lib.rs", "pub mod solution;\n"),
    (
        "listings/exercises/first/src/solution.rs",
        "//! One way.\npub fn x() {}\n",
    ),
    (
        "README.md",
        "# Read me\n\n[the page](src/ch01-net/page.md)\n\n\
         ```rust\nfn main() {}\n```\n",
    ),
];

struct Fixture(tempfile::TempDir);

impl Fixture {
    fn new() -> Self {
        let fixture = Fixture(tempfile::tempdir().unwrap());
        for (file, text) in FILES {
            fixture.write(file, text);
        }
        fixture
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root().join(file)).unwrap()
    }

    /// The base book with `from` in `file` replaced.
    fn with(file: &str, from: &str, to: &str) -> Self {
        let fixture = Fixture::new();
        let text = fixture.read(file);
        assert_eq!(text.matches(from).count(), 1, "{from} in {file}");
        fixture.write(file, &text.replace(from, to));
        fixture
    }

    /// The base book with one more file.
    fn and(file: &str, text: &str) -> Self {
        let fixture = Fixture::new();
        fixture.write(file, text);
        fixture
    }

    /// The base book without `file`.
    fn without(file: &str) -> Self {
        let fixture = Fixture::new();
        fs::remove_file(fixture.root().join(file)).unwrap();
        fixture
    }

    /// The base book with `text` at the end of its page.
    fn plus(text: &str) -> Self {
        let fixture = Fixture::new();
        let page = fixture.read(PAGE);
        fixture.write(PAGE, &format!("{page}\n{text}\n"));
        fixture
    }

    /// Asserts that there is one problem, in the line of `file` that holds
    /// `place` (line 1 if that is empty), and that its message holds `words`.
    #[track_caller]
    fn refused(&self, file: &str, place: &str, words: &[&str]) {
        let found = problems(self.root()).unwrap();
        let [problem] = &found[..] else {
            panic!("not one problem, but {}", list(&found));
        };
        let text = problem.to_string();
        let line = if place.is_empty() {
            1
        } else {
            let page = self.read(file);
            let before = page.split_once(place).expect("the place is there").0;
            before.matches('\n').count() + 1
        };
        let start = format!("{file}:{line}: ");
        assert!(text.starts_with(&start), "{text}\nnot at {start}");
        for word in words {
            assert!(text.contains(word), "no {word:?} in {text}");
        }
    }
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    format!("{}:\n{}", lines.len(), lines.join("\n"))
}

#[test]
fn a_book_without_a_flaw_is_accepted() {
    let found = problems(Fixture::new().root()).unwrap();
    assert!(found.is_empty(), "{}", list(&found));
}

#[test]
fn blocks_know_where_they_stand_and_what_they_show() {
    let fixture = Fixture::new();
    let book = Book::load(fixture.root()).unwrap();
    let found = snippets(&book).unwrap();
    let names: Vec<_> = found
        .iter()
        .map(|s| (s.page.as_str(), s.section.as_str(), s.line, &s.mode))
        .collect();
    assert_eq!(
        names,
        [
            ("ch01_net_page", "The page", 9, &Mode::Run),
            ("ch01_net_page", "A library", 19, &Mode::Run),
            ("ch01_net_page", "A library", 24, &Mode::Compile),
            (
                "ch01_net_page",
                "A library",
                31,
                &Mode::Fail("E0382".into())
            ),
            ("ch01_net_page", "A library", 42, &Mode::Run),
            ("readme", "Read me", 5, &Mode::Run),
        ]
    );
    assert_eq!(
        found[0].code,
        "//! Says hello.\n\nfn main() {\n    println!(\"hello\");\n}\n"
    );
    assert_eq!(
        found[0].origin,
        "src/ch01-net/page.md:9 (listings/ch01-net/src/bin/hello.rs)"
    );
    assert_eq!(
        found[1].code,
        "//! Frames.\n\nuse ch01_net::Limit;\n\npub struct Frame(Limit);\n \
         fn main() {}\n"
    );
}

#[test]
fn missing_include_file() {
    Fixture::with(PAGE, "moved.rs", "moves.rs")
        .with_shown("listings/ch01-net/compile_fail/moved.rs")
        .refused(PAGE, "moves.rs", &["there is no file listings/ch01-net"]);
}

impl Fixture {
    /// Deletes a listing that the flaw leaves without a page.
    fn with_shown(self, file: &str) -> Self {
        fs::remove_file(self.root().join(file)).unwrap();
        self
    }
}

#[test]
fn missing_anchor() {
    Fixture::with(PAGE, "hello.rs:hello", "hello.rs:hallo").refused(
        PAGE,
        "hello.rs:hallo",
        &["no anchor `hallo`", "it has hello"],
    );
}

#[test]
fn empty_anchor() {
    Fixture::with(HELLO, "    println!(\"hello\");\n", "").refused(
        PAGE,
        "hello.rs:hello",
        &["the anchor `hello`", "is empty"],
    );
}

#[test]
fn anchor_without_an_end() {
    Fixture::with(HELLO, "    // ANCHOR_END: hello\n", "").refused(
        PAGE,
        "hello.rs:hello",
        &["never ends"],
    );
}

#[test]
fn lines_beyond_the_end() {
    Fixture::with(PAGE, "hello.rs:hello", "hello.rs:3:70").refused(
        PAGE,
        "hello.rs:3:70",
        &["lines 3 to 70", "has 7"],
    );
}

#[test]
fn include_outside_the_repository() {
    Fixture::plus("```text\n{{#include ../../../secret.txt}}\n```").refused(
        PAGE,
        "secret.txt",
        &["outside the repository"],
    );
}

#[test]
#[cfg(unix)]
fn include_outside_through_a_symbolic_link() {
    let fixture =
        Fixture::plus("```text\n{{#include ../../listings/h.txt}}\n```");
    let link = fixture.root().join("listings/h.txt");
    std::os::unix::fs::symlink("/etc/hosts", link).unwrap();
    fixture.refused(PAGE, "h.txt", &["outside the repository"]);
}

#[test]
fn empty_block() {
    Fixture::plus("```text\n\n```").refused(PAGE, "```text\n\n", &["is empty"]);
}

#[test]
fn listing_that_no_page_shows() {
    let file = "listings/ch01-net/src/bin/extra.rs";
    Fixture::and(file, "fn main() {}").refused(file, "", &["no page shows"]);
}

#[test]
fn compile_fail_listing_that_no_page_shows() {
    let file = "listings/ch01-net/compile_fail/extra.rs";
    Fixture::and(file, "fn main() {}").refused(file, "", &["no page shows"]);
}

#[test]
fn output_that_no_page_shows() {
    let file = "listings/ch01-net/output/again.txt";
    Fixture::and(file, "$ cargo run -p ch01-net --bin hello\n").refused(
        file,
        "",
        &["no page shows"],
    );
}

#[test]
fn solution_that_no_page_shows() {
    Fixture::with(
        PAGE,
        "```rust\n{{#rustdoc_include ../../listings/exercises/first/src/solution.rs}}\n```\n",
        "",
    )
    .refused(
        "listings/exercises/first/src/solution.rs",
        "",
        &["no page shows"],
    );
}

#[test]
fn exercise_that_no_page_gives() {
    Fixture::with(PAGE, "-p ex-first", "-p ex-frist").refused(
        "listings/exercises/first/Cargo.toml",
        "",
        &["`cargo test -p ex-first -- yours`"],
    );
}

#[test]
fn typed_rust() {
    Fixture::plus("```rust\nfn main() {}\n```").refused(
        PAGE,
        "```rust\nfn",
        &["typed into a page", "fn main() {}"],
    );
}

#[test]
fn typed_rust_in_a_box() {
    Fixture::plus("````admonish go\n```rust\nlet a = 1;\n```\n````").refused(
        PAGE,
        "```rust\nlet a",
        &["typed into a page"],
    );
}

#[test]
fn rust_from_outside_of_listings() {
    Fixture::plus("```rust\n{{#include ../../book.toml}}\n```").refused(
        PAGE,
        "```rust\n{{#include ../../book",
        &["book.toml, but Rust comes from listings/"],
    );
}

#[test]
fn ignore_without_a_reason() {
    let block = "```rust,ignore\n{{#include ../../listings/ch01-net/src/bin/hello.rs}}\n```";
    Fixture::plus(block).refused(
        PAGE,
        "rust,ignore",
        &["`ignore` needs a reason"],
    );
    let fixture = Fixture::plus(&format!("<!-- why -->\n{block}"));
    let found = problems(fixture.root()).unwrap();
    assert!(found.is_empty(), "{}", list(&found));
}

#[test]
fn no_run_without_a_reason() {
    Fixture::with(PAGE, "<!-- It would wait for a peer. -->", "<!-- -->")
        .refused(PAGE, "rust,no_run", &["`no_run` needs a reason"]);
}

#[test]
fn compile_fail_without_a_code() {
    Fixture::with(PAGE, "compile_fail,E0382", "compile_fail").refused(
        PAGE,
        "rust,compile_fail",
        &["one error code"],
    );
}

#[test]
fn should_panic() {
    Fixture::with(PAGE, "rust,no_run", "rust,should_panic").refused(
        PAGE,
        "should_panic",
        &["`should_panic` also passes"],
    );
}

#[test]
fn unknown_word_on_a_block() {
    Fixture::with(PAGE, "rust,no_run", "rust,norun").refused(
        PAGE,
        "rust,norun",
        &["`norun` means nothing"],
    );
}

#[test]
fn rust_by_another_name() {
    Fixture::with(PAGE, "rust,no_run", "rs").refused(
        PAGE,
        "```rs",
        &["begins with `rust`"],
    );
}

#[test]
fn fragment_by_plain_include() {
    Fixture::with(
        PAGE,
        "{{#rustdoc_include ../../listings/ch01-net/src/bin/hello.rs:hello}}",
        "{{#include ../../listings/ch01-net/src/bin/hello.rs:hello}}",
    )
    .refused(PAGE, "```rust\n{{#include", &["use `rustdoc_include`"]);
}

#[test]
fn line_that_mdbook_would_hide() {
    let file = "listings/ch01-net/src/frame.rs";
    Fixture::with(file, "pub struct", "/*\n# hello\n*/\npub struct").refused(
        PAGE,
        "```rust\n{{#rustdoc_include ../../listings/ch01-net/src/frame",
        &["hides or changes", "# hello"],
    );
}

#[test]
fn listing_that_breaks_its_block() {
    Fixture::with(HELLO, "println!(\"hello\");", "println!(\"\n```\n\");")
        .refused(PAGE, "```rust\n", &["breaks once it is expanded"]);
}

#[test]
fn indented_block() {
    Fixture::plus(
        "- item\n\n  ```text\n  {{#include ../../listings/ch01-net/output/hello.txt}}\n  ```",
    )
    .refused(PAGE, "  ```text", &["is indented"]);
}

#[test]
fn output_without_its_program() {
    let fixture = Fixture::new();
    let intro = fixture.read("src/intro.md");
    fixture.write(
        "src/intro.md",
        &format!("{intro}\n```text\n{{{{#include ../listings/ch01-net/output/hello.txt}}}}\n```\n"),
    );
    fixture.refused(
        "src/intro.md",
        "output/hello.txt",
        &["listings/ch01-net/src/bin/hello.rs", "not the program"],
    );
}

#[test]
fn output_of_no_package_or_program() {
    let file = "listings/ch01-net/output/hello.txt";
    Fixture::with(file, "-p ch01-net", "-p ch01-nte").refused(
        file,
        "",
        &["no package ch01-nte"],
    );
    Fixture::with(file, "--bin hello", "--bin helo").refused(
        file,
        "",
        &["no program", "src/bin/helo.rs"],
    );
    Fixture::with(file, "$ cargo run", "% cargo run").refused(
        file,
        "",
        &["the first line must be"],
    );
}

#[test]
fn broken_link_to_a_page() {
    Fixture::plus("[x](nowhere.md)").refused(
        PAGE,
        "nowhere.md",
        &["there is no page src/ch01-net/nowhere.md"],
    );
}

#[test]
fn broken_link_in_raw_html() {
    Fixture::plus("<p>\n<a href=\"nowhere.md\">x</a>\n</p>").refused(
        PAGE,
        "nowhere.md",
        &["there is no page src/ch01-net/nowhere.md"],
    );
}

#[test]
fn broken_link_in_a_box() {
    Fixture::plus("```admonish wire\n[x](nowhere.md)\n```").refused(
        PAGE,
        "nowhere.md",
        &["there is no page"],
    );
}

#[test]
fn broken_heading_anchor() {
    Fixture::with(PAGE, "../intro.md#named", "../intro.md#nmaed").refused(
        PAGE,
        "#nmaed",
        &["no id `nmaed`"],
    );
}

#[test]
fn anchor_that_a_custom_id_replaced() {
    Fixture::with(PAGE, "../intro.md#named", "../intro.md#other").refused(
        PAGE,
        "#other",
        &["no id `other`"],
    );
}

#[test]
fn headings_of_one_name_are_numbered() {
    Fixture::with("src/intro.md", "#more-1", "#more-2").refused(
        "src/intro.md",
        "#more-2",
        &["no id `more-2`", "there is `more`, `more-1`"],
    );
}

#[test]
fn missing_image() {
    Fixture::without("src/ch01-net/net.svg").refused(
        PAGE,
        "net.svg",
        &["there is no file src/ch01-net/net.svg"],
    );
}

#[test]
fn missing_image_in_raw_html() {
    Fixture::plus("<img alt=\"x\" srcset=\"net.svg 1x, big.svg 2x\">").refused(
        PAGE,
        "big.svg",
        &["there is no file src/ch01-net/big.svg"],
    );
}

#[test]
fn links_that_leave_the_book() {
    Fixture::plus("[x](../../README.md)").refused(
        PAGE,
        "README.md",
        &["leads out of src/"],
    );
    Fixture::plus("[x](/intro.html)").refused(
        PAGE,
        "/intro.html",
        &["begins with `/`"],
    );
    Fixture::plus("[x](file:///etc/hosts)").refused(
        PAGE,
        "etc/hosts",
        &["the scheme `file:`"],
    );
}

#[test]
fn undefined_reference() {
    Fixture::plus("[text][nowhere]").refused(
        PAGE,
        "[text][nowhere]",
        &["`[text][nowhere]` has no definition"],
    );
}

#[test]
fn broken_link_in_the_readme() {
    Fixture::with("README.md", "page.md)", "pages.md)").refused(
        "README.md",
        "pages.md",
        &["no such file in the repository"],
    );
}

#[test]
fn page_missing_from_the_summary() {
    Fixture::and("src/ch01-net/new.md", "# New\n\nText.\n").refused(
        "src/ch01-net/new.md",
        "",
        &["missing from src/SUMMARY.md"],
    );
}

#[test]
fn summary_entry_without_a_file() {
    Fixture::with("src/SUMMARY.md", "[Later]()", "[Later](later.md)").refused(
        "src/SUMMARY.md",
        "later.md",
        &["src/later.md does not exist"],
    );
}

#[test]
fn page_listed_twice() {
    Fixture::with("src/SUMMARY.md", "[Later]()", "[Later](intro.md)").refused(
        "src/SUMMARY.md",
        "[Later]",
        &["listed twice"],
    );
}

fn another_page(text: &str) -> Fixture {
    let fixture =
        Fixture::with("src/SUMMARY.md", "[Later]()", "[Later](later.md)");
    fixture.write("src/later.md", text);
    fixture
}

#[test]
fn pages_without_title_or_text() {
    let file = "src/later.md";
    another_page("\n").refused(file, "", &["this page is empty"]);
    another_page("Text.\n").refused(file, "", &["no title"]);
    another_page("# Later\n\n## More\n").refused(file, "", &["only headings"]);
    another_page("# Later\n\nx\n\n# Two\n").refused(
        file,
        "# Two",
        &["a second title"],
    );
    another_page("# Latter\n\nText.\n").refused(
        file,
        "",
        &["\"Latter\"", "\"Later\""],
    );
}

#[test]
fn pages_that_tests_could_not_tell_apart() {
    let fixture = Fixture::with(
        "src/SUMMARY.md",
        "[Later]()",
        "[Later](ch01_net_page.md)",
    );
    fixture.write("src/ch01_net_page.md", "# Later\n\nText.\n");
    fixture.refused(PAGE, "", &["both `ch01_net_page`"]);
}

#[test]
fn misspelt_boxes() {
    Fixture::plus("```admonish og\nx\n```").refused(
        PAGE,
        "admonish og",
        &["no box is called `og`", "go, wire, danger, exercise"],
    );
    Fixture::plus("```admonsih go\nx\n```").refused(
        PAGE,
        "admonsih go",
        &["`admonsih` is not `admonish`"],
    );
    Fixture::plus("```admonish\nx\n```").refused(
        PAGE,
        "```admonish\n",
        &["needs a kind"],
    );
    Fixture::plus("```admonish go\n```").refused(
        PAGE,
        "```admonish go",
        &["is empty"],
    );
}

#[test]
fn unclosed_box() {
    Fixture::plus("```admonish go\nx").refused(
        PAGE,
        "admonish go",
        &["never closed"],
    );
}

#[test]
fn box_closed_by_its_content() {
    let fixture = Fixture::plus("```admonish go\n```text\nx\n```\n```\nend");
    // The box ends with the block in it, so its own end begins another.
    fixture.refused(PAGE, "```\nend", &["never closed"]);
}

#[test]
fn unknown_and_unfinished_directives() {
    Fixture::plus("{{#inlcude x.md}}").refused(
        PAGE,
        "inlcude",
        &["`{{#inlcude x.md}}` is not a directive"],
    );
    Fixture::plus("{{#playground ../x.rs}}").refused(
        PAGE,
        "playground",
        &["is not a directive"],
    );
    Fixture::plus("{{#include ../../listings/x.rs").refused(
        PAGE,
        "listings/x.rs",
        &["is not a directive"],
    );
}

#[test]
fn directive_inside_a_listing() {
    let fixture = another_page(
        "# Later\n\n```text\n{{#include ../listings/n.txt}}\n```\n",
    );
    fixture.write("listings/n.txt", "{{#include nowhere.txt}}");
    fixture.refused("src/later.md", "```text", &["`{{#` is left"]);
}

#[test]
fn package_that_snippets_cannot_use() {
    let tester = Path::new("listings/book-tests");
    let fixture = Fixture::and(
        "listings/book-tests/Cargo.toml",
        "[package]\nname = \"book-tests\"\n\n[dev-dependencies]\n\
         ch01-net.workspace = true\n",
    );
    let missing =
        book_check::missing_dependencies(fixture.root(), tester).unwrap();
    assert_eq!(missing.len(), 1, "{}", list(&missing));
    let text = missing[0].to_string();
    assert!(
        text.contains("add ex-first to")
            && text.contains("listings/book-tests/Cargo.toml"),
        "{text}"
    );
}

/// The base book with a glossary that has these rows.
fn glossary(rows: &str) -> Fixture {
    let fixture = Fixture::with(
        "src/SUMMARY.md",
        "[Later]()",
        "[D. Glossary](appendix/glossary.md)",
    );
    fixture.write(
        "src/appendix/glossary.md",
        &format!(
            "# D. Glossary\n\n| term | 中文 | meaning |\n| --- | --- | --- |\n{rows}"
        ),
    );
    fixture
}

#[test]
fn glossary_in_order_whose_terms_are_on_their_pages() {
    let library = "| library | <span lang=\"zh-Hans\">库</span> | What is shared ([page](../ch01-net/page.md)). |\n";
    let start = "| the start, début | <span lang=\"zh-Hans\">起点</span> | See ([page](../ch01-net/page.md#x)). |\n";
    let file = "src/appendix/glossary.md";
    let good = glossary(&format!("{library}{start}"));
    // The link to `#x` is another check's matter.
    good.refused(file, "| the start", &["#x"]);
    let start = &start.replace("#x", "");
    let accepted = glossary(&format!("{library}{start}"));
    let found = problems(accepted.root()).unwrap();
    assert!(found.is_empty(), "{}", list(&found));
    glossary(&format!("{start}{library}")).refused(
        file,
        "| library",
        &["`library` has to stand before `the start"],
    );
    let twice = library.replace("What", "That");
    glossary(&format!("{library}{twice}")).refused(
        file,
        "| library | <span lang=\"zh-Hans\">库</span> | That",
        &["`library` has to stand before `library`"],
    );
    for unmarked in ["", "库", "<span lang=\"zh-Hans\"></span>"] {
        let marked = "<span lang=\"zh-Hans\">库</span>";
        glossary(&library.replace(marked, unmarked)).refused(
            file,
            "| library",
            &["no 中文"],
        );
    }
    glossary(
        "| library | <span lang=\"zh-Hans\">库</span> | What is shared. |\n",
    )
    .refused(file, "| library", &["links no page"]);
    glossary(&library.replace("| library", "| router")).refused(
        file,
        "| router",
        &["does not use `router`"],
    );
}
