//! Runs an exercise's cases against the reader's file and the solution.
//!
//! An exercise is a package with two modules of the same interface,
//! `yours` (a signature, its documentation, `todo!()`) and `solution`, and one
//! test target without a harness:
//!
//! ```ignore
//! // Not compiled here: it needs the package around it. Every exercise in
//! // listings/exercises compiles one.
//! book_exercise::cases! {
//!     for ex_line_echo;
//!
//!     fn two_lines_get_two_answers() {
//!         let mut out = Vec::new();
//!         answer(&b"a\nb\n"[..], &mut out).unwrap();
//!         assert_eq!(out, b"A\nB\n");
//!     }
//! }
//! ```
//!
//! Each case is compiled twice, once with the items of `yours` in scope and
//! once with those of `solution`.
//!
//! - `cargo test -p ex-line-echo -- yours` runs the cases against `yours`:
//!   what a reader does.
//! - `cargo test` runs them against `solution`, and proves of `yours` that
//!   while it holds a `todo!()` **every** case fails, so that no case is one
//!   that cannot fail; once the reader has replaced it, that every case
//!   passes.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};

/// How long a case may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long a case may take that is expected to fail at once.
const UNSOLVED_DEADLINE: Duration = Duration::from_secs(3);

/// One case, against either implementation.
#[derive(Clone, Copy)]
pub struct Case {
    /// The case's name.
    pub name: &'static str,
    /// The case, run against the reader's file.
    pub yours: fn(),
    /// The case, run against the solution.
    pub solution: fn(),
}

/// Defines the cases of an exercise and the `main` of its test target.
#[macro_export]
macro_rules! cases {
    (
        for $exercise:ident;
        $( $(#[$meta:meta])* fn $name:ident() $body:block )+
    ) => {
        #[allow(
            unused_imports,
            clippy::unwrap_used,
            reason = "cases are tests, with one list of imports for all"
        )]
        mod yours {
            use super::*;
            use $exercise::yours::*;
            $( $(#[$meta])* pub fn $name() $body )+
        }
        #[allow(
            unused_imports,
            clippy::unwrap_used,
            reason = "cases are tests, with one list of imports for all"
        )]
        mod solution {
            use super::*;
            use $exercise::solution::*;
            $( $(#[$meta])* pub fn $name() $body )+
        }
        fn main() -> std::process::ExitCode {
            $crate::run(
                include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/src/yours.rs"
                )),
                &[$($crate::Case {
                    name: stringify!($name),
                    yours: yours::$name,
                    solution: solution::$name,
                }),+],
            )
        }
    };
}

/// Runs `cases`, choosing what to prove by the text of the reader's file and
/// the filter on the command line. Called by [`cases!`].
pub fn run(yours: &str, cases: &[Case]) -> ExitCode {
    let arguments = Arguments::from_args();
    let readers = arguments
        .filter
        .as_deref()
        .is_some_and(|filter| filter.starts_with("yours"));
    report_panics_by_case(!readers);
    let checks = if readers {
        live(cases)
    } else {
        proof(is_unsolved(yours), cases)
    };
    let trials = checks
        .into_iter()
        .map(|check| {
            let run = move || check.run().map_err(Failed::from);
            Trial::test(check.name(), run)
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The name of a thread that runs a case.
const CASE: &str = "case";

thread_local! {
    /// Where this thread panicked last.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// A case's panic is reported once, with its place, under the case's name,
/// instead of between the lines of the others. So is a `todo!()` that had to
/// be met, in whichever thread.
fn report_panics_by_case(todo_is_expected: bool) {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string);
        PLACE.set(place);
        let in_case = thread::current().name() == Some(CASE);
        let expected = todo_is_expected
            && message(info.payload()).starts_with("not yet implemented");
        if !in_case && !expected {
            report(info);
        }
    }));
}

/// Whether the reader's file still holds a `todo!()`, comments aside.
fn is_unsolved(source: &str) -> bool {
    source
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .any(|code| code.contains("todo!("))
}

/// One line of the test's report.
#[derive(Clone, Copy)]
enum Check {
    /// The reader's file has to pass.
    Yours(Case),
    /// The solution has to pass.
    Solution(Case),
    /// The reader's file, still unsolved, has to fail.
    Unsolved(Case),
}

impl Check {
    fn name(self) -> String {
        match self {
            Check::Yours(case) => format!("yours::{}", case.name),
            Check::Solution(case) => format!("solution::{}", case.name),
            Check::Unsolved(case) => format!("unsolved::{}", case.name),
        }
    }

    fn run(self) -> Result<(), String> {
        match self {
            Check::Yours(case) => within(case.yours, DEADLINE),
            Check::Solution(case) => within(case.solution, DEADLINE),
            Check::Unsolved(case) => {
                match within(case.yours, UNSOLVED_DEADLINE) {
                    Err(_) => Ok(()),
                    Ok(()) => Err("this case passes although yours.rs is \
                                   unsolved: it tests nothing"
                        .into()),
                }
            }
        }
    }
}

fn live(cases: &[Case]) -> Vec<Check> {
    cases.iter().copied().map(Check::Yours).collect()
}

fn proof(unsolved: bool, cases: &[Case]) -> Vec<Check> {
    let mut checks = Vec::new();
    for case in cases.iter().copied() {
        checks.push(Check::Solution(case));
        checks.push(if unsolved {
            Check::Unsolved(case)
        } else {
            Check::Yours(case)
        });
    }
    checks
}

/// Runs `case` on a thread of its own; its panic, or the deadline, is the
/// error. A thread that missed the deadline is left behind: the process ends
/// when the last trial has.
fn within(case: fn(), deadline: Duration) -> Result<(), String> {
    let (done, result) = mpsc::channel();
    let _ = thread::Builder::new()
        .name(CASE.into())
        .spawn(move || {
            let outcome = panic::catch_unwind(AssertUnwindSafe(case));
            let _ = done.send(outcome.map_err(|panic| {
                let place = PLACE.take().unwrap_or_default();
                format!("{place}: {}", message(&*panic))
            }));
        })
        .map_err(|e| e.to_string())?;
    result
        .recv_timeout(deadline)
        .unwrap_or_else(|_| Err(format!("not done after {deadline:?}")))
}

fn message(panic: &dyn std::any::Any) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
        .unwrap_or_else(|| "panicked".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(checks: Vec<Check>) -> usize {
        checks.into_iter().filter_map(|c| c.run().err()).count()
    }

    fn case(yours: fn(), solution: fn()) -> [Case; 1] {
        [Case {
            name: "case",
            yours,
            solution,
        }]
    }

    #[test]
    fn an_unsolved_exercise_fails_and_its_solution_passes() {
        assert_eq!(failed(proof(true, &case(|| todo!(), || {}))), 0);
    }

    #[test]
    fn a_case_that_passes_unsolved_is_refused() {
        assert_eq!(failed(proof(true, &case(|| {}, || {}))), 1);
    }

    #[test]
    fn a_wrong_solution_is_refused() {
        let cases = case(|| todo!(), || panic!("wrong"));
        assert_eq!(failed(proof(true, &cases)), 1);
    }

    #[test]
    fn a_solved_exercise_has_to_pass() {
        assert_eq!(failed(proof(false, &case(|| {}, || {}))), 0);
        let cases = case(|| panic!("wrong"), || {});
        assert_eq!(failed(proof(false, &cases)), 1);
    }

    #[test]
    fn a_case_that_hangs_fails() {
        let stuck = || thread::sleep(Duration::from_secs(600));
        let error = within(stuck, Duration::from_millis(50)).unwrap_err();
        assert!(error.contains("not done"), "{error}");
    }

    #[test]
    fn a_todo_in_a_comment_does_not_count() {
        assert!(is_unsolved("fn f() {\n    todo!(\"read\")\n}"));
        assert!(!is_unsolved("// replace todo!() below\nfn f() {}"));
    }
}
