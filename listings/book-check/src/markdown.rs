//! One Markdown page taken apart: fences, headings, links, raw HTML.

use std::cell::RefCell;
use std::ops::Range;

use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options,
    Parser, Tag, TagEnd,
};

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fence {
    /// The line of the opening fence.
    pub line: usize,
    /// The line of the closing fence, or the last one when there is none.
    pub end: usize,
    pub closed: bool,
    /// Whether white space stands before the opening fence.
    pub indented: bool,
    pub info: String,
    pub text: String,
}

impl Fence {
    /// The words of the info string.
    pub fn words(&self) -> Vec<&str> {
        words(&self.info)
    }

    /// Whether mdbook-admonish makes a box of it.
    pub fn is_box(&self) -> bool {
        self.words().first() == Some(&"admonish")
    }
}

/// The words of an info string, which commas or spaces separate.
pub(crate) fn words(info: &str) -> Vec<&str> {
    info.split([',', ' ', '\t'])
        .filter(|word| !word.is_empty())
        .collect()
}

#[derive(Debug)]
pub(crate) struct Heading {
    pub line: usize,
    pub level: usize,
    pub text: String,
}

/// Where a page points.
#[derive(Debug)]
pub(crate) struct Link {
    pub line: usize,
    pub target: String,
}

#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub fences: Vec<Fence>,
    pub headings: Vec<Heading>,
    pub links: Vec<Link>,
    /// Raw HTML: where it stands in the text.
    pub html: Vec<Range<usize>>,
    /// References without a definition: line and text.
    pub undefined: Vec<(usize, String)>,
    /// Whether there is anything but headings and comments.
    pub has_body: bool,
}

/// The options mdBook parses with.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

/// The line, from 1, in which byte `offset` of `text` stands.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

/// `text` with the fences around boxes blanked, so that what stands in a box
/// is Markdown like the rest and every line keeps its number.
pub(crate) fn unboxed(text: &str) -> String {
    let mut text = text.to_owned();
    loop {
        let fences = parse(&text).fences;
        let mut blank: Vec<usize> = Vec::new();
        for fence in fences.iter().filter(|fence| fence.is_box()) {
            blank.push(fence.line);
            if fence.closed {
                blank.push(fence.end);
            }
        }
        if blank.is_empty() {
            return text;
        }
        let lines: Vec<&str> = text
            .split('\n')
            .enumerate()
            .map(|(i, line)| if blank.contains(&(i + 1)) { "" } else { line })
            .collect();
        text = lines.join("\n");
    }
}

pub(crate) fn parse(text: &str) -> Parsed {
    let undefined = RefCell::new(Vec::new());
    let callback = |link: BrokenLink<'_>| {
        let span = &text[link.span.clone()];
        // A footnote, an alert (`[!NOTE]`) or a checkbox is no link.
        let marker = link.reference.starts_with(['!', '^'])
            || link.reference.trim().len() <= 1;
        if !(marker && link.link_type == LinkType::Shortcut) {
            undefined
                .borrow_mut()
                .push((line_of(text, link.span.start), span.to_owned()));
        }
        None::<(CowStr<'_>, CowStr<'_>)>
    };
    let parser =
        Parser::new_with_broken_link_callback(text, options(), Some(callback));
    let mut parsed = Parsed::default();
    let mut fence: Option<Fence> = None;
    let mut heading: Option<Heading> = None;
    let breaks: Vec<usize> =
        text.match_indices('\n').map(|(at, _)| at).collect();
    for (event, range) in parser.into_offset_iter() {
        // As `line_of`, for each of a page's thousands of events.
        let line = 1 + breaks.partition_point(|at| *at < range.start);
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                parsed.has_body = true;
                fence = Some(open(text, range, &info));
            }
            Event::End(TagEnd::CodeBlock) => parsed.fences.extend(fence.take()),
            Event::Start(Tag::Heading { level, .. }) => {
                let level = level_number(level);
                heading = Some(Heading {
                    line,
                    level,
                    text: String::new(),
                });
            }
            Event::End(TagEnd::Heading(_)) => {
                parsed.headings.extend(heading.take());
            }
            Event::Start(
                Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. },
            ) => {
                parsed.links.push(Link {
                    line,
                    target: dest_url.into_string(),
                });
                parsed.has_body |= heading.is_none();
            }
            Event::Start(Tag::HtmlBlock) => {
                parsed.has_body |=
                    !text[range.clone()].trim_start().starts_with("<!--");
                parsed.html.push(range);
            }
            Event::InlineHtml(_) => parsed.html.push(range),
            Event::Text(piece) | Event::Code(piece) => {
                if let Some(fence) = &mut fence {
                    fence.text.push_str(&piece);
                } else if let Some(heading) = &mut heading {
                    heading.text.push_str(&piece);
                } else {
                    parsed.has_body = true;
                }
            }
            Event::SoftBreak => {
                if let Some(heading) = &mut heading {
                    heading.text.push(' ');
                }
            }
            _ => {}
        }
    }
    let mut undefined = undefined.into_inner();
    undefined.sort();
    undefined.dedup();
    parsed.undefined = undefined;
    parsed
}

fn open(text: &str, range: Range<usize>, info: &str) -> Fence {
    let block = text[range.clone()].trim_end();
    let line = line_of(text, range.start);
    let end = line + block.matches('\n').count();
    let mark = block.chars().next().unwrap_or('`');
    let width = block.chars().take_while(|c| *c == mark).count();
    let last = block.lines().last().unwrap_or_default();
    let last = last.trim_start_matches([' ', '\t', '>']).trim_end();
    let closed =
        end > line && last.chars().all(|c| c == mark) && last.len() >= width;
    let start = text[..range.start].rfind('\n').map_or(0, |i| i + 1);
    Fence {
        line,
        end,
        closed,
        indented: start != range.start,
        info: info.to_owned(),
        text: String::new(),
    }
}

fn level_number(level: HeadingLevel) -> usize {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_know_their_lines_and_whether_they_are_closed() {
        let parsed = parse("# T\n\n```rust\nx\n```\n\n~~~text\ny\n");
        let [a, b] = &parsed.fences[..] else { panic!() };
        assert_eq!((a.line, a.end, a.closed), (3, 5, true));
        assert_eq!((b.line, b.closed), (7, false));
        assert_eq!(b.text, "y\n");
    }

    #[test]
    fn boxes_are_transparent_and_lines_keep_their_numbers() {
        let page = "# T\n\n````admonish go\nhi\n\n```rust\nx\n```\n````\nend\n";
        let text = unboxed(page);
        assert_eq!(text.lines().count(), page.lines().count());
        let parsed = parse(&text);
        assert_eq!(parsed.fences.len(), 1);
        assert_eq!(parsed.fences[0].line, 6);
        assert_eq!(parsed.fences[0].info, "rust");
    }

    #[test]
    fn undefined_references_are_found() {
        let page =
            "[a][nowhere]\n\n[here]\n\n[x]: y.md\n[x] `[code]` - [ ] t\n";
        let undefined = parse(page).undefined;
        let texts: Vec<_> = undefined.iter().map(|u| u.1.as_str()).collect();
        assert_eq!(texts, ["[a][nowhere]", "[here]"]);
    }
}
