//! The book as it is: what mdBook would let pass in silence.

use std::path::{Path, PathBuf};

use book_check::Problem;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn none(problems: &[Problem]) {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(
        lines.is_empty(),
        "{} problems:\n{}",
        lines.len(),
        lines.join("\n")
    );
}

#[test]
fn the_book_has_no_problems() {
    none(&book_check::problems(&root()).expect("the book loads"));
}

#[test]
fn snippets_can_use_every_chapter_and_exercise() {
    let tester = Path::new("listings/book-tests");
    let missing = book_check::missing_dependencies(&root(), tester);
    none(&missing.expect("the manifests are readable"));
}
