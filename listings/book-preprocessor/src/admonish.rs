//! A bridge from mdBook 0.5 to `mdbook-admonish` 1.20, built on mdBook 0.4.
//!
//! Two things differ between the protocols. mdBook 0.5 writes `null` for
//! what `book.toml` leaves unset, where 0.4 wrote nothing; and the list of
//! chapters, `sections` in 0.4, is named `items`.
//!
//! On the way the bridge does two things the tool does not: a directive of
//! `book.toml` that the tool knows already (`danger`) gets the title the book
//! gives it, and the link in a box's title gets a name.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::fence::fences;
use crate::mdbook;

/// The tool this bridge was written for.
pub const TOOL: &str = "mdbook-admonish";

/// The version of mdBook that the tool is told it talks to: the one it was
/// built with. It warns about any other.
const SPOKEN: &str = "0.4.51";

const MISSING: &str = "\
the boxes in this book are drawn by mdbook-admonish, which is not installed \
(looked on PATH, in $MDBOOK_ADMONISH and in .tools/bin). Install it with \
`cargo install mdbook-admonish@1.20.0 --locked`, or run ci/serve.sh, which \
installs it below .tools/ for this book alone.";

/// Answers `supports RENDERER`.
///
/// mdBook takes a failure for "no" and leaves the preprocessor out without a
/// word. So a missing tool says yes here, and [`run`] says what is missing.
///
/// # Errors
/// When the tool is there and cannot be started.
pub fn supports(arguments: &[String]) -> Result<ExitCode> {
    let Some(tool) = find_tool(Path::new(".")) else {
        return Ok(ExitCode::SUCCESS);
    };
    let status = Command::new(&tool)
        .args(arguments)
        .status()
        .with_context(|| format!("cannot run {}", tool.display()))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Sends the book through the tool.
///
/// # Errors
/// When the tool is missing, fails, or answers something else than a book.
pub fn run(context: Value, mut book: Value) -> Result<Value> {
    let tool = find_tool(&mdbook::root(&context)).context(MISSING)?;
    let titles = titles(&context);
    mdbook::for_each_chapter(&mut book, &mut |_, text| {
        give_titles(text, &titles);
    });
    let input = serde_json::to_vec(&to_v04(context, book)?)?;
    let answer = pipe(&tool, input)?;
    to_v05(&answer).with_context(|| {
        format!("{} did not answer with a book", tool.display())
    })
}

/// Finds the tool: on PATH, then `$MDBOOK_ADMONISH`, then below the book.
fn find_tool(root: &Path) -> Option<PathBuf> {
    look_for_tool(
        env::var_os("PATH").as_deref(),
        env::var_os("MDBOOK_ADMONISH").as_deref(),
        root,
    )
}

fn look_for_tool(
    path: Option<&OsStr>,
    named: Option<&OsStr>,
    root: &Path,
) -> Option<PathBuf> {
    let file = format!("{TOOL}{}", env::consts::EXE_SUFFIX);
    let on_path = path
        .into_iter()
        .flat_map(env::split_paths)
        .map(|folder| folder.join(&file));
    let ours = root.join(".tools").join("bin").join(&file);
    on_path
        .chain(named.filter(|n| !n.is_empty()).map(PathBuf::from))
        .chain([ours])
        .find(|candidate| is_executable(candidate))
        // A relative name without a slash would be looked up on PATH again.
        .map(|found| found.canonicalize().unwrap_or(found))
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata()
        .is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// Runs the tool with `input` and returns what it wrote to its output.
fn pipe(tool: &Path, input: Vec<u8>) -> Result<Vec<u8>> {
    let mut child = Command::new(tool)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", tool.display()))?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // A tool that writes before it has read all would block us both, were we
    // not reading meanwhile. One that stops reading says why by its status.
    let writer = thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output()?;
    let written = writer.join().expect("the writer does not panic");
    if !output.status.success() {
        bail!("{} failed: {}", tool.display(), output.status);
    }
    written.context("mdbook-admonish did not read the whole book")?;
    Ok(output.stdout)
}

/// The titles that `book.toml` gives to directives, by directive.
fn titles(context: &Value) -> BTreeMap<String, String> {
    let custom =
        &context["config"]["preprocessor"]["admonish"]["directive"]["custom"];
    let directives = custom.as_object().into_iter().flatten();
    directives
        .filter_map(|(name, directive)| {
            let title = directive["title"].as_str()?;
            Some((name.clone(), title.to_owned()))
        })
        .collect()
}

/// Writes a box's title out where the page leaves it to `book.toml`.
fn give_titles(page: &mut String, titles: &BTreeMap<String, String>) {
    for fence in fences(page).into_iter().rev() {
        let info = page[fence.info.clone()].trim();
        let Some(rest) = info.strip_prefix("admonish ") else {
            continue;
        };
        let rest = rest.trim_start();
        let (name, options) =
            rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let options = options.trim();
        let titled = options.starts_with('"') || options.contains("title");
        if let Some(title) = titles.get(name).filter(|_| !titled) {
            let comma = if options.is_empty() { "" } else { "," };
            // The tool reads a TOML string, which JSON's quoting is, too.
            let title = format!("{comma} title={}", json!(title));
            page.insert_str(fence.info.end, &title);
        }
    }
}

/// Turns mdBook 0.5's input into what a tool built on 0.4 reads.
fn to_v04(mut context: Value, mut book: Value) -> Result<Value> {
    drop_nulls(&mut context);
    context["mdbook_version"] = json!(SPOKEN);
    let Some(items) = book.get_mut("items").map(Value::take) else {
        bail!("mdBook sent a book without \"items\": is it mdBook 0.5?");
    };
    let book = json!({"sections": items, "__non_exhaustive": null});
    Ok(json!([context, book]))
}

/// Turns the tool's answer back into a book of mdBook 0.5.
fn to_v05(answer: &[u8]) -> Result<Value> {
    let mut book: Value = serde_json::from_slice(answer)?;
    let Some(sections) = book.get_mut("sections").map(Value::take) else {
        bail!("it has no \"sections\"");
    };
    let mut book = json!({"items": sections});
    mdbook::for_each_chapter(&mut book, &mut |_, text| name_anchors(text));
    Ok(book)
}

/// Names the link each box's title carries: it has no text of its own, and a
/// screen reader would say "link" and nothing else.
fn name_anchors(text: &mut String) {
    const LINK: &str = "<a class=\"admonition-anchor-link\" href=";
    const NAMED: &str = "<a class=\"admonition-anchor-link\" \
                         aria-label=\"Link to this box\" href=";
    if text.contains(LINK) {
        *text = text.replace(LINK, NAMED);
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_0_4_to_the_tool() {
        let context = json!({
            "root": "/book",
            "config": {"book": {"description": null, "title": "T"},
                "preprocessor": {"admonish": {"list": [{"a": null}]}}},
            "renderer": "html",
            "mdbook_version": "0.5.4",
        });
        let chapter = json!({"Chapter": {"name": "A", "number": null}});
        let book = json!({"items": [chapter, "Separator"]});
        assert_eq!(
            to_v04(context, book).unwrap(),
            json!([
                {
                    "root": "/book",
                    "config": {"book": {"title": "T"},
                        "preprocessor": {"admonish": {"list": [{}]}}},
                    "renderer": "html",
                    "mdbook_version": "0.4.51",
                },
                // Nulls in the book stay: 0.4 writes them too.
                {"sections": [chapter, "Separator"],
                    "__non_exhaustive": null},
            ])
        );
    }

    #[test]
    fn speaks_0_5_to_mdbook() {
        let answer =
            br#"{"sections": ["Separator"], "__non_exhaustive": null}"#;
        assert_eq!(to_v05(answer).unwrap(), json!({"items": ["Separator"]}));
    }

    #[test]
    fn refuses_a_book_of_another_shape() {
        let error = to_v04(json!({}), json!({"sections": []})).unwrap_err();
        assert!(error.to_string().contains("mdBook 0.5"), "{error}");
        assert!(to_v05(b"{}").is_err());
        assert!(to_v05(b"").is_err());
    }

    #[test]
    fn a_box_without_a_title_gets_the_books() {
        let context = json!({"config": {"preprocessor": {"admonish": {
            "directive": {"custom": {
                "danger": {"title": "Goes \"wrong\""},
                "bare": {"color": "#000"},
            }},
        }}}});
        let titles = titles(&context);
        let title = r#"title="Goes \"wrong\"""#;
        for (info, becomes) in [
            ("admonish danger", format!("admonish danger {title}")),
            ("admonish danger  ", format!("admonish danger {title}  ")),
            (
                "admonish danger collapsible=true",
                format!("admonish danger collapsible=true, {title}"),
            ),
            ("admonish danger \"X\"", "admonish danger \"X\"".into()),
            (
                "admonish danger title=\"X\"",
                "admonish danger title=\"X\"".into(),
            ),
            ("admonish bare", "admonish bare".into()),
            ("admonish note", "admonish note".into()),
            ("admonish", "admonish".into()),
            ("text danger", "text danger".into()),
        ] {
            let mut page = format!("a\n\n~~~{info}\nx\n~~~\n");
            give_titles(&mut page, &titles);
            assert_eq!(page, format!("a\n\n~~~{becomes}\nx\n~~~\n"));
        }
    }

    #[test]
    fn the_link_of_a_box_has_a_name() {
        let mut text = String::from(
            "<a class=\"admonition-anchor-link\" href=\"#x\"></a>",
        );
        name_anchors(&mut text);
        assert_eq!(
            text,
            "<a class=\"admonition-anchor-link\" \
             aria-label=\"Link to this box\" href=\"#x\"></a>"
        );
    }

    #[test]
    fn looks_on_path_then_in_the_variable_then_below_the_book() {
        let place = tempfile::tempdir().unwrap();
        let at = |folder: &str| {
            let file = place
                .path()
                .join(folder)
                .join(format!("{TOOL}{}", env::consts::EXE_SUFFIX));
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "").unwrap();
            make_executable(&file);
            file.canonicalize().unwrap()
        };
        let root = place.path().join("book");
        let path = place.path().join("path");
        let named = at("named");
        let look = |path: Option<&Path>, named: Option<&Path>| {
            look_for_tool(
                path.map(Path::as_os_str),
                named.map(Path::as_os_str),
                &root,
            )
        };
        assert_eq!(look(Some(&path), None), None);
        assert_eq!(look(None, None), None);
        let ours = at("book/.tools/bin");
        assert_eq!(look(Some(&path), None), Some(ours.clone()));
        assert_eq!(look(None, Some(Path::new(""))), Some(ours));
        assert_eq!(look(Some(&path), Some(&named)), Some(named.clone()));
        let first = at("path");
        assert_eq!(look(Some(&path), Some(&named)), Some(first));
    }

    #[cfg(unix)]
    fn make_executable(file: &Path) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))
            .unwrap();
    }

    #[cfg(not(unix))]
    fn make_executable(_: &Path) {}
}
