//! The directives `{{#include …}}` and `{{#rustdoc_include …}}`, as mdBook
//! reads them, and what can be wrong with one.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use crate::markdown::line_of;

/// Which of the two directives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{{#include}}`: only the named part.
    Include,
    /// `{{#rustdoc_include}}`: the rest of the file too, as hidden lines.
    RustdocInclude,
}

/// Which part of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// What stands between `ANCHOR: x` and `ANCHOR_END: x`.
    Anchor(String),
    /// Lines, the first being 1, both ends included; `None` is unbounded.
    Lines(Option<usize>, Option<usize>),
}

/// A part of a file that a page includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// The line of the page.
    pub line: usize,
    /// The directive.
    pub kind: Kind,
    /// The file, relative to the book's root; `None` when it is outside.
    pub file: Option<PathBuf>,
    /// The part of it.
    pub part: Part,
    /// The path as the page writes it.
    pub written: String,
}

static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?P<escaped>\\\{\{#.*\}\})|\{\{\s*#(?P<name>[a-zA-Z0-9_]+)\s+(?P<rest>[^}]+)\}\}",
    )
    .expect("a constant regex")
});
static OPENING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{\s*#[^\n]*").expect("a constant regex"));
static START: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"ANCHOR:\s*([\w_-]+)").expect("a constant regex")
});
static END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"ANCHOR_END:\s*([\w_-]+)").expect("a constant regex")
});

/// The directives of a page.
#[derive(Debug, Default)]
pub(crate) struct Directives {
    pub includes: Vec<Include>,
    /// Those mdBook does not know or that never end: line and text.
    pub strange: Vec<(usize, String)>,
    /// Whether one is escaped, so that `{{#` may remain after expansion.
    pub escaped: bool,
}

/// Reads the directives in `text`, which belongs to a page in `folder`, a
/// path relative to the book's root.
pub(crate) fn directives(text: &str, folder: &Path) -> Directives {
    let mut found = Directives::default();
    let mut known = Vec::new();
    for capture in DIRECTIVE.captures_iter(text) {
        let all = capture.get(0).expect("the whole match");
        known.push(all.range());
        if capture.name("escaped").is_some() {
            found.escaped = true;
            continue;
        }
        let line = line_of(text, all.start());
        let kind = match &capture["name"] {
            "include" => Kind::Include,
            "rustdoc_include" => Kind::RustdocInclude,
            "title" => continue,
            _ => {
                found.strange.push((line, all.as_str().to_owned()));
                continue;
            }
        };
        let argument = capture["rest"].split_whitespace().next();
        let argument = argument.unwrap_or_default();
        let (path, part) = argument.split_once(':').unwrap_or((argument, ""));
        found.includes.push(Include {
            line,
            kind,
            file: inside(&folder.join(path)),
            part: part_of(part),
            written: argument.to_owned(),
        });
    }
    for opening in OPENING.find_iter(text) {
        if !known.iter().any(|range| range.contains(&opening.start())) {
            let line = line_of(text, opening.start());
            found.strange.push((line, opening.as_str().to_owned()));
        }
    }
    found
}

/// `path` without `.` and `..`; `None` when it leaves the folder that it is
/// relative to.
pub(crate) fn inside(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !clean.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(clean)
}

fn part_of(text: &str) -> Part {
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let end = parts.next().map(|end| end.parse::<usize>().ok());
    match (first, first.parse::<usize>().ok(), end) {
        ("", _, None | Some(None)) => Part::Whole,
        ("", _, Some(end)) => Part::Lines(None, end),
        (_, Some(start), None) => Part::Lines(Some(start), Some(start)),
        (_, Some(start), Some(end)) => Part::Lines(Some(start), end),
        (name, None, _) => Part::Anchor(name.to_owned()),
    }
}

impl Include {
    /// What is wrong with it, if anything.
    pub(crate) fn problem(&self, root: &Path) -> Option<String> {
        let written = &self.written;
        let Some(file) = &self.file else {
            return Some(outside(written));
        };
        let path = root.join(file);
        if !path.is_file() {
            return Some(format!(
                "includes {written}, but there is no file {}",
                file.display()
            ));
        }
        // A symbolic link could still lead away.
        let real = path.canonicalize().ok()?;
        if !real.starts_with(root.canonicalize().ok()?) {
            return Some(outside(written));
        }
        let Ok(text) = fs::read_to_string(&path) else {
            return Some(format!("{} is not UTF-8 text", file.display()));
        };
        match &self.part {
            Part::Whole => None,
            Part::Anchor(name) => anchor_problem(name, file, &text),
            Part::Lines(start, end) => {
                let lines = text.lines().count();
                let first = start.unwrap_or(1);
                let last = end.unwrap_or(lines.max(first));
                (first == 0 || first > last || last > lines).then(|| {
                    format!(
                        "includes lines {first} to {last} of {}, which has \
                         {lines}",
                        file.display()
                    )
                })
            }
        }
    }
}

fn outside(written: &str) -> String {
    format!(
        "includes {written}, which is outside the repository; include from \
         listings/"
    )
}

fn anchor_problem(name: &str, file: &Path, text: &str) -> Option<String> {
    let file = file.display();
    let names = |regex: &Regex, line: &str| {
        regex.captures(line).map(|capture| capture[1].to_owned())
    };
    let mut lines = text.lines();
    if !lines.any(|line| names(&START, line).as_deref() == Some(name)) {
        let mut known: Vec<_> = text
            .lines()
            .filter_map(|line| names(&START, line))
            .collect();
        known.dedup();
        let known = if known.is_empty() {
            "it has none".to_owned()
        } else {
            format!("it has {}", known.join(", "))
        };
        return Some(format!("{file} has no anchor `{name}`; {known}"));
    }
    let mut empty = true;
    for line in lines {
        if let Some(end) = names(&END, line) {
            if end == name {
                return empty.then(|| {
                    format!("the anchor `{name}` in {file} is empty")
                });
            }
        } else if !START.is_match(line) {
            empty &= line.trim().is_empty();
        }
    }
    Some(format!(
        "the anchor `{name}` in {file} never ends; add \
         `// ANCHOR_END: {name}`"
    ))
}

/// `text` without the lines that hold anchors, as mdBook includes it.
pub(crate) fn without_anchors(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !START.is_match(line) && !END.is_match(line))
        .collect();
    lines.join("\n")
}

/// Undoes rustdoc's hiding: `# x` and `#` are hidden lines, `##x` is a shown
/// line that begins with `#`.
pub(crate) fn unhidden(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    for line in text.lines() {
        let start = line.len() - line.trim_start().len();
        let (space, rest) = line.split_at(start);
        code.push_str(space);
        code.push_str(match rest.strip_prefix('#') {
            Some("") => "",
            Some(hidden) if hidden.starts_with(' ') => &hidden[1..],
            Some(escaped) if escaped.starts_with('#') => escaped,
            _ => rest,
        });
        code.push('\n');
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_lines_are_undone_as_mdbook_does() {
        let text = "# use a;\n#\n#     b\nfn x() {}\n  # y\n##![z]\n#[d]\n#!x";
        assert_eq!(
            unhidden(text),
            "use a;\n\n    b\nfn x() {}\n  y\n#![z]\n#[d]\n#!x\n"
        );
    }

    #[test]
    fn directives_are_read_as_mdbook_reads_them() {
        let page = "{{#include ../l/a.rs:x}}\n\\{{#include no}}\n\
                    {{ #rustdoc_include b.rs:2:3 }}\n{{#nope x}}\n{{#include y";
        let found = directives(page, Path::new("src"));
        let [a, b] = &found.includes[..] else {
            panic!("{found:?}")
        };
        assert_eq!(a.file.as_deref(), Some(Path::new("l/a.rs")));
        assert_eq!(a.part, Part::Anchor("x".into()));
        assert_eq!(b.kind, Kind::RustdocInclude);
        assert_eq!(b.part, Part::Lines(Some(2), Some(3)));
        let lines: Vec<_> = found.strange.iter().map(|s| s.0).collect();
        assert_eq!(lines, [4, 5]);
        assert!(found.escaped);
    }

    #[test]
    fn ranges_are_read_as_mdbook_reads_them() {
        assert_eq!(part_of(""), Part::Whole);
        assert_eq!(part_of("3"), Part::Lines(Some(3), Some(3)));
        assert_eq!(part_of("3:"), Part::Lines(Some(3), None));
        assert_eq!(part_of(":3"), Part::Lines(None, Some(3)));
        assert_eq!(part_of(":"), Part::Whole);
    }
}
