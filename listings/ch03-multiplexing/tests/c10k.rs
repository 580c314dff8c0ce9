//! What the page shows of the measurements is what the file says.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::PathBuf;

use ch03_multiplexing::c10k::{Report, Way};

fn page() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("../../src/ch03-multiplexing")
}

fn report() -> Report {
    let text = fs::read_to_string(page().join("c10k.tsv")).unwrap();
    Report::from_tsv(&text).unwrap()
}

/// `BLESS=1` writes them anew, as a measurement does.
#[test]
fn tables_and_picture_are_made_of_the_file() {
    let report = report();
    for (name, made) in report.derived() {
        let path = page().join(name);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &made).unwrap();
        }
        let shown = fs::read_to_string(&path).unwrap();
        assert!(shown == made, "{name} is not what c10k.tsv says");
    }
}

#[test]
fn the_file_is_whole_and_reads_as_it_was_written() {
    let report = report();
    let names: Vec<&str> = report.rows.iter().map(|row| &*row.way).collect();
    assert_eq!(names, Way::ALL.map(Way::name));
    assert!(report.rows.iter().all(|row| row.idle == 10_000));
    let again = Report::from_tsv(&report.to_tsv()).unwrap();
    assert_eq!(again, report);
}

#[test]
fn another_file_is_refused() {
    for text in ["# x\nepoll\t1\t2\t3\tmany", "# x\na\tb", "# x\ne\tf\tg\th"] {
        assert!(Report::from_tsv(text).is_err(), "{text:?}");
    }
}
