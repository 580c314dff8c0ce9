//! Many idle connections and a few active ones, each way to serve in a
//! process of its own.

#[cfg(target_os = "linux")]
use {
    ch03_multiplexing::c10k::{self, Error, Plan, Report, Row},
    std::path::Path,
};

#[cfg(target_os = "linux")]
// ANCHOR: main
fn main() -> Result<(), Error> {
    c10k::serve_if_asked()?;
    let mut plan = Plan::small();
    let mut save = None;
    let mut arguments = std::env::args().skip(1).peekable();
    let small = arguments.peek().is_none();
    while let Some(option) = arguments.next() {
        let value = arguments.next().unwrap_or_default();
        let count = value.parse().map_err(|_| Error::Unreadable(value.clone()));
        match &*option {
            "--connections" => (plan.idle, plan.events) = (count?, 5_000),
            "--active" => (plan.active, plan.time) = (count?, TIME),
            "--ways" => {
                let ways = value.split(',').map(str::parse);
                plan.ways = ways.collect::<Result<_, _>>()?;
            }
            "--save" => save = Some(value),
            _ => return Err(Error::Unreadable(option)),
        }
    }
    let report = c10k::run(&plan, |row| eprintln_unless(small, row))?;
    match small {
        true => show(&plan, &report),
        false => print!("{}", report.to_table()),
    }
    save.map_or(Ok(()), |folder| report.save(Path::new(&folder)))
}
// ANCHOR_END: main

#[cfg(target_os = "linux")]
/// How long the active ones are active, when it is to be known.
const TIME: std::time::Duration = std::time::Duration::from_secs(2);

#[cfg(target_os = "linux")]
fn eprintln_unless(small: bool, row: &Row) {
    if !small {
        eprintln!("measured: {}", row.way);
    }
}

#[cfg(target_os = "linux")]
/// What is the same in each run.
fn show(plan: &Plan, report: &Report) {
    println!("{} idle connections, {} active", plan.idle, plan.active);
    let user = |way| {
        let row = report.rows.iter().find(|row| row.way == way);
        row.map_or(0.0, |row| row.user)
    };
    for row in &report.rows {
        println!("{:<10} {:>4} threads", row.way, row.threads);
    }
    let more = user("threads") > 4.0 * user("epoll");
    println!("a thread takes over 4 times what epoll's table does: {more}");
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("This program asks /proc: it needs Linux.");
}
