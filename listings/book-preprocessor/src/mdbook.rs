//! The JSON that mdBook and a preprocessor exchange, in as far as we need it.
//!
//! mdBook writes `[context, book]` to standard input and reads the book back.
//! We keep it as JSON values: fields that a later mdBook adds pass through.
//! See <https://rust-lang.github.io/mdBook/for_developers/preprocessors.html>.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Reads `[context, book]`.
///
/// # Errors
/// When the input is not a JSON array of two.
pub fn read(input: impl Read) -> Result<(Value, Value)> {
    let pair: [Value; 2] = serde_json::from_reader(input)
        .context("standard input is not mdBook's [context, book]")?;
    let [context, book] = pair;
    Ok((context, book))
}

/// Writes the book back.
///
/// # Errors
/// When mdBook has closed the pipe.
pub fn write(mut output: impl Write, book: &Value) -> Result<()> {
    serde_json::to_writer(&mut output, book)
        .and_then(|()| output.flush().map_err(serde_json::Error::io))
        .context("mdBook did not take the book back")
}

/// The folder that holds `book.toml`.
pub fn root(context: &Value) -> PathBuf {
    PathBuf::from(context["root"].as_str().unwrap_or("."))
}

/// Calls `edit` with each chapter's path below `src/` and its Markdown.
///
/// Drafts have no file, so they are left out.
pub fn for_each_chapter(
    book: &mut Value,
    edit: &mut impl FnMut(&str, &mut String),
) {
    // "items" is mdBook 0.5's name for it, "sections" 0.4's.
    for list in ["items", "sections"] {
        if let Some(Value::Array(items)) = book.get_mut(list) {
            visit(items, edit);
        }
    }
}

fn visit(items: &mut [Value], edit: &mut impl FnMut(&str, &mut String)) {
    for item in items {
        let Some(chapter) = item.get_mut("Chapter") else {
            continue; // a separator or the title of a part
        };
        let path = chapter["path"].as_str().map(str::to_owned);
        if let (Some(path), Some(Value::String(content))) =
            (path, chapter.get_mut("content"))
        {
            edit(&path, content);
        }
        if let Some(Value::Array(below)) = chapter.get_mut("sub_items") {
            visit(below, edit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn visits_nested_chapters_and_passes_over_the_rest() {
        let mut book = json!({"items": [
            {"PartTitle": "One"},
            {"Chapter": {"path": "a.md", "content": "a", "sub_items": [
                {"Chapter": {"path": "b.md", "content": "b",
                    "sub_items": []}},
            ]}},
            {"Chapter": {"path": null, "content": "", "sub_items": []}},
            "Separator",
        ]});
        let mut seen = Vec::new();
        for_each_chapter(&mut book, &mut |path, text| {
            seen.push(path.to_owned());
            text.push('!');
        });
        assert_eq!(seen, ["a.md", "b.md"]);
        assert_eq!(
            book["items"][1]["Chapter"]["sub_items"][0]["Chapter"]["content"],
            "b!"
        );
    }

    #[test]
    fn refuses_what_is_not_a_pair() {
        assert!(read(&b"{}"[..]).is_err());
        assert!(read(&b"[1]"[..]).is_err());
        assert!(read(&b""[..]).is_err());
    }
}
