//! Ten thousand idle connections: writes the results into the book. Part of
//! `ci/bench.sh`; `ci/bench.sh c10k` runs it alone.

#[cfg(target_os = "linux")]
fn main() -> Result<(), ch03_multiplexing::c10k::Error> {
    use ch03_multiplexing::c10k::{self, Plan};
    use std::path::Path;

    c10k::serve_if_asked()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let measure = arguments.iter().any(|argument| argument == "--bench");
    let mut names = arguments.iter().filter(|a| !a.starts_with('-'));
    if names.next().is_some_and(|name| !"c10k".contains(&**name)) {
        return Ok(());
    }
    if !measure {
        // `cargo test` proves that it still works.
        c10k::run(&Plan::small(), |row| println!("{}: it works", row.way))?;
        return Ok(());
    }
    let report = c10k::run(&Plan::large(), |_| ())?;
    print!("{}", report.to_table());
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src/");
    report.save(&Path::new(page).join("ch03-multiplexing"))
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("c10k asks /proc: it needs Linux.");
}
