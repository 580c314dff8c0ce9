//! The picture on the page is what the program draws.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use book_output::run;

#[test]
fn the_page_shows_what_the_program_draws() {
    let program = env!("CARGO_BIN_EXE_url_timeline");
    let deadline = Duration::from_secs(20);
    let svg = run(Command::new(program).arg("--svg"), deadline).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../src/ch01-background/url_timeline.svg");
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, &svg).unwrap();
    }
    let shown = fs::read_to_string(&path).unwrap();
    assert!(
        svg == shown,
        "{} is not what the program draws; BLESS=1 takes over:\n{svg}",
        path.display()
    );
}
