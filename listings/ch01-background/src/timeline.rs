//! What happened when: bars in rows, drawn as text and as SVG.
//!
//! Whole units only: two runs of a program then draw the same picture.

use std::fmt::Write as _;

/// How many columns the bars may take in text.
const COLUMNS: u64 = 48;
/// The most columns one unit takes in text.
const UNIT_COLUMNS: u64 = 8;
/// The most characters of a label that are shown.
const LABEL: usize = 16;
/// The most numbers on an axis.
const NUMBERS: u64 = 12;

/// One row: something that took time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// What it was.
    pub label: String,
    /// When it began, in units.
    pub start: u32,
    /// How long it took, in units: 0 for less than one.
    pub length: u32,
}

impl Span {
    fn end(&self) -> u64 {
        u64::from(self.start) + u64::from(self.length)
    }
}

/// Rows of bars on one axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// What it shows.
    pub title: String,
    /// What is counted: `round trips`.
    pub unit: String,
    /// The rows, from the top.
    pub spans: Vec<Span>,
}

impl Timeline {
    /// A timeline without rows.
    #[must_use]
    pub fn new(title: &str, unit: &str) -> Self {
        Timeline {
            title: title.into(),
            unit: unit.into(),
            spans: Vec::new(),
        }
    }

    /// Adds a row that begins where the last one ended.
    #[must_use]
    pub fn then(mut self, label: &str, length: u32) -> Self {
        let end = self.spans.last().map_or(0, Span::end);
        self.spans.push(Span {
            label: label.into(),
            start: u32::try_from(end).unwrap_or(u32::MAX),
            length,
        });
        self
    }

    /// Where the last bar ends, in units.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.spans.iter().map(Span::end).max().unwrap_or(0)
    }

    /// The rows as text, at most 80 columns wide.
    #[must_use]
    pub fn to_text(&self) -> String {
        let columns = |units: u64| match self.end() {
            0 => 0,
            end => units * COLUMNS.min(end * UNIT_COLUMNS) / end,
        };
        let mut text = format!("{}\n", printable(&self.title));
        for span in &self.spans {
            let (start, end) =
                (columns(span.start.into()), columns(span.end()));
            let bar = match end - start {
                0 => "▏".into(),
                width => "█".repeat(width as usize),
            };
            let _ = writeln!(
                text,
                "{:<LABEL$} {:>3}  {}{bar}",
                shortened(&span.label),
                span.length,
                " ".repeat(start as usize),
            );
        }
        let unit = printable(&self.unit);
        let _ =
            writeln!(text, "{:<LABEL$} {:>3}  {unit}", "in all", self.end());
        text
    }

    /// The rows as an SVG element to put into an HTML page, in the color of
    /// its text. `id` tells its title and description from those of other
    /// pictures on the page.
    #[must_use]
    pub fn to_svg(&self, id: &str) -> String {
        const LEFT: u64 = 130;
        const WIDTH: u64 = 330;
        const ROW: u64 = 28;
        let id: String =
            id.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        let all = self.end().max(1);
        let x = |units: u64| LEFT + units * WIDTH / all;
        let bottom = 16 + ROW * self.spans.len() as u64;
        let height = bottom + 46;
        let mut svg = format!(
            "<svg role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             viewBox=\"0 0 480 {height}\" width=\"480\" \
             style=\"max-width:100%;height:auto;font-family:inherit\" \
             font-size=\"14\" fill=\"currentColor\" stroke=\"none\">\n\
             <title id=\"{id}-title\">{}</title>\n\
             <desc id=\"{id}-desc\">{}</desc>\n",
            escaped(&self.title),
            escaped(&self.description()),
        );
        for units in (0..=all).step_by(all.div_ceil(NUMBERS) as usize) {
            let x = x(units);
            let _ = write!(
                svg,
                "<path d=\"M{x} 8V{bottom}\" stroke=\"currentColor\" \
                 opacity=\"0.3\"/>\n\
                 <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{units}</text>\n",
                bottom + 18,
            );
        }
        for (span, row) in self.spans.iter().zip(0..) {
            let (left, right) = (x(span.start.into()), x(span.end()));
            let y = 12 + ROW * row;
            let _ = write!(
                svg,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n\
                 <rect x=\"{left}\" y=\"{y}\" width=\"{}\" height=\"20\"/>\n",
                LEFT - 12,
                y + 15,
                escaped(&shortened(&span.label)),
                (right - left).max(2),
            );
        }
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n</svg>\n",
            LEFT + WIDTH / 2,
            bottom + 38,
            escaped(&self.unit),
        );
        svg
    }

    /// The rows in words, for those who do not see them.
    fn description(&self) -> String {
        let rows = self.spans.iter().map(|span| match span.length {
            0 => format!("{}: less than one, at {}", span.label, span.start),
            _ => {
                format!("{}: from {} to {}", span.label, span.start, span.end())
            }
        });
        let rows = rows.collect::<Vec<_>>().join("; ");
        format!("In {}. {rows}.", self.unit)
    }
}

/// `text` without what breaks a line, or an XML document.
fn printable(text: &str) -> String {
    let visible = |c: char| match c {
        // Neither characters nor allowed in XML (XML 1.0 §2.2).
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        // Those that reorder the text around them (UAX #9).
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        '\u{2028}' | '\u{2029}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(visible).collect()
}

fn shortened(label: &str) -> String {
    let label = printable(label);
    if label.chars().count() <= LABEL {
        return label;
    }
    label.chars().take(LABEL - 1).chain(['…']).collect()
}

/// `text` as the content of an element (XML 1.0 §2.4).
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in printable(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page() -> Timeline {
        Timeline::new("A page", "round trips")
            .then("resolve", 1)
            .then("handshake", 2)
            .then("last byte", 0)
    }

    #[test]
    fn a_row_begins_where_the_last_one_ended() {
        let text = page().to_text();
        let expected = "A page\n\
            resolve            1  ████████\n\
            handshake          2          ████████████████\n\
            last byte          0                          ▏\n\
            in all             3  round trips\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn the_picture_says_in_words_what_it_shows() {
        let svg = page().to_svg("page");
        for part in [
            "<title id=\"page-title\">A page</title>",
            "resolve: from 0 to 1; handshake: from 1 to 3; \
             last byte: less than one, at 3.",
            "aria-labelledby=\"page-title page-desc\"",
            "fill=\"currentColor\"",
        ] {
            assert!(svg.contains(part), "{part} is not in\n{svg}");
        }
    }

    #[test]
    fn a_label_cannot_leave_its_element() {
        let hostile = "</text><script>alert('x & \"y\"')</script>\n\n# Title";
        let svg = Timeline::new(hostile, hostile)
            .then(hostile, 1)
            .to_svg("\"><script>");
        assert!(!svg.contains("<script"), "{svg}");
        assert!(
            !svg.contains("\n\n"),
            "a blank line ends the element:\n{svg}"
        );
        assert!(svg.contains("&lt;script&gt;alert(&#39;x &amp; &quot;y&quot;"));
        assert!(svg.contains("id=\"script-title\""), "{svg}");
    }

    #[test]
    fn nothing_and_the_longest_have_a_picture_too() {
        let empty = Timeline::new("", "").to_text();
        assert_eq!(empty.lines().count(), 2);
        let longest = page().then("a", u32::MAX).then("b", u32::MAX);
        assert!(longest.to_text().lines().all(|l| l.chars().count() <= 80));
        assert!(longest.to_svg("x").len() < 10_000);
    }

    proptest! {
        #[test]
        fn any_timeline_is_drawn_within_bounds(
            rows in prop::collection::vec((".*", any::<u32>(), any::<u32>()), 0..20),
            title in ".*",
        ) {
            let count = rows.len();
            let spans = rows
                .into_iter()
                .map(|(label, start, length)| Span { label, start, length });
            let timeline = Timeline {
                title: title.clone(),
                unit: "units".into(),
                spans: spans.collect(),
            };
            let text = timeline.to_text();
            prop_assert_eq!(text.lines().count(), count + 2);
            prop_assert!(text.lines().skip(1).all(|l| l.chars().count() <= 80));
            let svg = timeline.to_svg("id");
            let tags = svg.matches('<').count();
            let numbers = svg.matches("text-anchor=\"middle\"").count() - 1;
            // svg, title and desc, opened and closed; for each number a line
            // and its text; for each row a text and a rectangle; the unit.
            prop_assert_eq!(tags, 6 + 3 * numbers + 3 * count + 2);
            prop_assert!(!svg.trim_end().contains("\n\n"));
        }
    }
}
