//! Finds the fenced code blocks of a page, in place.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// A closed fenced code block and where its parts are in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// From the opening fence to the end of the closing one, without the
    /// newline after it.
    pub span: Range<usize>,
    /// The info string: what follows the opening fence.
    pub info: Range<usize>,
    /// The lines between the fences, with what stands before each of them.
    pub body: Range<usize>,
    /// What stands before the fence on its line: nothing, the indentation of
    /// a list item, a quotation's `>`.
    pub margin: Range<usize>,
}

impl Fence {
    /// Whether a line with the same margin belongs to the same container.
    ///
    /// Not so if the margin begins the container: `- ` would begin another.
    pub fn margin_repeats(&self, page: &str) -> bool {
        page[self.margin.clone()]
            .chars()
            .all(|c| matches!(c, ' ' | '\t' | '>'))
    }

    /// The words of the info string, as mdBook splits it.
    pub fn words<'a>(&self, page: &'a str) -> Vec<&'a str> {
        page[self.info.clone()]
            .split([' ', '\t', ','])
            .filter(|word| !word.is_empty())
            .collect()
    }
}

/// The closed fenced blocks of a page, from first to last.
///
/// A block without a closing fence is left out: it ends where its container
/// does, and nothing can be put behind it.
pub fn fences(page: &str) -> Vec<Fence> {
    Parser::new_ext(page, options())
        .into_offset_iter()
        .filter_map(|(event, span)| match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                locate(page, span)
            }
            _ => None,
        })
        .collect()
}

/// What of mdBook's dialect decides where a block begins and ends.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

fn locate(page: &str, span: Range<usize>) -> Option<Fence> {
    let start = span.start;
    let end = start + page[span].trim_end_matches(['\n', '\r']).len();
    let block = &page[start..end];

    let mark = block.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = block.chars().take_while(|c| *c == mark).count();
    let first_line = block.find('\n')?;
    let info = block[length..first_line].trim_end().len();

    let last_line = block.rfind('\n')? + 1;
    let closing = block[last_line..].trim_start_matches([' ', '\t', '>']);
    let marks = closing.chars().take_while(|c| *c == mark).count();
    if marks < length || !closing[marks..].trim().is_empty() {
        return None;
    }

    let line = page[..start].rfind('\n').map_or(0, |newline| newline + 1);
    Some(Fence {
        info: start + length..start + length + info,
        body: start + first_line + 1..start + last_line,
        margin: line..start,
        span: start..end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(page: &str) -> Vec<[&str; 4]> {
        fences(page)
            .into_iter()
            .map(|f| [f.margin, f.span, f.info, f.body].map(|r| &page[r]))
            .collect()
    }

    #[test]
    fn finds_the_parts_of_each_block() {
        for (page, expected) in [
            (
                "```rust\na\n```\n",
                vec![["", "```rust\na\n```", "rust", "a\n"]],
            ),
            ("```\n```", vec![["", "```\n```", "", ""]]),
            (
                "~~~ text \nä\n~~~~\nx",
                vec![["", "~~~ text \nä\n~~~~", " text", "ä\n"]],
            ),
            (
                "```a\r\nx\r\n```\r\n",
                vec![["", "```a\r\nx\r\n```", "a", "x\r\n"]],
            ),
            (
                "- p\n\n  ```a\n  x\n  ```\n",
                vec![["  ", "```a\n  x\n  ```", "a", "  x\n"]],
            ),
            (
                "- ```a\n  x\n  ```\n",
                vec![["- ", "```a\n  x\n  ```", "a", "  x\n"]],
            ),
            (
                "> ```a\n> x\n> ```\n",
                vec![["> ", "```a\n> x\n> ```", "a", "> x\n"]],
            ),
            (
                "````a\n```b\nx\n```\n````\n",
                vec![["", "````a\n```b\nx\n```\n````", "a", "```b\nx\n```\n"]],
            ),
            ("`` `a` `` and ```code``` inline\n", vec![]),
            ("    ```\n    indented code\n    ```\n", vec![]),
            ("<details>\n```rust\nraw HTML\n```\n</details>\n", vec![]),
            ("```rust\nnever closed\n", vec![]),
            ("````rust\nclosed by too short a fence\n```\n", vec![]),
            ("- ```rust\n  closed by its item\n\nx\n", vec![]),
        ] {
            assert_eq!(parts(page), expected, "{page}");
        }
    }

    #[test]
    fn a_list_marker_does_not_repeat() {
        for (page, repeats) in [
            ("```\n```", true),
            ("  ```\n  ```", true),
            ("> ```\n> ```", true),
            ("- ```\n  ```", false),
            ("1. ```\n   ```", false),
        ] {
            assert_eq!(fences(page)[0].margin_repeats(page), repeats, "{page}");
        }
    }
}
